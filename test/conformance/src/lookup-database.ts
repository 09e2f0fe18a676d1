import { join } from 'node:path';
import { startPart } from '@hermes/stack/parts/instance';
import pg from 'pg';
import { physicalColumns, type ConformanceTable } from './flink-script.ts';

/** PostgreSQL's name for a type where it is not Flink's. */
const TYPES: Readonly<Record<string, string>> = {
  STRING: 'text',
  DOUBLE: 'double precision',
  FLOAT: 'real',
  INT: 'integer',
  TINYINT: 'smallint',
};

/**
 * A PostgreSQL of its own, started when the first case looks something up: Flink's connectors that can look up rows need a
 * database.
 */
export class LookupDatabase {
  private readonly folder: string;
  private running: Promise<{ url: URL; stop(): Promise<void>; pool: pg.Pool }> | undefined;
  private tables = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes a table of its own with these rows (JSON objects) and answers the options by which Flink reaches it. */
  async load(table: ConformanceTable, rows: readonly string[]): Promise<string> {
    this.running ??= start(this.folder);
    const { url, pool } = await this.running;
    const name = `lookup_${this.tables++}`;
    const columns = physicalColumns(table.columns).map(
      (column) => `"${column.name}" ${TYPES[column.type] ?? column.type}`,
    );
    await pool.query(`CREATE TABLE ${name} (${columns.join(', ')})`);
    await pool.query(`INSERT INTO ${name} SELECT * FROM json_populate_recordset(NULL::${name}, $1)`, [
      `[${rows.join(',')}]`,
    ]);
    const [user, password] = [url.username, decodeURIComponent(url.password)];
    return (
      `'connector' = 'jdbc', 'url' = 'jdbc:postgresql://${url.host}${url.pathname}', 'table-name' = '${name}', ` +
      `'username' = '${user}', 'password' = '${password}'`
    );
  }

  async stop(): Promise<void> {
    const running = await this.running;
    await running?.pool.end();
    await running?.stop();
  }
}

async function start(folder: string): Promise<{ url: URL; stop(): Promise<void>; pool: pg.Pool }> {
  const part = await startPart('postgres', { dataDir: join(folder, 'postgres') });
  const pool = new pg.Pool({ connectionString: part.url, max: 2 });
  // An idle connection hears that the server stops before the pool has closed it.
  pool.on('error', () => undefined);
  return { url: new URL(part.url), stop: () => part.stop(), pool };
}
