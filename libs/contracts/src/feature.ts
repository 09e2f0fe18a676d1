import { z } from 'zod';
import { CoordinateSystem } from './event-type.ts';
import { EventTypeName } from './identifiers.ts';
import { KeyField } from './key-field.ts';
import { Condition } from './rule.ts';

/** A feature's name in queries and answers: `showings_7d`. Attributes are features too. */
export const FeatureId = z
  .string()
  .regex(
    /^[a-z][a-z0-9_-]{0,63}$/,
    'a feature id is 1 to 64 characters: lower-case letters, digits, "_" and "-", a letter first, for example "showings_7d"',
  );

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30s`, `15m`, `12h`, `7d`. */
export const DurationText = z
  .string()
  .regex(/^[1-9]\d{0,6}[smhd]$/, 'a duration is a number with s, m, h or d, for example "15m" or "7d"');

/** Milliseconds of a duration such as `7d`. */
export const durationMs = (text: string): number => Number(text.slice(0, -1)) * (UNIT_MS[text.slice(-1)] ?? Number.NaN);

export const MAX_WINDOW_MS = 90 * 86_400_000;

/** Over which time a feature is computed. */
export const FeatureWindow = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all-time') }),
  /** A calendar period in the project's time zone; weeks begin on Monday. `back: 0` is the current one, 1 the one before. */
  z.strictObject({
    kind: z.literal('calendar'),
    period: z.enum(['day', 'week', 'month', 'quarter', 'year']),
    back: z.number().int().min(0).max(12).default(0),
  }),
  /**
   * Up to now, beginning at a tile's edge: tiles of 1 s up to a length of 1 h, of 1 min up to 24 h, of 1 h up to 90 days.
   */
  z.strictObject({
    kind: z.literal('sliding'),
    length: DurationText.refine((text) => durationMs(text) <= MAX_WINDOW_MS, 'a sliding window has at most 90 days'),
  }),
]);
export type FeatureWindow = z.infer<typeof FeatureWindow>;

/** Whose profile a feature belongs to: the event's subject, or `<entity>:<value of the field>`. */
export const FeatureKey = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('subject') }),
  KeyField.extend({ kind: z.literal('field') }),
]);
export type FeatureKey = z.infer<typeof FeatureKey>;

const path = z.string().startsWith('$', 'a path is JSONPath and begins with "$", for example "$.data.price"');

/** What an attribute that may be written directly takes. */
export const AttributeType = z.strictObject({
  type: z.enum(['string', 'number', 'boolean']),
  /** The values that are allowed; any of the type without it. */
  allowed: z
    .array(z.union([z.string(), z.number(), z.boolean()]))
    .min(1)
    .max(1_000)
    .optional(),
});
export type AttributeType = z.infer<typeof AttributeType>;

/** How a feature is computed from the events that pass its filter. `path` is JSONPath into the event. */
export const FeatureCompute = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('count') }),
  /** Numbers, and decimal strings such as "3350000.00"; exact. */
  z.strictObject({ kind: z.literal('sum'), path }),
  z.strictObject({ kind: z.literal('avg'), path }),
  z.strictObject({ kind: z.literal('min'), path }),
  z.strictObject({ kind: z.literal('max'), path }),
  z.strictObject({ kind: z.literal('first'), path }),
  z.strictObject({ kind: z.literal('last'), path }),
  /** Newest first; with `withEvents` each as `[event id, value]`. */
  z.strictObject({
    kind: z.literal('last-n'),
    path,
    n: z.number().int().min(1).max(100),
    withEvents: z.literal(true).optional(),
  }),
  /** Exact up to 512 different values, HyperLogLog (0.81 % standard error) beyond. */
  z.strictObject({ kind: z.literal('distinct-count'), path }),
  /** Exact up to 8 k (at least 64) different values, Misra-Gries beyond. */
  z.strictObject({ kind: z.literal('top-k'), path, k: z.number().int().min(1).max(50) }),
  /** One published feature of the same key divided by another, when read. */
  z.strictObject({ kind: z.literal('ratio'), numerator: FeatureId, denominator: FeatureId }),
  /** Events per unit of time over the window, up to now. */
  z.strictObject({ kind: z.literal('rate'), per: z.enum(['second', 'minute', 'hour', 'day']) }),
  /** Average whose weights halve with each half-life of age. */
  z.strictObject({ kind: z.literal('ewma'), path, halfLife: DurationText }),
  /** Milliseconds from the newest event to now. */
  z.strictObject({ kind: z.literal('time-since') }),
  /** An attribute: the newest value. With `writable` it also takes direct writes. `path` may be left out when it only does that. */
  z.strictObject({ kind: z.literal('set'), path: path.optional(), writable: AttributeType.optional() }),
  /** An attribute: the oldest value. */
  z.strictObject({ kind: z.literal('set-once'), path: path.optional(), writable: AttributeType.optional() }),
  /** Mean position, in WGS84. */
  z.strictObject({ kind: z.literal('geo-centroid'), longitude: path, latitude: path, system: CoordinateSystem }),
]);
export type FeatureCompute = z.infer<typeof FeatureCompute>;

/** A feature as a person writes it. */
export const FeatureDraft = z.strictObject({
  name: z.string().trim().min(1).max(200),
  description: z.string().max(2_000).optional(),
  /** Unit of the value, for people: `CNY`, `km`. */
  unit: z.string().min(1).max(32).optional(),
  key: FeatureKey.default({ kind: 'subject' }),
  /** Empty only for ratios and for attributes that are only written directly. */
  eventTypes: z.array(EventTypeName).max(50).default([]),
  /** The rules' condition language; fact `event`. Without it every event of the types counts. */
  filter: Condition.optional(),
  compute: FeatureCompute,
  window: FeatureWindow.default({ kind: 'all-time' }),
  /** Features of one group of a subject share one stored value. */
  group: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'a group is a lower-case word')
    .default('main'),
  /** The feature begins anew when no event has counted for so long, by receipt. */
  ttl: DurationText.optional(),
  /** Events that were received later than this after their time do not count; they are counted as late. */
  lateLimit: DurationText.optional(),
});
export type FeatureDraft = z.infer<typeof FeatureDraft>;

/** A published feature: immutable per version. */
export const Feature = FeatureDraft.extend({
  id: FeatureId,
  project: z.string(),
  version: z.number().int().positive(),
  /** Number of this version's state, unique in the project for ever. */
  slot: z.number().int().positive(),
  /** The project's, as of the publication. */
  timeZone: z.string(),
  publishedAt: z.iso.datetime(),
});
export type Feature = z.infer<typeof Feature>;

/** Member id of the definition set's status record; its version is the project's revision. */
export const FEATURE_STATUS_ID = '~status';

/** What a set of features says besides the features themselves. */
export const FeatureStatus = z.object({
  /** Feature id -> the version that is answered; a version that is still being filled is not here. */
  live: z.record(z.string(), z.number().int().positive()),
  /** Slots whose changes somebody has subscribed to. */
  subscribed: z.array(z.number().int().positive()),
  /** Groups in which there ever was a feature: of those that are counted no more a subject may still have values, which an erasure has to find. */
  groups: z.array(z.string()).optional(),
  /** There is a segment, or was one: what was told of its members may have to be taken back. */
  segments: z.literal(true).optional(),
});
export type FeatureStatus = z.infer<typeof FeatureStatus>;
