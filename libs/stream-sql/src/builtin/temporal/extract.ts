import { addMonths, DAY_MS } from '../../values/calendar.ts';
import type { DataType, Integer, Value } from '../../values/data-type.ts';
import { subtractExact } from '../../values/integer.ts';
import { localOfInstant } from '../../values/text.ts';
import { msOfTimestamp, nanosOfTimestamp, timestampOf } from '../../values/timestamp.ts';
import {
  BIGINT,
  BOOLEAN,
  decimal,
  INT,
  isApproximate,
  isDecimal,
  isInteger,
  isInterval,
  isNumeric,
  isTemporal,
  isTimestamp,
  nullableWith,
  timestamp,
  withNullable,
} from '../../values/types.ts';
import { narrowInteger } from '../../values/cast/number-cast.ts';

import { shiftDownCut, shiftUp } from '../../values/decimal.ts';
import { own, withNulls } from '../define.ts';
import { shiftTime } from '../operators/time-arithmetic.ts';
import type { Argument, Resolution, ScalarFunction } from '../signature.ts';
import { extractedClock, EXTRACTORS, floorDays, nextUnit, wallClockOf } from './fields.ts';
import { monthsBetween, UNIT_MONTHS, UNIT_MS, unitName } from './units.ts';

/** The unit that a literal names; `undefined` when it is none. */
const unitOf = (argument: Argument | undefined): string | undefined =>
  typeof argument?.literal === 'string' ? unitName(argument.literal) : undefined;

const NO_CLOCK = new Set(['HOUR', 'MINUTE', 'SECOND', 'MILLISECOND', 'MICROSECOND', 'NANOSECOND']);
const isDayUnit = (unit: string): boolean => !NO_CLOCK.has(unit) && unit !== 'EPOCH';

/** EXTRACT of an interval: what is left below the next greater unit. */
function intervalExtractor(unit: string, type: DataType): ((value: number) => number) | undefined {
  const months = UNIT_MONTHS[unit];
  if (type.kind === 'INTERVAL_MONTHS') {
    if (months === undefined) return undefined;
    return (value) => (Math.trunc(value / months) % (months === 1 ? 12 : months === 3 ? 4 : Infinity)) + 0;
  }
  const ms = UNIT_MS[unit];
  if (ms === undefined || unit === 'WEEK') return undefined;
  const above = { DAY: Infinity, HOUR: 24, MINUTE: 60, SECOND: 60, MILLISECOND: 1000 }[unit] ?? Infinity;
  return (value) => (Math.trunc(value / ms) % above) + 0;
}

function extractorFor(
  unit: string,
  type: DataType,
  zone: Parameters<typeof wallClockOf>[1],
): ((value: Value) => number) | undefined {
  if (isInterval(type)) return intervalExtractor(unit, type) as ((value: Value) => number) | undefined;
  const extract = EXTRACTORS[unit];
  if (extract === undefined || !isTemporal(type)) return undefined;
  if (type.kind === 'TIME' && isDayUnit(unit)) return undefined;
  const clock = extractedClock(type, zone);
  return (value) => extract(clock(value)) + 0;
}

const UTC = { toLocal: (ms: number) => ms, toInstant: (ms: number) => ms };

const resolveExtract = (
  unit: string | undefined,
  value: Argument | undefined,
): Resolution['result'] | string | undefined => {
  if (unit === undefined || value === undefined) return undefined;
  if (extractorFor(unit, value.type, UTC) === undefined) return `there is no ${unit} in ${value.type.kind}`;
  return withNullable(BIGINT, value.type.nullable);
};

const extract: ScalarFunction = {
  name: 'EXTRACT',
  syntax: 'EXTRACT(unit FROM time or interval)',
  family: 'temporal',
  nulls: 'strict',
  resolve: (args) => {
    const result = resolveExtract(unitOf(args[0]), args[1]);
    return result === undefined || typeof result === 'string'
      ? result
      : { result, parameters: args.map(({ type }) => type) };
  },
  evaluate: ([unit, value], _result, { zone }) => {
    const of = extractorFor(unitOf(unit)!, value!.type, zone)!;
    return own((_unit: string, time: Value) => of(time));
  },
};

