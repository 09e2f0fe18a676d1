import { z } from 'zod';
import { ErasureReport } from './erasure.ts';

/** Body of `POST /v1/projects/:p/profiles/:subject/erasure`. */
export const ErasureRequest = z.strictObject({
  /** Kept with the erasure for ever: no personal data. */
  reason: z.string().trim().min(1).max(500).optional(),
});
export type ErasureRequest = z.infer<typeof ErasureRequest>;

/** What an erasure does not reach. */
export const ErasureLimits = z.object({
  text: z.string(),
  /** From then on Kafka has none of the events that were there when the erasure was complete. */
  kafkaGoneAfter: z.iso.datetime(),
});
export type ErasureLimits = z.infer<typeof ErasureLimits>;

/**
 * An erasure as owners see it. A complete one has a digest: SHA-256 over the canonical JSON (RFC 8785: members sorted, no blanks) of all
 * of this but `missing` and the digest, the digest of the erasure before it in the project included; so a complete erasure that is changed,
 * left out or put in between afterwards breaks the chain.
 */
export const ErasureView = z.object({
  id: z.string(),
  project: z.string(),
  /** SHA-256 of the subject, hex. */
  subjectHash: z.string().length(64),
  erasedAt: z.iso.datetime(),
  requestedBy: z.string(),
  reason: z.string().nullable(),
  status: z.enum(['open', 'complete']),
  completedAt: z.iso.datetime().nullable(),
  /** What each store has reported, the newest of each; `removed` is the most that it ever reported. */
  stores: z.array(ErasureReport),
  /** Stores that have not reported yet that nothing remains. */
  missing: z.array(z.string()),
  /** Of a complete erasure. */
  proof: z
    .object({
      /** Place in the project's chain, from 1. */
      number: z.number().int().positive(),
      digest: z.string().length(64),
      /** Digest of the erasure before it; null for the first. */
      previous: z.string().length(64).nullable(),
      notCovered: ErasureLimits,
    })
    .nullable(),
});
export type ErasureView = z.infer<typeof ErasureView>;

/** `GET /v1/projects/:p/erasures`, newest first. */
export const ErasureList = z.object({
  erasures: z.array(ErasureView),
  /** Give it as `before` for the next page; null at the end. */
  next: z.string().nullable(),
});
export type ErasureList = z.infer<typeof ErasureList>;

/** Answer of `POST /v1/projects/:p/erasures/:id/verify`. */
export const ErasureVerification = z.object({
  /** Whether the project's chain holds from its beginning to its end, and this erasure is a part of it. */
  holds: z.boolean(),
  /** Complete erasures of the project that were recomputed. */
  checked: z.number().int(),
  /** The first erasure in the chain that does not fit; null when all do. */
  brokenAt: z.string().nullable(),
  /** For people. */
  detail: z.string(),
});
export type ErasureVerification = z.infer<typeof ErasureVerification>;
