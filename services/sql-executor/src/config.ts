import { z } from 'zod';

/** Sql-executor's own settings; the base ones are the kit's. */
export const SqlExecutorConfig = z.object({
  CLICKHOUSE_URL: z.url(),
  DATABASE_URL: z.url(),
  /** Checkpoints live in its folder `checkpoints`, savepoints in `savepoints`: one file system. */
  HERMES_DATA_DIR: z.string().min(1),
  /** Where jobs look profiles up; with HERMES_SERVICE_SECRET. Without both no job can, and attributes are written unchecked. */
  PROFILE_STORE_URL: z.url().optional(),
  /** Files of filesystem tables: each project reads and writes in its own folder below this one. Without it no job can. */
  SQL_FILES_DIR: z.string().min(1).optional(),
  /** `host:port`, with commas between: the servers that redis and jdbc tables may name. Others are refused: a job's text decides whom this service talks to. */
  SQL_OUTSIDE_SERVERS: z.string().default(''),
  /** JSON: servers that jobs name as `'connection' = '...'`, with user and password, and the projects that may. */
  SQL_CONNECTIONS_FILE: z.string().min(1).optional(),
  /** Heap of one run's process. */
  SQL_WORKER_HEAP_MB: z.coerce.number().int().min(32).default(192),
  /** Resident memory, buffers included, above which a run's process is ended and started again. */
  SQL_WORKER_RSS_MB: z.coerce.number().int().min(64).default(512),
  /** Processor time that a run's process may compute without a word, after which its loop counts as blocked: it is ended and started again. */
  SQL_WORKER_BUSY_S: z.coerce.number().positive().default(20),
  /** Estimated size of a run's state above which it fails, with a sentence that says what takes the room. */
  SQL_STATE_LIMIT_MB: z.coerce.number().int().min(1).default(128),
  /** Previews at once, each a process with the limits above: in one project, and in all. */
  SQL_PREVIEWS_PER_PROJECT: z.coerce.number().int().min(1).default(3),
  SQL_PREVIEWS: z.coerce.number().int().min(1).default(8),
  /** Above this p99 from receipt to the row in ClickHouse the platform raises an alert. */
  SQL_LATENCY_LIMIT_MS: z.coerce.number().positive().default(10_000),
});
export type SqlExecutorConfig = z.infer<typeof SqlExecutorConfig>;