const part = (name: string, unit: string): ScalarFunction => ({
  name,
  syntax: `${name}(time)`,
  family: 'temporal',
  nulls: 'strict',
  resolve: (args) => {
    const result = args.length === 1 ? resolveExtract(unit, args[0]) : undefined;
    return result === undefined || typeof result === 'string' ? result : { result, parameters: [args[0]!.type] };
  },
  evaluate: ([value], _result, { zone }) => {
    const of = extractorFor(unit, value!.type, zone)!;
    return own((time: Value) => of(time));
  },
});

/** FLOOR and CEIL: of a number, or of a time to a unit. */
const towards = (name: string, up: boolean): ScalarFunction => ({
  name,
  syntax: `${name}(number) or ${name}(time TO unit)`,
  family: 'arithmetic',
  nulls: 'strict',
  resolve: (args) => {
    const [value] = args;
    if (value === undefined || args.length > 2) return undefined;
    const parameters = args.map(({ type }) => type);
    if (args.length === 1) {
      if (!isNumeric(value.type)) return undefined;
      return {
        result: isDecimal(value.type) ? decimal(value.type.precision, 0, value.type.nullable) : value.type,
        parameters,
      };
    }
    const unit = unitOf(args[1]);
    if (unit === undefined || !isTemporal(value.type)) return undefined;
    const known =
      value.type.kind === 'TIME'
        ? UNIT_MS[unit] !== undefined && NO_CLOCK.has(unit)
        : UNIT_MS[unit] !== undefined || UNIT_MONTHS[unit] !== undefined;
    return known ? { result: value.type, parameters } : `${name} of ${value.type.kind} has no unit ${unit}`;
  },
  evaluate: ([value, unit], result, { zone }) => {
    const { type } = value!;
    if (unit === undefined) return own(numberTowards(type, up));
    const move = timeTowards(type, unitOf(unit)!, up);
    if (type.kind !== 'TIMESTAMP_LTZ' || !isTimestamp(result)) return own(move);
    const { precision } = type;
    // Flink goes back by the offset from which it came, also over a change of the clock.
    return own((instant: Integer) => {
      const ms = msOfTimestamp(instant, precision);
      const moved = move(localOfInstant(instant, precision, zone)) as Integer;
      const back = msOfTimestamp(moved, precision) - (zone.toLocal(ms) - ms);
      return timestampOf(back, nanosOfTimestamp(moved, precision), precision);
    });
  },
});

function numberTowards(type: DataType, up: boolean): (value: Integer) => Value {
  if (isApproximate(type)) return up ? (value) => Math.ceil(value as number) : (value) => Math.floor(value as number);
  if (!isDecimal(type)) return (value) => value;
  const { scale } = type;
  return (value) => {
    const cut = shiftDownCut(value, scale);
    if (shiftUp(cut, scale) === value) return cut;
    return up ? (value > 0 ? addOne(cut, 1) : cut) : value < 0 ? addOne(cut, -1) : cut;
  };
}

const addOne = (value: Integer, by: 1 | -1): Integer => subtractExact(value, -by);

