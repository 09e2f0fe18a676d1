import { openPostgres } from '@hermes/connectors/postgres/pool';
import type { TablePlan } from '@hermes/stream-sql/planner/plan';
import type { Pool } from 'pg';
import { FinalFailure } from '../../worker/final-failure.ts';

export interface PostgresTable {
  readonly pool: Pool;
  /** Its name as SQL has it, with quotes. */
  readonly name: string;
  /** Of the columns in order, PostgreSQL's own types; asked for once. Rejects with FinalFailure when one is not there. */
  columnTypes(columns: readonly string[]): Promise<readonly string[]>;
}

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Names as they are declared: `table`, `schema.table`. */
const quotePath = (name: string): string => name.split('.').map(quoteName).join('.');

/** Opens nothing before the first query. */
export function postgresTable({ options, name: declared }: TablePlan, url: URL, timeoutMs: number): PostgresTable {
  const address = new URL(url.href);
  if (options['username'] !== undefined) address.username = encodeURIComponent(options['username']);
  // Texts are read and written in one form, whatever the server is set to.
  address.searchParams.set('options', '-c DateStyle=ISO -c TimeZone=UTC -c bytea_output=hex -c extra_float_digits=1');
  const pool = openPostgres(address.href.replaceAll('+', '%20'), {
    applicationName: 'hermes-sql',
    maxConnections: 4,
    statementTimeoutMs: timeoutMs,
  });
  const name = quotePath(options['table-name'] ?? declared);
  let types: ReadonlyMap<string, string> | undefined;
  return {
    pool,
    name,
    async columnTypes(columns) {
      types ??= await columnTypesOf(pool, name);
      const missing = columns.find((column) => types?.has(column) === false);
      if (missing !== undefined)
        throw new FinalFailure('no-column', `the PostgreSQL table ${name} has no column ${missing}`);
      return columns.map((column) => types!.get(column)!);
    },
  };
}

async function columnTypesOf(pool: Pool, table: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await pool.query<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [table],
  );
  return new Map(rows.map(({ name, type }) => [name, type]));
}
