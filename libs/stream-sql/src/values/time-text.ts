import { DAY_MS, dateOfDays, daysInMonth, daysOfDate } from './calendar.ts';
import type { Integer } from './data-type.ts';
import { msOfTimestamp, nanosOfTimestamp, timestampOf } from './timestamp.ts';

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
const padYear = (year: number): string => `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}`;

/** `2026-01-31` */
export function formatDate(days: number): string {
  const { year, month, day } = dateOfDays(days);
  return `${padYear(year)}-${two(month)}-${two(day)}`;
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
  if (year === undefined || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
    return undefined;
  return daysOfDate(year, month, day);
}

/** Milliseconds of the day of `10:20:30.123`; minutes and seconds may be missing. Source: Flink's DateTimeUtils.parseTime. */
export function parseTime(text: string): number | undefined {
  const match = /^\s*(\d{1,2})\s*(?::\s*(\d{1,2})\s*(?::\s*(\d{1,2})\s*(?:\.(\d+)\s*)?)?)?$/.exec(text);
  if (match === null) return undefined;
  const [hour, minute, second] = [match[1], match[2] ?? '0', match[3] ?? '0'].map(Number) as [number, number, number];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return hour * 3_600_000 + minute * 60_000 + second * 1000 + Number((match[4] ?? '').padEnd(3, '0').slice(0, 3));
}

const TIMESTAMP = /^(\d{4,9})-(\d{1,2})-(\d{1,2})(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{0,9}))?)?$/;

/**
 * `2026-01-31 10:20:30.123` or a date alone, cut to the precision. As Flink reads it: a day past the month's end is its last day, 24:00:00 is the next
 * day, a `T` between date and time is refused.
 */
export function parseTimestamp(text: string, precision: number): Integer | undefined {
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
  if (month < 1 || month > 12 || day < 1 || day > 31 || minute > 59 || second > 59) return undefined;
  const nanos = Number((match[7] ?? '').padEnd(9, '0'));
  if (hour > 24 || (hour === 24 && (minute > 0 || second > 0 || nanos > 0))) return undefined;
  const days = daysOfDate(year, month, Math.min(day, daysInMonth(year, month)));
  const nanosOfMs = nanos % 1_000_000;
  const ms = days * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000 + (nanos - nanosOfMs) / 1_000_000;
  return timestampOf(ms, nanosOfMs, precision);
}
