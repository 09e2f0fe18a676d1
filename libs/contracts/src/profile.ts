import { z } from 'zod';

/** A feature's value as of an instant. */
export const FeatureValue = z.object({
  /** By kind of feature: number, text, boolean, list, `{longitude, latitude}`; null when nothing has counted. */
  value: z.unknown(),
  version: z.number().int().positive(),
  /** Whose it is, in a decision: absent when it is the event's subject. */
  key: z.string().optional(),
  /** The events that count have `from <= time < to`; null is without a bound. */
  interval: z.object({ from: z.iso.datetime().nullable(), to: z.iso.datetime().nullable() }),
  unit: z.string().optional(),
  /** Sums: the same value as an exact decimal. */
  exact: z.string().optional(),
  /** Sketches beyond their exact size: the bound that holds in 99.7 % of cases, relative to the value; for top-k of each count, absolute. */
  bound: z.number().optional(),
  /** How many events came too late to count. */
  late: z.number().int().optional(),
});
export type FeatureValue = z.infer<typeof FeatureValue>;

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
  /** By feature id; empty when the subject is unknown. */
  features: z.record(z.string(), FeatureValue),
  /** Ids of the segments that it is in now, by the features above; only in answers to reads that name no features, of a project that has or had one. */
  segments: z.array(z.string()).optional(),
});
export type Profile = z.infer<typeof Profile>;

/** The answer to a read that names its features: those, without the activity. */
export const ProfileFeatures = Profile.pick({
  project: true,
  subject: true,
  known: true,
  features: true,
  segments: true,
});
export type ProfileFeatures = z.infer<typeof ProfileFeatures>;

/** Body of `POST /v1/projects/:p/profiles/batch`. */
export const ProfileBatch = z.strictObject({
  subjects: z.array(z.string()).min(1).max(1_000),
  features: z.array(z.string()).min(1).max(200).optional(),
});
export type ProfileBatch = z.infer<typeof ProfileBatch>;

/** Its answer, in the order of the subjects. */
export const ProfileBatchAnswer = z.object({ profiles: z.array(ProfileFeatures) });
export type ProfileBatchAnswer = z.infer<typeof ProfileBatchAnswer>;
