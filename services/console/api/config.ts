import { z } from 'zod';

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

/** What the console takes from the environment beyond the kit's base. */
export const ConsoleConfig = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** A ClickHouse user that may only read; the dashboards' queries run as it. */
  CLICKHOUSE_ANALYST_URL: z.url({ protocol: /^https?$/ }),
  /** The first operator, made at boot when missing. */
  HERMES_ADMIN_EMAIL: z.email().toLowerCase().optional(),
  HERMES_ADMIN_PASSWORD: z.string().min(8).optional(),
  /** Sets the operator's password anew at boot when it differs from HERMES_ADMIN_PASSWORD. */
  HERMES_ADMIN_RESET: flag,
  SESSION_HOURS: z.coerce.number().positive().max(720).default(12),
  /** Behind TLS: the cookie is then Secure and called `__Host-hermes_session`. */
  CONSOLE_SECURE_COOKIE: flag,
  INGEST_URL: z.url().default('http://127.0.0.1:4001'),
  SQL_EXECUTOR_URL: z.url().default('http://127.0.0.1:4002'),
  RULE_ENGINE_URL: z.url().default('http://127.0.0.1:4003'),
  PROFILE_STORE_URL: z.url().default('http://127.0.0.1:4004'),
  ALERTING_URL: z.url().default('http://127.0.0.1:4005'),
});
export type ConsoleConfig = z.infer<typeof ConsoleConfig>;

/** The services behind the console's proxy: `/api/<name>/v1/...`. */
export const upstreams = (config: ConsoleConfig): Readonly<Record<string, string>> => ({
  ingest: config.INGEST_URL,
  'sql-executor': config.SQL_EXECUTOR_URL,
  'rule-engine': config.RULE_ENGINE_URL,
  'profile-store': config.PROFILE_STORE_URL,
  alerting: config.ALERTING_URL,
});
