import { daysInMonth, daysOfDate } from '../../values/calendar.ts';
import type { WallClock } from './fields.ts';
import { MONTHS, patternParts, WEEKDAYS, type PatternPart, type PatternStyle } from './pattern.ts';

export interface ParsedTime extends WallClock {
  /** Of an X or Z in the pattern; undefined where there is none. */
  readonly offsetMs: number | undefined;
}

interface Fields {
  year: number | undefined;
  month: number;
  day: number;
  dayOfYear: number | undefined;
  hour: number;
  hour12: number | undefined;
  isAfternoon: boolean;
  minute: number;
  second: number;
  nanos: number;
  offsetMs: number | undefined;
}

const NUMERIC = new Set('yuYMLdDHkKhmsSnAwWF');
const isNumber = (part: PatternPart | undefined): boolean =>
  part?.kind === 'field' && NUMERIC.has(part.letter) && !('ML'.includes(part.letter) && part.count > 2);

/**
 * Reads a text by a pattern; `undefined` when it does not fit. `time` wants the whole text and numbers as wide as the pattern says, a day past the
 * month's end is its last; `simple` takes any number of digits, carries a month 13 over and ignores what follows.
 */
export function parsePattern(text: string, pattern: string, style: PatternStyle): ParsedTime | undefined {
  const parts = patternParts(pattern, style);
  const fields: Fields = {
    year: undefined,
    month: 1,
    day: 1,
    dayOfYear: undefined,
    hour: 0,
    hour12: undefined,
    isAfternoon: false,
    minute: 0,
    second: 0,
    nanos: 0,
    offsetMs: undefined,
  };
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'text') {
      if (!text.startsWith(part.text, at)) return undefined;
      at += part.text.length;
      continue;
    }
    if (style === 'simple') while (text[at] === ' ') at++;
    const end = isNumber(part)
      ? takeNumber(text, at, part, isNumber(parts[index + 1]), style, fields)
      : takeText(text, at, part, fields);
    if (end === undefined) return undefined;
    at = end;
  }
  if (style === 'time' && at !== text.length) return undefined;
  return resolved(fields, style);
}

function takeNumber(
  text: string,
  at: number,
  part: PatternPart & { kind: 'field' },
  adjacent: boolean,
  style: PatternStyle,
  fields: Fields,
): number | undefined {
  const { letter, count } = part;
  const [least, most] = widthOf(letter, count, adjacent, style);
  const digits = /^\d+/.exec(text.slice(at, at + most))?.[0] ?? '';
  if (digits.length < least) return undefined;
  const value = Number(digits);
  switch (letter) {
    case 'y':
    case 'u':
    case 'Y':
      fields.year = count === 2 && digits.length === 2 ? 2000 + value : value;
      break;
    case 'M':
    case 'L':
      fields.month = value;
      break;
    case 'd':
      fields.day = value;
      break;
    case 'D':
      fields.dayOfYear = value;
      break;
    case 'H':
      fields.hour = value;
      break;
    case 'k':
      fields.hour = value === 24 ? 0 : value;
      break;
    case 'K':
    case 'h':
      fields.hour12 = value % 12;
      break;
    case 'm':
      fields.minute = value;
      break;
    case 's':
      fields.second = value;
      break;
    case 'S':
      fields.nanos = style === 'simple' ? value * 1_000_000 : Number(digits.padEnd(9, '0'));
      break;
    case 'n':
      fields.nanos = value;
      break;
    default:
      break;
  }
  return at + digits.length;
}

function widthOf(letter: string, count: number, adjacent: boolean, style: PatternStyle): [number, number] {
  if (adjacent) return [count, count];
  if (style === 'simple') return [1, 18];
  if (letter === 'S') return [count, count];
  if ('yuY'.includes(letter)) return count === 2 ? [2, 2] : count < 4 ? [count, 9] : [count, count];
  return count === 1 ? [1, 9] : [count, count];
}

function takeText(
  text: string,
  at: number,
  { letter, count }: { letter: string; count: number },
  fields: Fields,
): number | undefined {
  const rest = text.slice(at).toLowerCase();
  const named = (names: readonly string[]): [number, number] | undefined => {
    // The long name first: May is the beginning of no other, but March begins with Mar.
    for (const [index, name] of names.entries()) if (rest.startsWith(name.toLowerCase())) return [index, name.length];
    for (const [index, name] of names.entries()) if (rest.startsWith(name.slice(0, 3).toLowerCase())) return [index, 3];
    return undefined;
  };
  if (letter === 'M' || letter === 'L') {
    const found = named(MONTHS);
    if (found === undefined) return undefined;
    fields.month = found[0] + 1;
    return at + found[1];
  }
  if (letter === 'E' || letter === 'e' || letter === 'c') {
    const found = named(WEEKDAYS);
    return found === undefined ? undefined : at + found[1];
  }
  if (letter === 'a') {
    if (!rest.startsWith('am') && !rest.startsWith('pm')) return undefined;
    fields.isAfternoon = rest.startsWith('pm');
    return at + 2;
  }
  if (letter === 'G') return rest.startsWith('ad') ? at + 2 : undefined;
  return takeOffset(text, at, letter, count, fields);
}

function takeOffset(text: string, at: number, letter: string, count: number, fields: Fields): number | undefined {
  const rest = text.slice(at);
  if ((letter === 'X' && rest.startsWith('Z')) || (letter === 'z' && /^(UTC|GMT|Z)/.test(rest))) {
    fields.offsetMs = 0;
    return at + /^(UTC|GMT|Z)/.exec(rest)![0].length;
  }
  const match = (letter === 'X' && count === 1 ? /^([+-])(\d{2})(\d{2})?/ : /^([+-])(\d{2}):?(\d{2})/).exec(rest);
  if (match === null) return undefined;
  fields.offsetMs = (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3] ?? '0')) * 60_000;
  // One X reads the hours alone; SimpleDateFormat goes on after them.
  return at + (letter === 'X' && count === 1 ? 3 : match[0].length);
}

function resolved(fields: Fields, style: PatternStyle): ParsedTime | undefined {
  const { month, minute, second, nanos, offsetMs } = fields;
  const year = fields.year ?? 1970;
  const hour = fields.hour12 === undefined ? fields.hour : fields.hour12 + (fields.isAfternoon ? 12 : 0);
  if (style === 'time') {
    if (month < 1 || month > 12 || fields.day < 1 || fields.day > 31 || hour > 23 || minute > 59 || second > 59)
      return undefined;
  }
  const carried = year * 12 + month - 1;
  const [toYear, toMonth] = [Math.floor(carried / 12), (((carried % 12) + 12) % 12) + 1];
  const day = style === 'time' ? Math.min(fields.day, daysInMonth(toYear, toMonth)) : fields.day;
  const days =
    fields.dayOfYear === undefined
      ? daysOfDate(toYear, toMonth, 1) + day - 1
      : daysOfDate(toYear, 1, 1) + fields.dayOfYear - 1;
  const ofDay = hour * 3_600_000 + minute * 60_000 + second * 1000 + Math.floor(nanos / 1_000_000);
  return { days, ofDay, nanosOfMs: nanos % 1_000_000, offsetMs };
}
