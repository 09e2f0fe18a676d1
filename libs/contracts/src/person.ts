import { z } from 'zod';
import { ProfileCause } from './profile-change.ts';
import { FeatureValue } from './profile.ts';

/** What profile-store last told of a person: a feature's value, or whether the person is in a segment, with the event that made it so. */
export const PersonValue = FeatureValue.extend({ cause: ProfileCause });
export type PersonValue = z.infer<typeof PersonValue>;

/** The same in a decision: of which feature or segment. */
export const PersonSeen = FeatureValue.extend({
  cause: ProfileCause.optional(),
  feature: z.string().optional(),
  segment: z.string().optional(),
});
export type PersonSeen = z.infer<typeof PersonSeen>;

/** What a test or a dry run says of the person; what it does not name is not known. */
export const GivenPerson = z.strictObject({
  /** By id. */
  features: z.record(z.string(), z.unknown()).optional(),
  /** By id: whether the person is in it. */
  segments: z.record(z.string(), z.boolean()).optional(),
});
export type GivenPerson = z.infer<typeof GivenPerson>;
