import type { BucketUnit } from '@hermes/contracts/console-api';
import { z } from 'zod';

/** How far back the dashboard looks: the last minutes, or calendar days of the project up to today. */
export type Range = { readonly minutes: number } | { readonly days: number };

/** The query of the dashboard's routes; the last hour when nothing is asked. */
export const RangeQuery = z
  .object({
    minutes: z.coerce.number().int().min(5).max(1_440).optional(),
    days: z.coerce.number().int().min(1).max(18_250).optional(),
  })
  .refine(({ minutes, days }) => minutes === undefined || days === undefined, 'give minutes or days, not both')
  .transform(({ minutes, days }): Range => (days === undefined ? { minutes: minutes ?? 60 } : { days }));

/** The bucket that draws a range with 12 to 120 bars. Pure. */
export function unitOf(range: Range): BucketUnit {
  if ('minutes' in range) return range.minutes <= 120 ? 'minute' : 'quarter';
  if (range.days <= 3) return 'hour';
  return range.days <= 92 ? 'day' : 'month';
}

/** One string per range, to share what is read for it. */
export const rangeKey = (range: Range): string =>
  'minutes' in range ? `minutes=${range.minutes}` : `days=${range.days}`;
