import { z } from 'zod';

const LookupServers = z.record(z.string().regex(/^[a-z][a-z0-9-]{0,63}$/), z.url({ protocol: /^rediss?$/ }));

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Rule-engine's own settings; the base ones are the kit's. */
export const RuleEngineConfig = z.object({
  REDIS_URL: z.url(),
  CLICKHOUSE_URL: z.url(),
  DATABASE_URL: z.url(),
  /** Where history is, for features that rules begin to ask for. */
  INGEST_URL: z.url().default('http://127.0.0.1:4001'),
  /** Who tells of persons what rules ask for. */
  PROFILE_STORE_URL: z.url().default('http://127.0.0.1:4004'),
  /** Where webhooks are registered, which rules call. */
  ALERTING_URL: z.url().default('http://127.0.0.1:4005'),
  /** How long decisions and their traces are kept, counted from the event's receipt. */
  RULE_ENGINE_DECISION_MONTHS: z.coerce.number().int().min(1).default(13),
  /** Above this p99 from receipt to the decision's commit the platform raises an alert. */
  RULE_ENGINE_LATENCY_LIMIT_MS: z.coerce.number().positive().default(1_000),
  /** On one in so many events json-rules-engine itself is asked as well, and an alert raised where it says the other; 0: never. */
  RULE_ENGINE_REFERENCE_EVERY: z.coerce.number().int().min(0).default(1_000),
  /** `reference`: json-rules-engine itself says what rules say of events, and what is compiled only of those that it cannot be asked about. */
  RULES_EVALUATOR: z.enum(['compiled', 'reference']).default('compiled'),
  /** Redis servers that lookups may name, as JSON: {"crm": "redis://..."}. */
  RULE_ENGINE_LOOKUP_SERVERS: z
    .string()
    .default('{}')
    .transform((text, context) => {
      const servers = LookupServers.safeParse(jsonOrUndefined(text));
      if (servers.success) return servers.data;
      context.addIssue('JSON such as {"crm": "redis://crm.internal:6379"}: names and redis:// addresses');
      return z.NEVER;
    }),
  /** Whether lookups over HTTP may ask addresses that are not public. */
  RULE_ENGINE_LOOKUP_PRIVATE_ADDRESSES: z.enum(['allow', 'refuse']).default('refuse'),
  /** From which on the state of one feature of a rule is told as too large, at save. */
  RULE_ENGINE_STATE_WARNING_MB: z.coerce.number().positive().default(1_000),
  /** Heap of the thread that runs a rule over the past. */
  RULE_ENGINE_BACKTEST_HEAP_MB: z.coerce.number().int().min(64).default(768),
});
export type RuleEngineConfig = z.infer<typeof RuleEngineConfig>;
