import { z } from 'zod';

/** What alerting takes from the environment beyond what every service takes. */
export const AlertingConfig = z.object({
  DATABASE_URL: z.url(),
  REDIS_URL: z.url(),
  /**
   * Whether webhooks may go to loopback, private and link-local addresses. `refuse` where projects are not trusted with the
   * network that this service stands in; `allow` on a laptop, where receivers run beside it.
   */
  WEBHOOK_PRIVATE_ADDRESSES: z.enum(['allow', 'refuse']).default('refuse'),
  WEBHOOK_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(10_000),
  /** Webhooks of one project under way at once. */
  WEBHOOK_CONCURRENCY: z.coerce.number().int().min(1).max(1_000).default(32),
  /**
   * For how many days after its end an alert is kept, with its notifications and attempts; dead letters after they came. At least 14:
   * Kafka must have dropped a decision before its alert goes, since the alert is what tells a repeat.
   */
  ALERTING_ALERT_DAYS: z.coerce.number().int().min(14).default(90),
  /** A p99 above this, from the event's receipt to its alert, is an alert on alerting itself. */
  ALERTED_LIMIT_MS: z.coerce.number().positive().default(500),
  /** The same from the event's receipt to the first attempt at each of its webhooks. */
  SENT_LIMIT_MS: z.coerce.number().positive().default(1_000),
});
export type AlertingConfig = z.infer<typeof AlertingConfig>;
