import { z } from 'zod';

/** What profile-store answers for one subject. */
export const Profile = z.object({
  project: z.string(),
  subject: z.string(),
  /** False when no event of this subject was ever seen. */
  known: z.boolean(),
  /** Event time; null when unknown. */
  firstSeenAt: z.iso.datetime().nullable(),
  lastSeenAt: z.iso.datetime().nullable(),
  /** Events by type. */
  counts: z.record(z.string(), z.number().int()),
  /** The newest event (by event time, then by arrival) of each type. */
  last: z.record(z.string(), z.object({ time: z.iso.datetime(), data: z.record(z.string(), z.unknown()) })),
});
export type Profile = z.infer<typeof Profile>;
