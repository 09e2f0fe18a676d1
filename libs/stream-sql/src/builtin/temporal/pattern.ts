import { dateOfDays, weekday, daysOfDate } from '../../values/calendar.ts';
import type { Zone } from '../../values/zone.ts';
import { EvaluationError } from '../signature.ts';
import { dayOfYear, type WallClock } from './fields.ts';

/**
 * Patterns of Java: `time` is java.time.format.DateTimeFormatter (DATE_FORMAT, TO_TIMESTAMP, TO_DATE), `simple` java.text.SimpleDateFormat
 * (FROM_UNIXTIME, UNIX_TIMESTAMP, CONVERT_TZ). Texts are English, weeks begin on Sunday, as where Flink runs.
 */
export type PatternStyle = 'time' | 'simple';
export type PatternPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly letter: string; readonly count: number };

const LETTERS: Readonly<Record<PatternStyle, string>> = {
  time: 'GuyYMLdDQqwWEecFaHkKhmsSnNAxXVzOZ',
  simple: 'GyYMLdDwWFEuaHkKhmsSzZX',
};

const remembered: Readonly<Record<PatternStyle, Map<string, readonly PatternPart[]>>> = {
  time: new Map(),
  simple: new Map(),
};

/** Throws EvaluationError 'bad-pattern' for a letter that means nothing. */
export function patternParts(pattern: string, style: PatternStyle): readonly PatternPart[] {
  const known = remembered[style];
  let parts = known.get(pattern);
  if (parts === undefined) {
    if (known.size > 1000) known.clear();
    parts = parse(pattern, style);
    known.set(pattern, parts);
  }
  return parts;
}

function parse(pattern: string, style: PatternStyle): PatternPart[] {
  const parts: PatternPart[] = [];
  for (const match of pattern.matchAll(/''|'((?:[^']|'')*)'?|([A-Za-z])\2*|[^A-Za-z']+/g)) {
    const [all, quoted, letter] = match;
    if (letter !== undefined) {
      if (!LETTERS[style].includes(letter))
        throw new EvaluationError('bad-pattern', `the letter ${letter} means nothing in the date pattern '${pattern}'`);
      parts.push({ kind: 'field', letter, count: all.length });
    } else
      parts.push({
        kind: 'text',
        text: all === "''" ? "'" : quoted === undefined ? all : quoted.replaceAll("''", "'"),
      });
  }
  return parts;
}

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const pad = (value: number, count: number): string =>
  (value < 0 ? '-' : '') + String(Math.abs(value)).padStart(count, '0');

/** Weeks of the year as counted where Flink runs: from Sunday, the first has January 1. */
function weekOfYear(days: number): { year: number; week: number } {
  const { year } = dateOfDays(days);
  const firstOf = (of: number): number => daysOfDate(of, 1, 1) - weekday(daysOfDate(of, 1, 1));
  const inNext = days >= firstOf(year + 1);
  return { year: inNext ? year + 1 : year, week: Math.floor((days - firstOf(inNext ? year + 1 : year)) / 7) + 1 };
}

interface InZone {
  readonly offsetMs: number;
  readonly name: string;
}

/** The text of a wall clock; `zone` only for `simple`: the offset letters need it. */
export function formatPattern(pattern: string, style: PatternStyle, clock: WallClock, zone?: InZone): string {
  let text = '';
  for (const part of patternParts(pattern, style))
    text += part.kind === 'text' ? part.text : formatField(part.letter, part.count, style, clock, zone);
  return text;
}

/** Times that come one after another are mostly of one day. */
let lastDate = { days: 0, ...dateOfDays(0) };

