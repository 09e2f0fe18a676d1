import pg from 'pg';

/** What a pool is allowed to take. Defaults suit a service with a few short queries at a time. */
export interface PostgresOptions {
  /** Largest number of connections; default 8. */
  readonly maxConnections?: number;
  /** After this long the server ends a statement; default 15,000. Migrations and exports may want more. */
  readonly statementTimeoutMs?: number;
  /** Shown in pg_stat_activity; default `hermes`. */
  readonly applicationName?: string;
}

/**
 * Opens a pool on `url` (postgres://user:password@host:port/database). Nothing connects before the first query, and a lost
 * connection is replaced by the next query, so a restarted server needs no restart of the service: the queries in between
 * reject within 5 s. The caller ends the pool (`await pool.end()`).
 *
 * `bigint` (int8) stays a string, as pg answers it: turn it into a number where its range is known.
 *
 * @param onIdleError told of a connection that broke while nobody used it; without it such an error is dropped, because the
 *   pool has already replaced the connection
 */
export function openPostgres(
  url: string,
  options: PostgresOptions = {},
  onIdleError: (error: Error) => void = () => undefined,
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 8,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: options.statementTimeoutMs ?? 15_000,
    application_name: options.applicationName ?? 'hermes',
    keepAlive: true,
  });
  // Without a listener an idle connection's error would end the process (Node's rule for 'error' events).
  pool.on('error', onIdleError);
  // The same for a connection that somebody holds between two queries (in a transaction, with a lock): the next query rejects.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
