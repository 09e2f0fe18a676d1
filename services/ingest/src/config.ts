import { z } from 'zod';

const KIB = 1_024;

/** Ingest's own settings; the base ones are the kit's. */
export const IngestConfig = z.object({
  REDIS_URL: z.url(),
  CLICKHOUSE_URL: z.url(),
  DATABASE_URL: z.url(),
  /** Largest request body, after decompression. */
  INGEST_MAX_BODY_BYTES: z.coerce
    .number()
    .int()
    .min(KIB)
    .default(10 * KIB * KIB),
  /** Bytes of requests that may wait for Kafka at once; beyond it clients are asked to slow down (429). */
  INGEST_MAX_WAITING_BYTES: z.coerce
    .number()
    .int()
    .min(KIB)
    .default(64 * KIB * KIB),
  /** Above this p99 from receipt to accepted the platform raises an alert. */
  INGEST_LATENCY_LIMIT_MS: z.coerce.number().positive().default(1_000),
  /** How long the event log keeps an event, counted from its receipt. */
  INGEST_EVENT_LOG_DAYS: z.coerce.number().int().min(1).default(90),
});
export type IngestConfig = z.infer<typeof IngestConfig>;