function formatField(
  letter: string,
  count: number,
  style: PatternStyle,
  clock: WallClock,
  zone: InZone | undefined,
): string {
  const { days, ofDay, nanosOfMs } = clock;
  if (lastDate.days !== days) lastDate = { days, ...dateOfDays(days) };
  const { year, month, day } = lastDate;
  const hour = Math.floor(ofDay / 3_600_000);
  const nanos = (ofDay % 1000) * 1_000_000 + nanosOfMs;
  switch (letter) {
    case 'G':
      return count === 4 && style === 'time' ? 'Anno Domini' : count === 5 ? 'A' : 'AD';
    case 'u':
      return style === 'simple' ? pad(weekday(days) || 7, count) : yearText(year, count);
    case 'y':
      return yearText(year, count);
    case 'Y':
      return yearText(weekOfYear(days).year, count);
    case 'M':
    case 'L':
      return count < 3 ? pad(month, count) : nameText(MONTHS[month - 1]!, count, style);
    case 'd':
      return pad(day, count);
    case 'D':
      return pad(dayOfYear(days), count);
    case 'Q':
    case 'q':
      return quarterText(Math.floor((month + 2) / 3), count);
    case 'w':
      return pad(weekOfYear(days).week, count);
    case 'W':
      return pad(Math.floor((day + weekday(days - day + 1) - 1) / 7) + 1, count);
    case 'F':
      return pad(style === 'time' ? ((day - 1) % 7) + 1 : Math.floor((day - 1) / 7) + 1, count);
    case 'E':
      return nameText(WEEKDAYS[weekday(days)]!, count, style);
    case 'e':
    case 'c':
      return count < 3 ? pad(weekday(days) + 1, count) : nameText(WEEKDAYS[weekday(days)]!, count, style);
    case 'a':
      return hour < 12 ? 'AM' : 'PM';
    case 'H':
      return pad(hour, count);
    case 'k':
      return pad(hour || 24, count);
    case 'K':
      return pad(hour % 12, count);
    case 'h':
      return pad(hour % 12 || 12, count);
    case 'm':
      return pad(Math.floor(ofDay / 60_000) % 60, count);
    case 's':
      return pad(Math.floor(ofDay / 1000) % 60, count);
    case 'S':
      return style === 'simple'
        ? pad(ofDay % 1000, count)
        : String(nanos).padStart(9, '0').padEnd(count, '0').slice(0, count);
    case 'n':
      return pad(nanos, count);
    case 'N':
      return (BigInt(ofDay) * 1_000_000n + BigInt(nanosOfMs)).toString().padStart(count, '0');
    case 'A':
      return pad(ofDay, count);
    default:
      return zoneText(letter, count, zone);
  }
}

const yearText = (year: number, count: number): string =>
  count === 2 ? pad(((year % 100) + 100) % 100, 2) : pad(year, count);

const nameText = (name: string, count: number, style: PatternStyle): string =>
  count === 4 || (style === 'simple' && count > 4) ? name : count === 5 ? name[0]! : name.slice(0, 3);

const quarterText = (quarter: number, count: number): string => {
  if (count < 3) return pad(quarter, count);
  return count === 3
    ? `Q${quarter}`
    : count === 4
      ? `${['1st', '2nd', '3rd', '4th'][quarter - 1]!} quarter`
      : String(quarter);
};

function zoneText(letter: string, count: number, zone: InZone | undefined): string {
  if (zone === undefined)
    throw new EvaluationError('bad-pattern', `the letter ${letter} needs a time zone, which this value does not have`);
  if (letter === 'z') return zone.name;
  if (letter === 'X' && zone.offsetMs === 0) return 'Z';
  const minutes = Math.abs(Math.trunc(zone.offsetMs / 60_000));
  const hours = pad(Math.floor(minutes / 60), 2);
  const rest = pad(minutes % 60, 2);
  const sign = zone.offsetMs < 0 ? '-' : '+';
  if (letter === 'X' && count === 1) return `${sign}${hours}`;
  return `${sign}${hours}${letter === 'X' && count === 3 ? ':' : ''}${rest}`;
}

/** The offset of a zone at an instant, for `formatPattern`. */
export const zoneAt = (zone: Zone, name: string, instantMs: number): InZone => ({
  offsetMs: zone.toLocal(instantMs) - instantMs,
  name,
});
