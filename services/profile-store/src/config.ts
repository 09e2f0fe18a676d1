import { z } from 'zod';

/** Profile-store's own settings; the base ones are the kit's. */
export const ProfileStoreConfig = z.object({
  REDIS_URL: z.url(),
  /** Features, subscriptions, erasures. Reads of profiles do without. */
  DATABASE_URL: z.url(),
  /** Where history is, for fills, previews, `at` and exports. */
  INGEST_URL: z.url().default('http://127.0.0.1:4001'),
  /** Where decisions are, for exports. */
  RULE_ENGINE_URL: z.url().optional(),
  /** A read that takes longer is answered 503. */
  PROFILE_STORE_READ_TIMEOUT_MS: z.coerce.number().int().min(1).default(500),
  /** Memory for profiles that were just written, which are read from there; 0: all are read from Redis. */
  PROFILE_STORE_SHARED_MB: z.coerce.number().int().min(0).max(1_024).default(256),
  /** Above this p99 from receipt to readable the platform raises an alert. */
  PROFILE_STORE_LATENCY_LIMIT_MS: z.coerce.number().positive().default(1_000),
});
export type ProfileStoreConfig = z.infer<typeof ProfileStoreConfig>;
