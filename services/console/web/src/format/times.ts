import type { BucketUnit } from '@hermes/contracts/console-api';

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** "3 minutes ago" as of `nowMs`; what is up to a clock's difference in the future is now. Pure. */
export function formatAgo(instant: string, nowMs: number, locale: string): string {
  const ageMs = Math.max(0, nowMs - Date.parse(instant));
  const [unit, size] = STEPS.find(([, size]) => ageMs >= size) ?? ['second', 1_000];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' }).format(
    -Math.floor(ageMs / size),
    unit,
  );
}

/** Date and time to the second, in the project's zone. */
export const formatInstant = (instant: string, timeZone: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(instant));

export const formatDay = (instant: string, timeZone: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium' }).format(new Date(instant));

export const formatClock = (instant: string, timeZone: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(instant));

const BUCKET_FORMATS: Readonly<Record<BucketUnit, Intl.DateTimeFormatOptions>> = {
  minute: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  quarter: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  hour: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { day: 'numeric', month: 'short' },
  month: { month: 'short', year: 'numeric' },
};

/** A formatter of bucket starts for the chart's axis. */
export function bucketLabels(unit: BucketUnit, timeZone: string, locale: string): (instant: string) => string {
  const format = new Intl.DateTimeFormat(locale, { ...BUCKET_FORMATS[unit], timeZone });
  return (instant) => format.format(new Date(instant));
}
