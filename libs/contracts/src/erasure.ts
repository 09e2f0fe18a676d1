import { z } from 'zod';

/**
 * That a subject's data are to be deleted: a record of `<project>.erasures` (compacted), under the SHA-256 of the subject. It stays
 * for ever, so that what was deleted does not come back with a replay: events of the subject whose time is not after `erasedAt`
 * are dropped wherever they come in. Once every store has reported, `subject` becomes null and only the hash remains.
 */
export const Erasure = z.object({
  id: z.string(),
  project: z.string(),
  subject: z.string().nullable(),
  /** SHA-256 of the subject, hex; also the record's key. */
  subjectHash: z.string().length(64),
  erasedAt: z.iso.datetime(),
  requestedBy: z.string(),
});
export type Erasure = z.infer<typeof Erasure>;

/** What a store says when it has deleted and looked again: a record of `<project>.erasure-reports`, under the erasure's id. */
export const ErasureReport = z.object({
  erasureId: z.string(),
  subjectHash: z.string().length(64),
  /** One of ERASURE_STORES. */
  store: z.string(),
  /** What was there: rows or values. */
  removed: z.number().int(),
  /** What was found by looking again afterwards. */
  remaining: z.number().int(),
  at: z.iso.datetime(),
});
export type ErasureReport = z.infer<typeof ErasureReport>;

/** The stores that report; an erasure is complete when each has, with nothing remaining. */
export const ERASURE_STORES = [
  'profiles',
  'profiles_keyed',
  'event_log',
  'dead_letter',
  'decisions',
  'rule_features',
  'reviews',
  'rule_features_keyed',
  'backtests',
] as const;
