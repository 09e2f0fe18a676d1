import { fileURLToPath } from 'node:url';
import { retryOnConnectionError } from '@hermes/connectors/clickhouse/retry';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import Postgrator from 'postgrator';

/**
 * Brings a service's schema up to date: `NNN.do.<name>.sql` files of `folder`, each once, in order, one process at a time.
 *
 * @param schema - made when missing; also holds the table `schema_version`. Statements name it or rely on search_path.
 */
export async function migrate(databaseUrl: string, schema: string, folder: URL): Promise<void> {
  const pool = openPostgres(databaseUrl);
  const client = await pool.connect();
  try {
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [`hermes-migrate-${schema}`]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
    await client.query(`SET search_path TO "${schema}"`);
    const postgrator = new Postgrator({
      migrationPattern: `${fileURLToPath(folder)}/*.sql`,
      driver: 'pg',
      currentSchema: schema,
      schemaTable: `${schema}.schema_version`,
      execQuery: (query: string) => client.query(query),
    });
    await postgrator.migrate();
  } finally {
    await client.query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
    client.release(true);
    await pool.end();
  }
}

/** The same, however long PostgreSQL is away; resolves too when the service stops first. */
export async function migrated(databaseUrl: string, schema: string, folder: URL, signal: AbortSignal): Promise<void> {
  const outcome = await retryOnConnectionError(() => migrate(databaseUrl, schema, folder), {
    giveUpAfterMs: Infinity,
    retriable: isPostgresAway,
    signal,
  });
  if (outcome.kind === 'failed' && outcome.reason !== 'aborted') throw outcome.error;
}
