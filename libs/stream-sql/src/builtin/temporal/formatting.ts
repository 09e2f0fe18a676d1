import { DAY_MS } from '../../values/calendar.ts';
import type { DataType, Integer, Value } from '../../values/data-type.ts';
import { integerOfDouble } from '../../values/cast/number-cast.ts';
import { doubleOfDecimal } from '../../values/decimal.ts';
import { parseDate, parseTimestamp } from '../../values/time-text.ts';
import { timestampOf } from '../../values/timestamp.ts';
import { zoneOf, type Zone } from '../../values/zone.ts';
import {
  BIGINT,
  DATE,
  DOUBLE,
  isApproximate,
  isDecimal,
  isInteger,
  isNumeric,
  isString,
  isTimestamp,
  STRING,
  timestamp,
  timestampLtz,
  withNullable,
} from '../../values/types.ts';
import { own, resolveBy, strict } from '../define.ts';
import { EvaluationError, type ScalarFunction } from '../signature.ts';
import { wallClockOf, type WallClock } from './fields.ts';
import { parsePattern } from './parse-pattern.ts';
import { formatPattern, patternParts, zoneAt } from './pattern.ts';

const DEFAULT_PATTERN = 'yyyy-MM-dd HH:mm:ss';
const clockOfMs = (ms: number): WallClock => {
  const days = Math.floor(ms / DAY_MS);
  return { days, ofDay: ms - days * DAY_MS, nanosOfMs: 0 };
};
const msOf = ({ days, ofDay }: WallClock): number => days * DAY_MS + ofDay;

/** The time in which the text of a pattern stays the same; `undefined` for less than a second, and for a pattern that fails. */
function stepOf(pattern: string): number | undefined {
  let letters: readonly string[];
  try {
    letters = patternParts(pattern, 'time').flatMap((part) => (part.kind === 'field' ? [part.letter] : []));
  } catch {
    return undefined;
  }
  const has = (some: string): boolean => letters.some((letter) => some.includes(letter));
  if (has('SnNAVzOXxZ')) return undefined;
  return has('s') ? 1000 : has('m') ? 60_000 : has('HhKka') ? 3_600_000 : DAY_MS;
}

const dateFormat: ScalarFunction = {
  name: 'DATE_FORMAT',
  syntax: 'DATE_FORMAT(timestamp or text, pattern)',
  family: 'temporal',
  nulls: 'strict',
  resolve: (args) => {
    const [value, pattern] = args;
    if (value === undefined || pattern === undefined || args.length !== 2 || !isString(pattern.type)) return undefined;
    if (!isTimestamp(value.type) && !isString(value.type)) return undefined;
    return { result: withNullable(STRING, true), parameters: [value.type, pattern.type] };
  },
  evaluate: ([value, format], _result, { zone }) => {
    const { type } = value!;
    // A text is read and printed by java.text.SimpleDateFormat.
    if (isString(type))
      return own((text: string, pattern: string) => {
        const parsed = parsePattern(text, DEFAULT_PATTERN, 'simple');
        return parsed === undefined
          ? null
          : formatPattern(pattern, 'simple', clockOfMs(msOf(parsed)), zoneAt(UTC, 'UTC', 0));
      });
    const clock = wallClockOf(type, zone);
    const stepMs = typeof format!.literal === 'string' ? stepOf(format!.literal) : undefined;
    if (stepMs === undefined) return own((time: Value, pattern: string) => formatPattern(pattern, 'time', clock(time)));
    // Times that come one after another have mostly one text: the last is kept.
    let [last, text] = [Number.NaN, ''];
    return own((time: Value, pattern: string) => {
      const wall = clock(time);
      const step = Math.floor(msOf(wall) / stepMs);
      if (step !== last) [last, text] = [step, formatPattern(pattern, 'time', wall)];
      return text;
    });
  },
};

