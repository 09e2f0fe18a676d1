import type { ClickHouseClient } from '@clickhouse/client';
import { retryOnConnectionError } from '@hermes/connectors/clickhouse/retry';
import { deadLetterTable, EVENT_LOG, eventLogDepth, eventLogTable } from './event-log.table.ts';

/** The event log of an older build, while its rows are being brought over. */
const BEFORE_PLACES = 'event_log_before_places';

/** Whether the tables are there and whole: until then nothing is landed and no history is answered. */
export interface HistoryTables {
  made: boolean;
}

export interface MakeTablesSetting {
  /** Needs patience for one statement that copies a whole table. */
  readonly clickhouse: ClickHouseClient;
  readonly keepDays: number;
  readonly signal: AbortSignal;
  /** Default `ingest`. */
  readonly database?: string;
}

/** Makes database and tables, however long ClickHouse is away, and brings over what an older build has left. */
export async function makeTables(setting: MakeTablesSetting): Promise<void> {
  const { signal } = setting;
  const made = await retryOnConnectionError(() => makeOnce(setting), { giveUpAfterMs: Infinity, signal });
  if (made.kind === 'failed' && made.reason !== 'aborted') throw made.error;
}

/**
 * An event log without places is put aside by its name, a new one is made, and the rows are copied and the old table dropped. Each of
 * these can be done again, by this process after a crash or by another one beside it: copied rows are the same rows, and fall together.
 * A process of the older build that still runs finds the new table, whose columns have defaults that say 'no place'.
 */
async function makeOnce({ clickhouse, keepDays, database = 'ingest' }: MakeTablesSetting): Promise<void> {
  const command = async (query: string): Promise<void> => void (await clickhouse.command({ query }));
  await command(`CREATE DATABASE IF NOT EXISTS ${database}`);
  const columns = await columnsOf(clickhouse, database, EVENT_LOG);
  if (columns.length > 0 && !columns.includes('events_offset')) {
    await command(`RENAME TABLE ${database}.${EVENT_LOG} TO ${database}.${BEFORE_PLACES}`).catch(
      tolerating('UNKNOWN_TABLE', 'TABLE_ALREADY_EXISTS'),
    );
  }
  await command(eventLogTable(database, keepDays));
  await command(eventLogDepth(database));
  await command(deadLetterTable(database));
  const old = await columnsOf(clickhouse, database, BEFORE_PLACES);
  if (old.length === 0) return;
  const list = old.join(', ');
  await command(`
    INSERT INTO ${database}.${EVENT_LOG} (${list}) SELECT ${list} FROM ${database}.${BEFORE_PLACES}
    SETTINGS max_partitions_per_insert_block = 0`).catch(tolerating('UNKNOWN_TABLE'));
  await command(`DROP TABLE IF EXISTS ${database}.${BEFORE_PLACES} SYNC`);
}

/** Empty when there is no such table. */
async function columnsOf(clickhouse: ClickHouseClient, database: string, table: string): Promise<readonly string[]> {
  const result = await clickhouse.query({
    query: `
      SELECT name FROM system.columns
      WHERE database = {database:String} AND table = {table:String} AND default_kind != 'MATERIALIZED'
      ORDER BY position`,
    query_params: { database, table },
    format: 'JSONEachRow',
  });
  return (await result.json<{ name: string }>()).map(({ name }) => name);
}

/** Passes over what means that another process was quicker. */
const tolerating =
  (...types: readonly string[]) =>
  (error: unknown): void => {
    const type = error instanceof Error && 'type' in error ? String(error.type) : '';
    if (!types.includes(type)) throw error;
  };
