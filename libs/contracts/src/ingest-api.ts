import { z } from 'zod';

/** Why one item of a request was refused. `pointer` is a JSON pointer into the item. */
export const ItemError = z.object({
  index: z.number().int(),
  id: z.string().nullable(),
  code: z.string(),
  pointer: z.string(),
  message: z.string(),
});
export type ItemError = z.infer<typeof ItemError>;

/**
 * Answer of `POST /v1/events` and `POST /v1/batch`: 202 when every item was accepted, 207 when some were, 422 when none was.
 * Accepted means: Kafka has acknowledged it. `positions` (partition -> offset after the last of these items in the
 * inbox) lets a client wait until its items are through: compare with `processed` of `/v1/projects/:p/ingest-progress`.
 */
export const IngestAnswer = z.object({
  accepted: z.number().int(),
  rejected: z.number().int(),
  errors: z.array(ItemError),
  positions: z.record(z.string(), z.number()),
});
export type IngestAnswer = z.infer<typeof IngestAnswer>;

/** `GET /v1/projects/:p/ingest-progress?source=S`. Counts are exact and are part of the processor's atomic steps. */
export const IngestProgress = z.object({
  /** Inbox partition -> next offset to process. */
  processed: z.record(z.string(), z.number()),
  /** Of the source asked for: events that were new, that were repeats, that were dead-lettered, that an erasure covers (when there are). */
  source: z.object({
    accepted: z.number(),
    duplicates: z.number(),
    deadLettered: z.number(),
    erased: z.number().optional(),
  }),
});
export type IngestProgress = z.infer<typeof IngestProgress>;