const fromUnixtime: ScalarFunction = {
  name: 'FROM_UNIXTIME',
  syntax: 'FROM_UNIXTIME(seconds[, pattern])',
  family: 'temporal',
  nulls: 'strict',
  resolve: resolveBy({ required: ['bigint'], optional: ['text'], result: STRING, nullable: 'always' }),
  evaluate: (_args, _result, { zone, zoneName }) =>
    own((seconds: Integer, pattern = DEFAULT_PATTERN) => {
      const ms = Number(seconds) * 1000;
      return formatPattern(pattern, 'simple', clockOfMs(zone.toLocal(ms)), zoneAt(zone, zoneName, ms));
    }),
};

/** Where the clock shows a time twice java.text.SimpleDateFormat takes the second, java.time the first. */
function laterInstant(zone: Zone, localMs: number): number {
  const instant = zone.toInstant(localMs);
  const later = [30, 60, 120].map((minutes) => instant + minutes * 60_000).find((ms) => zone.toLocal(ms) === localMs);
  return later ?? instant;
}

/** Flink's answer for a text that is no time. */
const NO_TIMESTAMP = -(2n ** 63n);

const unixTimestamp: ScalarFunction = {
  name: 'UNIX_TIMESTAMP',
  syntax: 'UNIX_TIMESTAMP() or UNIX_TIMESTAMP(text[, pattern])',
  family: 'temporal',
  nulls: 'strict',
  volatile: true,
  resolve: resolveBy({ required: [], optional: ['text', 'text'], result: BIGINT }),
  evaluate: (_args, _result, { zone, now }) =>
    own((text?: string, pattern = DEFAULT_PATTERN) => {
      if (text === undefined) return Math.floor(now() / 1000);
      const parsed = parsePattern(text, pattern, 'simple');
      if (parsed === undefined) return NO_TIMESTAMP;
      const ms = parsed.offsetMs === undefined ? laterInstant(zone, msOf(parsed)) : msOf(parsed) - parsed.offsetMs;
      return Math.floor(ms / 1000);
    }),
};

const toDate: ScalarFunction = strict(
  'temporal',
  'TO_DATE',
  'TO_DATE(text[, pattern])',
  { required: ['text'], optional: ['text'], result: DATE, nullable: 'always' },
  (text: string, pattern?: string) =>
    (pattern === undefined ? parseDate(text) : parsePattern(text, pattern, 'time')?.days) ?? null,
);