function timeTowards(type: DataType, unit: string, up: boolean): (value: Value) => Value {
  const step = NO_CLOCK.has(unit) ? UNIT_MS[unit] : undefined;
  if (type.kind === 'DATE') {
    if (step !== undefined) return (value) => value;
    return (value) => {
      const days = value as number;
      const floor = floorDays(days, unit);
      // Flink's CEIL of a DATE to DAY is the next day.
      return up && (floor !== days || unit === 'DAY') ? nextUnit(days, unit) : floor;
    };
  }
  const toStep = (ms: number, size: number): number => (up ? Math.ceil(ms / size) : Math.floor(ms / size)) * size;
  if (type.kind === 'TIME') return (value) => toStep(value as number, step!);
  const precision = isTimestamp(type) ? type.precision : 3;
  return (value) => {
    const ms = msOfTimestamp(value as Integer, precision);
    const rest = precision > 3 && timestampOf(ms, 0, precision) !== value ? 1 : 0;
    const whole = up ? ms + rest : ms;
    if (step !== undefined) return timestampOf(toStep(whole, step), 0, precision);
    // Of months and more Flink takes the day towards 1970.
    const days = UNIT_MONTHS[unit] === undefined ? Math.floor(whole / DAY_MS) : Math.trunc(whole / DAY_MS);
    const floor = floorDays(days, unit);
    // The time of the day counts for CEIL to DAY alone.
    const isPast = unit === 'DAY' ? floor * DAY_MS !== whole : floor !== days;
    const moved = up && isPast ? nextUnit(days, unit) : floor;
    return timestampOf(moved * DAY_MS, 0, precision);
  };
}

const timestampAdd: ScalarFunction = {
  name: 'TIMESTAMPADD',
  syntax: 'TIMESTAMPADD(unit, count, time)',
  family: 'temporal',
  nulls: 'strict',
  resolve: (args) => {
    const unit = unitOf(args[0]);
    const [, count, time] = args;
    if (
      unit === undefined ||
      count === undefined ||
      time === undefined ||
      !isInteger(count.type) ||
      !isTemporal(time.type)
    )
      return undefined;
    const known = UNIT_MONTHS[unit] !== undefined || UNIT_MS[unit] !== undefined;
    if (!known || (time.type.kind === 'TIME' && !NO_CLOCK.has(unit)))
      return `TIMESTAMPADD of ${time.type.kind} has no unit ${unit}`;
    // Hours after a day need a timestamp.
    const result = time.type.kind === 'DATE' && NO_CLOCK.has(unit) ? timestamp(6) : time.type;
    return {
      result: nullableWith(result, [count.type, time.type]),
      parameters: [
        args[0]!.type,
        count.type,
        result.kind === time.type.kind ? time.type : withNullable(result, time.type.nullable),
      ],
    };
  },
  evaluate: ([unit, , time], result) => {
    const name = unitOf(unit)!;
    const months = UNIT_MONTHS[name];
    const interval: DataType = { kind: months === undefined ? 'INTERVAL_MS' : 'INTERVAL_MONTHS', nullable: false };
    const add = shiftTime(time!.type, interval, result);
    const size = months ?? UNIT_MS[name]!;
    return own((_unit: string, count: Integer, value: Value) => add(value, Number(count) * size));
  },
};

const timestampDiff: ScalarFunction = {
  name: 'TIMESTAMPDIFF',
  syntax: 'TIMESTAMPDIFF(unit, from, to)',
  family: 'temporal',
  nulls: 'strict',
  resolve: (args) => {
    const unit = unitOf(args[0]);
    const [, from, to] = args;
    if (
      unit === undefined ||
      from === undefined ||
      to === undefined ||
      !isTemporal(from.type) ||
      !isTemporal(to.type) ||
      from.type.kind === 'TIME' ||
      to.type.kind === 'TIME'
    )
      return undefined;
    if ((from.type.kind === 'TIMESTAMP_LTZ') !== (to.type.kind === 'TIMESTAMP_LTZ'))
      return 'TIMESTAMPDIFF takes two instants (TIMESTAMP_LTZ) or two wall clocks: CAST one of them';
    if ((UNIT_MONTHS[unit] === undefined && UNIT_MS[unit] === undefined) || unit === 'MILLISECOND')
      return `TIMESTAMPDIFF has no unit ${unit}: SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, QUARTER, YEAR`;
    return { result: nullableWith(INT, [from.type, to.type]), parameters: args.map(({ type }) => type) };
  },
  evaluate: ([unit, from, to]) => {
    const name = unitOf(unit)!;
    // Instants differ by what passes between them, also over a change of the clock.
    const [a, b] = [wallClockOf(from!.type, UTC), wallClockOf(to!.type, UTC)];
    const months = UNIT_MONTHS[name];
    if (months !== undefined)
      return own((_unit: string, x: Value, y: Value) => {
        const [start, end] = [a(x), b(y)];
        return Math.trunc(monthsBetween(start.days, start.ofDay, end.days, end.ofDay) / months) + 0;
      });
    const size = UNIT_MS[name]!;
    return own((_unit: string, x: Value, y: Value) => {
      const [start, end] = [a(x), b(y)];
      const ms = (end.days - start.days) * DAY_MS + end.ofDay - start.ofDay;
      return narrowInteger(Math.trunc(ms / size) + 0, 'INT');
    });
  },
};

