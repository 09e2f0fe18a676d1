import { DAY_MS, daysInMonth, daysOfDate } from '../values/calendar.ts';
import type { Integer } from '../values/data-type.ts';
import { timestampOf } from '../values/timestamp.ts';

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?$/;

/** Days since 1970 of `2026-01-31`; `undefined` for what is no date. */
export function dateOf(text: string): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return daysOfDate(year, month, day);
}

/** Milliseconds of the day of `10:20:30.123`, cut to the second as Flink does whatever is declared. */
export function timeOf(text: string): number | undefined {
  const clock = clockOf(text);
  return clock && clock.ms - (clock.ms % 1_000);
}

function clockOf(text: string): { readonly ms: number; readonly nanosOfMs: number } | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const fraction = (match[4] ?? '').padEnd(9, '0');
  return {
    ms: hour * 3_600_000 + minute * 60_000 + second * 1_000 + Number(fraction.slice(0, 3)),
    nanosOfMs: Number(fraction.slice(3)),
  };
}

/**
 * A timestamp of a date, `separator` and a time, in the unit that its precision has in memory (values/data-type.ts), cut to its precision.
 * `zoned`: it ends with Z, as TIMESTAMP_LTZ must and TIMESTAMP must not. Source: Flink's TimeFormats.
 */
export function jsonTimestamp(
  text: string,
  separator: ' ' | 'T',
  zoned: boolean,
  precision: number,
): Integer | undefined {
  const body = zoned ? (text.endsWith('Z') ? text.slice(0, -1) : undefined) : text;
  if (body === undefined || body[10] !== separator) return undefined;
  const days = dateOf(body.slice(0, 10));
  const clock = clockOf(body.slice(11));
  if (days === undefined || clock === undefined) return undefined;
  return timestampOf(days * DAY_MS + clock.ms, clock.nanosOfMs, precision);
}
