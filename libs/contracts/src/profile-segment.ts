import { z } from 'zod';
import { Bilingual } from './event-type.ts';
import { Condition } from './rule.ts';

/** A segment's name in rules and answers: `vip`. */
export const SegmentId = z
  .string()
  .regex(
    /^[a-z][a-z0-9_-]{0,63}$/,
    'a segment id is 1 to 64 characters: lower-case letters, digits, "_" and "-", a letter first, for example "vip"',
  );

/** A segment as a person writes it: the profiles for which the condition holds. */
export const SegmentDraft = z.strictObject({
  title: z.strictObject({ en: z.string().trim().min(1).max(200), zh: z.string().trim().min(1).max(200) }),
  description: Bilingual.optional(),
  /** Only of subjects of this kind; without it of all. */
  entity: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,63}$/, 'a kind of subjects such as "customer"')
    .optional(),
  /** The rules' condition language; fact `feature`: `{"fact": "feature", "params": {"id": "deals_90d"}, ...}`. */
  condition: Condition,
});
export type SegmentDraft = z.infer<typeof SegmentDraft>;

/** A published segment: immutable per version. */
export const Segment = SegmentDraft.extend({
  id: SegmentId,
  project: z.string(),
  version: z.number().int().positive(),
  publishedAt: z.iso.datetime(),
});
export type Segment = z.infer<typeof Segment>;

export const SegmentList = z.object({ segments: z.array(Segment) });

/** `GET segments/:id/versions`, newest first. */
export const SegmentVersions = z.object({
  versions: z.array(z.object({ segment: Segment, publishedBy: z.string() })),
});

/** `GET segments/:id/audit`, newest first. */
export const SegmentAudit = z.object({
  audit: z.array(
    z.object({
      at: z.iso.datetime(),
      by: z.string(),
      what: z.enum(['segment-published', 'segment-deleted']),
      version: z.number().int().positive().nullable(),
      before: SegmentDraft.nullable(),
      after: SegmentDraft.nullable(),
    }),
  ),
});
export type SegmentAudit = z.infer<typeof SegmentAudit>;

/** Member id of a segment in the set of features. No feature's id begins so. */
export const segmentMemberId = (id: string): string => `${SEGMENT_MEMBER_PREFIX}${id}`;
export const SEGMENT_MEMBER_PREFIX = '~segment-';
