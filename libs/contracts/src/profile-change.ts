import { z } from 'zod';
import { FeatureValue } from './profile.ts';

/** A record of `<project>.profile-changes`: an event changed a feature that somebody has subscribed to. Its key is the subject. */
export const ProfileChange = z.object({
  project: z.string(),
  subject: z.string(),
  feature: z.string(),
  /** After the event, as of its receipt. */
  value: FeatureValue,
  /** The event that changed it. */
  cause: z.object({ id: z.string(), source: z.string(), type: z.string(), receivedAt: z.iso.datetime() }),
});
export type ProfileChange = z.infer<typeof ProfileChange>;