/** Cut to milliseconds, as Flink's TO_TIMESTAMP is TIMESTAMP(3). */
function localMs(text: string, pattern: string | undefined): number | undefined {
  if (pattern === undefined || pattern === DEFAULT_PATTERN) {
    const parsed = parseTimestamp(text, 3) as number | undefined;
    if (parsed !== undefined || pattern === undefined) return parsed;
  }
  try {
    const parsed = parsePattern(text, pattern, 'time');
    return parsed === undefined ? undefined : msOf(parsed);
  } catch (error) {
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}

const toTimestamp: ScalarFunction = strict(
  'temporal',
  'TO_TIMESTAMP',
  'TO_TIMESTAMP(text[, pattern])',
  { required: ['text'], optional: ['text'], result: timestamp(3), nullable: 'always' },
  (text: string, pattern?: string) => localMs(text, pattern) ?? null,
);

/** Of seconds (precision 0) or milliseconds (3), or of a text with a pattern in a zone. */
const toTimestampLtz: ScalarFunction = {
  name: 'TO_TIMESTAMP_LTZ',
  syntax: 'TO_TIMESTAMP_LTZ(number[, 0 or 3]) or TO_TIMESTAMP_LTZ(text[, pattern[, zone]])',
  family: 'temporal',
  nulls: 'strict',
  resolve: (args) => {
    const [value, second, third] = args;
    if (value === undefined) return undefined;
    const result = withNullable(timestampLtz(3), true);
    if (isString(value.type)) {
      const others = args.slice(1);
      return args.length <= 3 && others.every(({ type }) => isString(type))
        ? { result, parameters: args.map(({ type }) => type) }
        : undefined;
    }
    if (!isNumeric(value.type) || third !== undefined || (second !== undefined && !isInteger(second.type)))
      return undefined;
    if (second?.literal !== undefined && second.literal !== 0 && second.literal !== 3)
      return 'the precision of TO_TIMESTAMP_LTZ is 0 (seconds) or 3 (milliseconds)';
    return { result, parameters: args.map(({ type }, at) => (at === 0 ? numberParameter(type) : type)) };
  },
  evaluate: ([value]) => {
    const { type } = value!;
    if (isString(type))
      return own((text: string, pattern?: string, name?: string) => {
        const ms = localMs(text, pattern);
        if (ms === undefined && pattern === undefined)
          throw new EvaluationError('bad-timestamp', `'${text}' is no timestamp`);
        return ms === undefined ? null : (name === undefined ? UTC : (zoneNamed(name) ?? UTC)).toInstant(ms);
      });
    return own((number: Integer, precision: Integer = 3) => {
      if (precision !== 0 && precision !== 3)
        throw new EvaluationError('bad-precision', `the precision of TO_TIMESTAMP_LTZ is 0 or 3, not ${precision}`);
      const exact = isDecimal(type) ? integerOfDouble(doubleOfDecimal(number, type.scale), 'BIGINT') : number;
      const ms = precision === 3 ? Number(exact) : Number(exact) * 1000;
      const whole = Number.isFinite(ms) ? Math.floor(ms) : Number.NaN;
      return Math.abs(whole) > MAX_MS || Number.isNaN(whole) ? null : timestampOf(whole, 0, 3);
    });
  },
};

const numberParameter = (type: DataType): DataType =>
  isApproximate(type) ? withNullable(DOUBLE, type.nullable) : type;

const UTC = zoneOf('UTC');
/** The years 0000 to 9999: Flink answers NULL beyond. */
const MAX_MS = 253_402_300_799_999;

const zones = new Map<string, Zone | undefined>();
/** A zone by an IANA name or an offset (`GMT-08:00`); `undefined` for what is none. */
function zoneNamed(name: string): Zone | undefined {
  if (!zones.has(name)) {
    if (zones.size > 1000) zones.clear();
    zones.set(name, makeZone(name));
  }
  return zones.get(name);
}

const ABBREVIATIONS: Readonly<Record<string, string>> = {
  PST: 'America/Los_Angeles',
  CST: 'America/Chicago',
  MST: 'America/Denver',
  CTT: 'Asia/Shanghai',
  JST: 'Asia/Tokyo',
  IST: 'Asia/Kolkata',
  EST: 'America/Panama',
};

function makeZone(name: string): Zone | undefined {
  const offset = /^(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?$/.exec(name);
  if (offset !== null) {
    const ms = (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3] ?? '0')) * 60_000;
    return { toLocal: (instant) => instant + ms, toInstant: (local) => local - ms };
  }
  try {
    return zoneOf(ABBREVIATIONS[name] ?? name);
  } catch {
    return undefined;
  }
}

/** NULL for a text that is no time; a zone that is none counts as UTC, as in Java. */
const convertTz: ScalarFunction = strict(
  'temporal',
  'CONVERT_TZ',
  'CONVERT_TZ(text, from zone, to zone)',
  { required: ['text', 'text', 'text'], result: STRING, nullable: 'always' },
  (text: string, from: string, to: string) => {
    const parsed = parsePattern(text, DEFAULT_PATTERN, 'simple');
    if (parsed === undefined) return null;
    const instant = laterInstant(zoneNamed(from) ?? UTC, msOf(parsed));
    return formatPattern(DEFAULT_PATTERN, 'simple', clockOfMs((zoneNamed(to) ?? UTC).toLocal(instant)));
  },
);

export const FORMATTING: readonly ScalarFunction[] = [
  dateFormat,
  fromUnixtime,
  unixTimestamp,
  toDate,
  toTimestamp,
  toTimestampLtz,
  convertTz,
];
