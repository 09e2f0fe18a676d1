import { z } from 'zod';
import { FeatureValue } from './profile.ts';

/** The event that changed something of a profile. */
export const ProfileCause = z.object({
  id: z.string(),
  source: z.string(),
  type: z.string(),
  receivedAt: z.iso.datetime(),
  /**
   * Its offset on the subject's partition of `<project>.events`; absent where it is an event of another subject, which counts here by a field of it. Who
   * evaluates events takes a change after the event that it comes from.
   */
  offset: z.number().int().min(0).optional(),
});
export type ProfileCause = z.infer<typeof ProfileCause>;

/** A record of `<project>.profile-changes`: an event changed a feature that somebody has subscribed to. Its key is the subject. */
export const ProfileChange = z.object({
  project: z.string(),
  subject: z.string(),
  feature: z.string(),
  /** After the event, as of its receipt. */
  value: FeatureValue,
  /** Of a version that is not answered, because it is still being filled: nobody is to see its values yet. */
  unanswered: z.literal(true).optional(),
  cause: ProfileCause,
});
export type ProfileChange = z.infer<typeof ProfileChange>;

/** Another record of `<project>.profile-changes`: an event brought the subject into a segment, or out of it. Its key is the subject. */
export const SegmentChange = z.object({
  project: z.string(),
  subject: z.string(),
  segment: z.string(),
  /** Of the segment that says so. */
  version: z.number().int().positive(),
  change: z.enum(['entered', 'left']),
  cause: ProfileCause,
});
export type SegmentChange = z.infer<typeof SegmentChange>;
