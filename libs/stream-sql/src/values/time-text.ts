import { DAY_MS, dateOfDays, daysInMonth, daysOfDate } from './calendar.ts';
import type { Integer } from './data-type.ts';
import { msOfTimestamp, nanosOfTimestamp, timestampOf } from './timestamp.ts';

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
const padYear = (year: number): string => `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}`;

let lastDay = { days: 0, text: '1970-01-01' };

/** `2026-01-31` */
export function formatDate(days: number): string {
  // Times that come one after another are mostly of one day.
  if (lastDay.days !== days) {
    const { year, month, day } = dateOfDays(days);
    lastDay = { days, text: `${padYear(year)}-${two(month)}-${two(day)}` };
  }
  return lastDay.text;
}

const clock = (ms: number): string =>
  `${two(Math.floor(ms / 3_600_000))}:${two(Math.floor(ms / 60_000) % 60)}:${two(Math.floor(ms / 1000) % 60)}`;

/** `10:20:30`; decimals only with a precision, without zeros at the end (but one digit), as Flink prints a TIME. */
export function formatTime(ms: number, precision: number): string {
  if (precision === 0) return clock(ms);
  const digits = String(ms % 1000)
    .padStart(3, '0')
    .slice(0, precision)
    .replace(/0+$/, '');
  return `${clock(ms)}.${digits || '0'}`;
}

/** `2026-01-31 10:20:30.123` with as many decimals as the precision says. */
export function formatTimestamp(value: Integer, precision: number): string {
  const ms = msOfTimestamp(value, precision);
  const days = Math.floor(ms / DAY_MS);
  const ofDay = ms - days * DAY_MS;
  const text = `${formatDate(days)} ${clock(ofDay)}`;
  if (precision === 0) return text;
  if (precision === 3) return `${text}.${String(1000 + (ofDay % 1000)).slice(1)}`;
  const nanos = (ofDay % 1000) * 1_000_000 + nanosOfTimestamp(value, precision);
  return `${text}.${String(nanos).padStart(9, '0').slice(0, precision)}`;
}

/** `+1 02:03:04.567` */
export function formatIntervalMs(ms: number): string {
  const magnitude = Math.abs(ms);
  const days = Math.floor(magnitude / DAY_MS);
  const ofDay = magnitude - days * DAY_MS;
  return `${ms < 0 ? '-' : '+'}${days} ${clock(ofDay)}.${String(ofDay % 1000).padStart(3, '0')}`;
}

/** `+2-03` */
export function formatIntervalMonths(months: number): string {
  const magnitude = Math.abs(months);
  return `${months < 0 ? '-' : '+'}${Math.floor(magnitude / 12)}-${two(magnitude % 12)}`;
}

/** Days since 1970 of `2026-01-31`; a time behind a space does not count, month and day may be missing. Source: Flink's DateTimeUtils.parseDate. */
export function parseDate(text: string): number | undefined {
  const space = text.indexOf(' ');
  const parts = (space > 0 ? text.slice(0, space) : text).split('-').map((part) => part.trim());
  if (parts.length > 3 || parts.some((part) => !/^\d+$/.test(part))) return undefined;
  const [year, month = 1, day = 1] = parts.map(Number);
  if (
    year === undefined ||
    year < 1 ||
    year > 9999 ||
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysInMonth(year, month)
  )
    return undefined;
  return daysOfDate(year, month, day);
}

/** Milliseconds of the day of `10:20:30.123`; minutes and seconds may be missing. Source: Flink's DateTimeUtils.parseTime. */
export function parseTime(text: string): number | undefined {
  const match = /^\s*(\d{1,9})\s*(?::\s*(\d{1,2})\s*(?::\s*(\d{1,2})\s*(?:\.(\d+)\s*)?)?)?$/.exec(text);
  if (match === null) return undefined;
  const [hour, minute, second] = [match[1], match[2] ?? '0', match[3] ?? '0'].map(Number) as [number, number, number];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return hour * 3_600_000 + minute * 60_000 + second * 1000 + Number((match[4] ?? '').padEnd(3, '0').slice(0, 3));
}

const TIMESTAMP = /^(\d{4})-(\d{1,2})-(\d{1,2})(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{0,9}))?)?$/;

/**
 * `2026-01-31 10:20:30.123` or a date alone, cut to the precision. As Flink reads it: a day past the month's end is its last day, 24:00:00 is the next
 * day, a `T` between date and time is refused.
 */
export function parseTimestamp(text: string, precision: number): Integer | undefined {
  if (text.length === 19 || (text.length === 23 && text.charCodeAt(19) === 46)) {
    const ms = usualTimestamp(text);
    if (ms !== undefined) return precision === 3 ? ms : timestampOf(ms, 0, precision);
  }
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((group) => Number(match[group] ?? '0')) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31 || minute > 59 || second > 59) return undefined;
  const nanos = Number((match[7] ?? '').padEnd(9, '0'));
  if (hour > 24 || (hour === 24 && (minute > 0 || second > 0 || nanos > 0))) return undefined;
  const days = daysOfDate(year, month, Math.min(day, daysInMonth(year, month)));
  const nanosOfMs = nanos % 1_000_000;
  const ms = days * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000 + (nanos - nanosOfMs) / 1_000_000;
  return timestampOf(ms, nanosOfMs, precision);
}

/** Digits of a text as a number; NaN when one of them is none. */
function digitsAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** `2026-01-31 10:20:30` with three decimals or none, in milliseconds; `undefined` for what needs a closer look. */
function usualTimestamp(text: string): number | undefined {
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(10) !== 32) return undefined;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return undefined;
  const [year, month, day] = [digitsAt(text, 0, 4), digitsAt(text, 5, 7), digitsAt(text, 8, 10)];
  const [hour, minute, second] = [digitsAt(text, 11, 13), digitsAt(text, 14, 16), digitsAt(text, 17, 19)];
  const ms = text.length === 19 ? 0 : digitsAt(text, 20, 23);
  const isUsual =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= 28 &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59 &&
    year >= 1 &&
    ms >= 0;
  return isUsual
    ? daysOfDate(year, month, day) * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000 + ms
    : undefined;
}
