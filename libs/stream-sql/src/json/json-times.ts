import type { Integer } from '../values/data-type.ts';

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?$/;
const DAY_MS = 86_400_000;

/** Days since 1970 of `2026-01-31`; `undefined` for what is no date. */
export function dateOf(text: string): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() / DAY_MS : undefined;
}

/** Milliseconds of the day of `10:20:30.123`; finer digits are cut. */
export function timeOf(text: string): number | undefined {
  const read = clockOf(text);
  return read === undefined ? undefined : read.seconds * 1_000 + Math.floor(read.nanoseconds / 1_000_000);
}

function clockOf(text: string): { readonly seconds: number; readonly nanoseconds: number } | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return {
    seconds: hour * 3_600 + minute * 60 + second,
    nanoseconds: Number((match[4] ?? '').padEnd(9, '0')),
  };
}

/**
 * A timestamp of a date, `separator` and a time, in the unit that its precision has in memory (values/data-type.ts), cut to its precision.
 * `zoned`: it ends with Z, as TIMESTAMP_LTZ must and TIMESTAMP must not. Source: Flink's TimeFormats.
 */
export function timestampOf(
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
  const seconds = days * 86_400 + clock.seconds;
  const cut = 10 ** (9 - precision);
  const nanoseconds = Math.floor(clock.nanoseconds / cut) * cut;
  if (precision <= 3) return seconds * 1_000 + nanoseconds / 1_000_000;
  if (precision > 6) return narrow(BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds));
  const micros = seconds * 1_000_000 + nanoseconds / 1_000;
  return Number.isSafeInteger(micros) ? micros : narrow(BigInt(seconds) * 1_000_000n + BigInt(nanoseconds / 1_000));
}

const narrow = (value: bigint): Integer => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};
