import { addMonths, dateOfDays, daysInMonth } from '../../values/calendar.ts';

/** Units of EXTRACT, CEIL, FLOOR, TIMESTAMPADD and TIMESTAMPDIFF that are a fixed time. */
export const UNIT_MS: Readonly<Record<string, number>> = {
  WEEK: 604_800_000,
  DAY: 86_400_000,
  HOUR: 3_600_000,
  MINUTE: 60_000,
  SECOND: 1000,
  MILLISECOND: 1,
};

/** Units that are a number of months. */
export const UNIT_MONTHS: Readonly<Record<string, number>> = {
  MILLENNIUM: 12_000,
  CENTURY: 1200,
  DECADE: 120,
  YEAR: 12,
  QUARTER: 3,
  MONTH: 1,
};

/** The names of SQL_TSI_DAY and the like, and plurals, in one form. */
export const unitName = (text: string): string =>
  text
    .toUpperCase()
    .replace(/^SQL_TSI_/, '')
    .replace(/^(FRAC_SECOND)$/, 'MICROSECOND');

/** Full months from one day to another; negative when it is earlier. */
function monthsOfDays(fromDays: number, toDays: number): number {
  if (toDays < fromDays) return 0 - monthsOfDays(toDays, fromDays);
  const [from, to] = [dateOfDays(fromDays), dateOfDays(toDays)];
  const months = (to.year - from.year) * 12 + (to.month - from.month);
  return to.day < Math.min(from.day, daysInMonth(to.year, to.month)) ? months - 1 : months;
}

/** Full months from one time to another. The time of the day counts when the days are whole months apart. Source: Calcite's DateTimeUtils.subtractMonths. */
export function monthsBetween(fromDays: number, fromOfDay: number, toDays: number, toOfDay: number): number {
  const months = monthsOfDays(fromDays, toDays);
  return toOfDay < fromOfDay && addMonths(fromDays, months) === toDays ? months - 1 : months;
}
