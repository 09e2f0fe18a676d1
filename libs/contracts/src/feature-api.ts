import { z } from 'zod';
import { Feature, FeatureDraft, FeatureId } from './feature.ts';

/** Something that looks like a mistake but is allowed; `pointer` is a JSON pointer into the draft. */
export const FeatureWarning = z.object({ pointer: z.string(), message: z.string() });
export type FeatureWarning = z.infer<typeof FeatureWarning>;

/** How far one partition of the project is with a fill. */
export const FillPartition = z.object({
  partition: z.number().int().min(0),
  /**
   * The offset of `<project>.events` from which on the partition counts live; what stands before comes from history. A feature of another
   * key has one for each partition of the events. null while the partition has not begun.
   */
  cut: z.union([z.number().int(), z.array(z.number().int())]).nullable(),
  /** Events from history that were counted so far. */
  events: z.number().int(),
  done: z.boolean(),
});
export type FillPartition = z.infer<typeof FillPartition>;

/** What a fill came to. */
export const FillFigures = z.object({
  partitions: z.array(FillPartition),
  /** History before this receipt had expired when it was read; null when nothing had to be read. */
  keptSince: z.iso.datetime().nullable(),
});
export type FillFigures = z.infer<typeof FillFigures>;

/** `GET /v1/projects/:p/features/:id`. Its ETag changes with whatever a person changes about the feature. */
export const FeatureView = z.object({
  id: FeatureId,
  /** `draft`: never published; `filling`: a version is being filled, whether or not an older one is answered; `live`: answered. */
  status: z.enum(['draft', 'filling', 'live']),
  /** Changes that are not published yet. */
  draft: FeatureDraft.nullable(),
  draftBy: z.string().nullable(),
  draftAt: z.iso.datetime().nullable(),
  /** The version that is answered now. */
  published: Feature.nullable(),
  /** The version that takes its place once history has been counted. */
  filling: z
    .object({
      version: z.number().int().positive(),
      feature: Feature,
      since: z.iso.datetime(),
      /** Why the fill waits, as far as the process that answers knows; null while it goes on. */
      reason: z.string().nullable(),
      /** By number, as far as the process that answers has seen them. */
      partitions: z.array(FillPartition),
    })
    .nullable(),
  /** How the answered version was filled; null for ratios, which have nothing to fill. */
  filled: FillFigures.extend({
    version: z.number().int().positive(),
    since: z.iso.datetime(),
    liveAt: z.iso.datetime(),
  }).nullable(),
  /** About the draft, or about the newest version when there is none. */
  warnings: z.array(FeatureWarning),
});
export type FeatureView = z.infer<typeof FeatureView>;

export const FeatureList = z.object({ features: z.array(FeatureView) });

/** One published version, in or out of force. */
export const FeatureVersion = z.object({
  feature: Feature,
  publishedBy: z.string(),
  /** Since when it was answered; null when it never was. */
  liveAt: z.iso.datetime().nullable(),
  /** Since when it does not count any more; null while it does. */
  replacedAt: z.iso.datetime().nullable(),
  filled: FillFigures.nullable(),
});
export type FeatureVersion = z.infer<typeof FeatureVersion>;
/** `GET /v1/projects/:p/features/:id/versions`, newest first. */
export const FeatureVersions = z.object({ versions: z.array(FeatureVersion) });

/** One change of a feature. */
export const FeatureAuditLine = z.object({
  at: z.iso.datetime(),
  /** A person's e-mail, `key:<id>`, `service:<name>`. */
  by: z.string(),
  /**
   * `draft-saved`, `draft-dropped` (it became equal to what is published), `published`, `fill-withdrawn` (the answered version was published
   * again while another was being filled), `live` (the fill is done), `archived`.
   */
  what: z.enum(['draft-saved', 'draft-dropped', 'published', 'fill-withdrawn', 'live', 'archived']),
  /** The published version that the change is about. */
  version: z.number().int().positive().nullable(),
  before: FeatureDraft.nullable(),
  after: FeatureDraft.nullable(),
});
export type FeatureAuditLine = z.infer<typeof FeatureAuditLine>;
/** `GET /v1/projects/:p/features/:id/audit`, newest first. */
export const FeatureAudit = z.object({ audit: z.array(FeatureAuditLine) });

/** Body of `POST /v1/projects/:p/features/preview`. */
export const FeaturePreviewBody = z.strictObject({
  draft: z.unknown(),
  /** Under which the draft is kept; only attributes that take direct writes need it. */
  id: FeatureId.optional(),
  /** How many days of events, by their time, up to now. */
  days: z.number().int().min(1).max(90).default(7),
  /** Whose values to show; without it the first 20 with a value. */
  subjects: z.array(z.string().min(1).max(256)).min(1).max(20).optional(),
});
export type FeaturePreviewBody = z.infer<typeof FeaturePreviewBody>;

const SubjectValue = z.object({ subject: z.string(), value: z.unknown() });

/** What the draft would answer now, had it counted the events of the last days. */
export const FeaturePreview = z.object({
  /** Event time. */
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** History before this receipt has expired. */
  keptSince: z.iso.datetime().nullable(),
  /** False when the time or the number of events was up: what is here is of a part of the events. */
  complete: z.boolean(),
  /** Of the event types. */
  eventsRead: z.number().int(),
  /** That passed the filter. */
  eventsMatched: z.number().int(),
  /** That passed the filter, but have no value that can be counted, or no key. */
  eventsIgnored: z.number().int(),
  /** That passed the filter, but came too late to count. */
  eventsLate: z.number().int(),
  /** Subjects with a value. */
  subjects: z.number().int(),
  sample: z.array(SubjectValue),
  /** The 10 highest values, highest first; empty when values are not numbers. */
  top: z.array(SubjectValue),
});
export type FeaturePreview = z.infer<typeof FeaturePreview>;

/** Body of `PUT /v1/projects/:p/subscriptions/:id`. */
export const SubscriptionDraft = z.strictObject({ features: z.array(FeatureId).min(1).max(200) });
export type SubscriptionDraft = z.infer<typeof SubscriptionDraft>;

/** A wish that changes of features go to `<project>.profile-changes`. */
export const Subscription = z.object({
  id: z.string(),
  features: z.array(FeatureId),
  by: z.string(),
  at: z.iso.datetime(),
});
export type Subscription = z.infer<typeof Subscription>;
export const SubscriptionList = z.object({ subscriptions: z.array(Subscription) });