/** Two periods, each a start with an end or a length. */
const overlaps: ScalarFunction = {
  name: 'OVERLAPS',
  syntax: '(time, time or interval) OVERLAPS (time, time or interval)',
  family: 'temporal',
  nulls: 'own',
  resolve: (args) => {
    const types = args.map(({ type }) => type);
    const [a, b, c, d] = types;
    if (types.length !== 4 || !isTemporal(a!) || !isTemporal(c!) || a!.kind !== c!.kind) return undefined;
    if (![b!, d!].every((type) => isInterval(type) || type.kind === a!.kind)) return undefined;
    return { result: nullableWith(BOOLEAN, types), parameters: types };
  },
  evaluate: (args, _result, { zone }) => {
    // Each has a precision of its own.
    const clocks = args.map(({ type }) => (isInterval(type) ? undefined : wallClockOf(type, zone)));
    const ms = (value: Value, argument: number): number | null => {
      if (value === null) return null;
      const { days, ofDay } = clocks[argument]!(value);
      return days * DAY_MS + ofDay;
    };
    const end = (start: number | null, value: Value, argument: number): number | null => {
      const { type } = args[argument]!;
      if (!isInterval(type)) return ms(value, argument);
      if (start === null || value === null) return null;
      if (type.kind === 'INTERVAL_MS') {
        const sum = start + (value as number);
        return args[0]!.type.kind === 'TIME' ? ((sum % DAY_MS) + DAY_MS) % DAY_MS : sum;
      }
      const days = Math.floor(start / DAY_MS);
      return addMonths(days, value as number) * DAY_MS + (start - days * DAY_MS);
    };
    return withNulls((a = null, b = null, c = null, d = null) => {
      const [x, y] = [ms(a, 0), ms(c, 2)];
      const [xStart, xEnd] = ordered(x, end(x, b, 1));
      const [yStart, yEnd] = ordered(y, end(y, d, 3));
      const [one, other] = [atLeast(xEnd, yStart), atLeast(yEnd, xStart)];
      return one === false || other === false ? false : one === null || other === null ? null : true;
    });
  },
};

/** When one of two times is NULL they change places, as in Flink's CASE. */
const ordered = (a: number | null, b: number | null): [number | null, number | null] =>
  a !== null && b !== null && a <= b ? [a, b] : [b, a];
const atLeast = (a: number | null, b: number | null): boolean | null => (a === null || b === null ? null : a >= b);

export const EXTRACTING: readonly ScalarFunction[] = [
  extract,
  part('YEAR', 'YEAR'),
  part('QUARTER', 'QUARTER'),
  part('MONTH', 'MONTH'),
  part('WEEK', 'WEEK'),
  part('DAYOFYEAR', 'DOY'),
  part('DAYOFMONTH', 'DAY'),
  part('DAYOFWEEK', 'DOW'),
  part('HOUR', 'HOUR'),
  part('MINUTE', 'MINUTE'),
  part('SECOND', 'SECOND'),
  towards('FLOOR', false),
  towards('CEIL', true),
  towards('CEILING', true),
  timestampAdd,
  timestampDiff,
  overlaps,
];
