import { zoneOf } from '@hermes/stream-sql/values/zone';
import { namedOnce } from './named-once.ts';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/u;
const WALL_CLOCK = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?)?$/u;

/** By its IANA name; undefined when there is none of that name. */
export const zoneNamed = namedOnce(500, zoneOf);

/** Milliseconds since the epoch of an ISO 8601 text that says its offset from UTC; undefined for anything else. */
export function instantOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !INSTANT.test(value) || !isDay(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

/** `Date.parse` takes 30 February for 2 March. */
function isDay(text: string): boolean {
  const day = Number(text.slice(8, 10));
  return (
    day <= 28 || new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)) - 1, day)).getUTCDate() === day
  );
}

/** What the wall clock shows, in milliseconds as if it were UTC: a date (its midnight), or a date and a time without an offset. */
function wallClockOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !WALL_CLOCK.test(value) || !isDay(value)) return undefined;
  const ms = Date.parse(value.length === 10 ? value : `${value}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Whether it says a date or a date and a time, with or without an offset. */
export const saysWhen = (value: unknown): value is string =>
  instantOf(value) !== undefined || wallClockOf(value) !== undefined;

/** A date or a time without an offset, with that of the time zone: `2026-03-01` in Asia/Shanghai is `2026-03-01T00:00:00+08:00`. Others stay. */
export function withOffset(value: unknown, timeZone: string): unknown {
  const localMs = wallClockOf(value);
  const zone = zoneNamed(timeZone);
  if (localMs === undefined || zone === undefined) return value;
  const instantMs = zone.toInstant(localMs);
  const offsetMinutes = (zone.toLocal(instantMs) - instantMs) / 60_000;
  // A century ago clocks went by the sun; offsets in ISO 8601 are of whole minutes.
  if (!Number.isInteger(offsetMinutes)) return new Date(instantMs).toISOString();
  const two = (number: number): string => String(Math.trunc(number)).padStart(2, '0');
  const offset = `${offsetMinutes < 0 ? '-' : '+'}${two(Math.abs(offsetMinutes) / 60)}:${two(Math.abs(offsetMinutes) % 60)}`;
  return `${new Date(instantMs + offsetMinutes * 60_000).toISOString().slice(0, 19)}${offset}`;
}
