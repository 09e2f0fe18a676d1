import { DAY_MS, dateOfDays, daysInMonth, daysOfDate, isoWeek, weekday } from '../../values/calendar.ts';
import type { DataType, Integer, Value } from '../../values/data-type.ts';
import { localOfInstant } from '../../values/text.ts';
import { msOfTimestamp, nanosOfTimestamp } from '../../values/timestamp.ts';
import type { Zone } from '../../values/zone.ts';

/** A wall clock in parts. */
export interface WallClock {
  /** Since 1970. */
  readonly days: number;
  /** Milliseconds of the day. */
  readonly ofDay: number;
  /** Nanoseconds past the millisecond. */
  readonly nanosOfMs: number;
}

/** How values of a temporal type are read as a wall clock; an instant in the zone. A TIME is of 1970-01-01. */
export function wallClockOf(type: DataType, zone: Zone): (value: Value) => WallClock {
  if (type.kind === 'DATE') return (value) => ({ days: value as number, ofDay: 0, nanosOfMs: 0 });
  if (type.kind === 'TIME') return (value) => ({ days: 0, ofDay: value as number, nanosOfMs: 0 });
  const precision = 'precision' in type ? type.precision : 3;
  const local: (value: Value) => Integer =
    type.kind === 'TIMESTAMP_LTZ'
      ? (value) => localOfInstant(value as Integer, precision, zone)
      : (value) => value as Integer;
  return (value) => {
    const wall = local(value);
    const ms = msOfTimestamp(wall, precision);
    const days = Math.floor(ms / DAY_MS);
    return { days, ofDay: ms - days * DAY_MS, nanosOfMs: nanosOfTimestamp(wall, precision) };
  };
}

/**
 * As `wallClockOf`, but of a timestamp before 1970 Flink's EXTRACT takes the day after it and a negative time of that day (it divides towards
 * zero), and its answers are the same here.
 */
export function extractedClock(type: DataType, zone: Zone): (value: Value) => WallClock {
  if (type.kind !== 'TIMESTAMP' && type.kind !== 'TIMESTAMP_LTZ') return wallClockOf(type, zone);
  const { precision } = type;
  const local = type.kind === 'TIMESTAMP_LTZ';
  return (value) => {
    const wall = local ? localOfInstant(value as Integer, precision, zone) : (value as Integer);
    const ms = msOfTimestamp(wall, precision);
    const days = Math.trunc(ms / DAY_MS) + 0;
    return { days, ofDay: ms - days * DAY_MS, nanosOfMs: nanosOfTimestamp(wall, precision) };
  };
}

/** EXTRACT of a unit; `undefined` for a unit that is none. */
export const EXTRACTORS: Readonly<Record<string, (clock: WallClock) => number>> = {
  MILLENNIUM: ({ days }) => Math.floor((dateOfDays(days).year + 999) / 1000),
  CENTURY: ({ days }) => Math.floor((dateOfDays(days).year + 99) / 100),
  DECADE: ({ days }) => Math.floor(dateOfDays(days).year / 10),
  YEAR: ({ days }) => dateOfDays(days).year,
  ISOYEAR: ({ days }) => isoWeek(days).year,
  QUARTER: ({ days }) => Math.floor((dateOfDays(days).month + 2) / 3),
  MONTH: ({ days }) => dateOfDays(days).month,
  WEEK: ({ days }) => isoWeek(days).week,
  DAY: ({ days }) => dateOfDays(days).day,
  DOY: ({ days }) => dayOfYear(days),
  // Sunday is 1.
  DOW: ({ days }) => weekday(days) + 1,
  // Monday is 1.
  ISODOW: ({ days }) => weekday(days) || 7,
  HOUR: ({ ofDay }) => Math.trunc(ofDay / 3_600_000),
  MINUTE: ({ ofDay }) => Math.trunc(ofDay / 60_000) % 60,
  SECOND: ({ ofDay }) => Math.trunc(ofDay / 1000) % 60,
  MILLISECOND: ({ ofDay }) => ofDay % 1000,
  MICROSECOND: ({ ofDay, nanosOfMs }) => (ofDay % 1000) * 1000 + Math.floor(nanosOfMs / 1000),
  NANOSECOND: ({ ofDay, nanosOfMs }) => (ofDay % 1000) * 1_000_000 + nanosOfMs,
  EPOCH: ({ days, ofDay }) => days * 86_400 + Math.trunc(ofDay / 1000),
};

export const dayOfYear = (days: number): number => days - daysOfDate(dateOfDays(days).year, 1, 1) + 1;

/** The first day of the unit that a day is in. Weeks begin on Sunday, as in Flink's FLOOR. */
export function floorDays(days: number, unit: string): number {
  const { year, month } = dateOfDays(days);
  switch (unit) {
    case 'MILLENNIUM':
      return daysOfDate(Math.floor((year - 1) / 1000) * 1000 + 1, 1, 1);
    case 'CENTURY':
      return daysOfDate(Math.floor((year - 1) / 100) * 100 + 1, 1, 1);
    case 'DECADE':
      return daysOfDate(Math.floor(year / 10) * 10, 1, 1);
    case 'YEAR':
      return daysOfDate(year, 1, 1);
    case 'QUARTER':
      return daysOfDate(year, Math.floor((month - 1) / 3) * 3 + 1, 1);
    case 'MONTH':
      return daysOfDate(year, month, 1);
    case 'WEEK':
      return days - weekday(days);
    default:
      return days;
  }
}

/** The first day of the next unit. */
export function nextUnit(days: number, unit: string): number {
  const first = dateOfDays(floorDays(days, unit));
  const years: Readonly<Record<string, number>> = { MILLENNIUM: 1000, CENTURY: 100, DECADE: 10, YEAR: 1 };
  if (years[unit] !== undefined) return daysOfDate(first.year + years[unit], 1, 1);
  if (unit === 'QUARTER') return daysOfDate(first.year, first.month, 1) + quarterDays(first.year, first.month);
  if (unit === 'MONTH') return daysOfDate(first.year, first.month, 1) + daysInMonth(first.year, first.month);
  return floorDays(days, unit) + (unit === 'WEEK' ? 7 : 1);
}

const quarterDays = (year: number, month: number): number =>
  daysInMonth(year, month) + daysInMonth(year, month + 1) + daysInMonth(year, month + 2);
