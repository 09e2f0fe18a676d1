import { inTransaction } from '@hermes/connectors/postgres/transaction';
import { EvaluationError } from '@hermes/stream-sql/builtin/signature';
import { adds, type RowKind } from '@hermes/stream-sql/engine/operator';
import type { Row } from '@hermes/stream-sql/values/data-type';
import type { PoolClient } from 'pg';
import type { WrittenTable } from '../../targets/plan-tables.ts';
import type { Block, CheckpointPlace, Sink } from '../connector.ts';
import { LineBlocks } from '../lines/line-blocks.ts';
import { type PostgresTable, postgresTable, quoteName } from './postgres-table.ts';
import { postgresText } from './postgres-values.ts';

const TIMEOUT_MS = 60_000;
/** Rows of one statement. */
const STATEMENT_ROWS = 5_000;

/** A row's texts in the order of the columns, and whether it is there or gone. */
type Line = readonly [isThere: boolean, texts: readonly (string | null)[]];

/**
 * Rows of a PostgreSQL table: replaced and deleted by the primary key, appended without one. A checkpoint is one transaction, which also writes
 * the checkpoint's number into `hermes_sql_checkpoints` beside the table: what comes again finds it and changes nothing, and a
 * process that was taken for dead waits for that row and then finds a higher number.
 */
export function jdbcSink({ table, columns }: WrittenTable, url: URL): Sink {
  const target = postgresTable(table, url, TIMEOUT_MS);
  const texts = columns.map(({ type }) => postgresText(type));
  const keyPlaces = table.primaryKey.map((at) => columns.findIndex(({ name }) => name === table.columns[at]!.name));
  const names = columns.map(({ name }) => name);
  const lineOf = (kind: RowKind, row: Row): Line => [
    adds(kind),
    row.map((value, i) => (value === null ? null : texts[i]!(value))),
  ];
  const blocks = new LineBlocks(([line]) => `${line as string}\n`);
  let hasMarks = false;
  return {
    check: (row) => refuseNul(row, names),
    write: (kind, row) => blocks.add([JSON.stringify(lineOf(kind, row))]),
    get waiting() {
      return blocks.waiting;
    },
    cut: () => blocks.cut(),
    async deliver(place, cut) {
      const types = await target.columnTypes(names);
      if (!hasMarks) await makeMarks(target);
      hasMarks = true;
      const lines = linesOf(cut);
      await inTransaction(target.pool, async (client) => {
        if (!(await mark(client, target, place))) return;
        const rows = keyPlaces.length === 0 ? lines : lastOfEachKey(lines, keyPlaces);
        const gone = rows.filter(([isThere]) => !isThere).map(([, each]) => keyPlaces.map((at) => each[at]!));
        const there = rows.filter(([isThere]) => isThere).map(([, each]) => each);
        const keyNames = keyPlaces.map((at) => names[at]!);
        const keyTypes = keyPlaces.map((at) => types[at]!);
        for (const [each, values] of statements(gone, keyTypes))
          await client.query(deleteText(target.name, keyNames, each), values);
        for (const [each, values] of statements(there, types))
          await client.query(insertText(target.name, names, keyNames, each), values);
      });
    },
    close: () => target.pool.end(),
  };
}

/** PostgreSQL's texts may have any character but one. */
function refuseNul(row: Row, names: readonly string[]): void {
  row.forEach((value, i) => {
    if (typeof value === 'string' && value.includes('\u0000'))
      throw new EvaluationError('not-storable', `${names[i]!} has a character U+0000, which PostgreSQL cannot keep`);
  });
}

const linesOf = (blocks: readonly Block[]): readonly Line[] =>
  blocks.flatMap(({ bytes }) =>
    bytes
      .toString()
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => JSON.parse(text) as Line),
  );

function lastOfEachKey(lines: readonly Line[], keyPlaces: readonly number[]): readonly Line[] {
  const last = new Map<string, Line>();
  for (const line of lines) last.set(JSON.stringify(keyPlaces.map((at) => line[1][at])), line);
  return [...last.values()];
}

/** The rows as a relation `v` of columns c0, c1, ... with the target's types, in parts; with the parameters, one array for each column. */
function* statements(
  rows: readonly (readonly (string | null)[])[],
  types: readonly string[],
): Generator<readonly [relation: string, parameters: (string | null)[][]]> {
  const arrays = types.map((_, i) => `$${i + 1}::text[]`).join(', ');
  const columns = types.map((_, i) => `c${i}`).join(', ');
  const cast = types.map((type, i) => `c${i}::${type} AS c${i}`).join(', ');
  for (let from = 0; from < rows.length; from += STATEMENT_ROWS) {
    const part = rows.slice(from, from + STATEMENT_ROWS);
    yield [
      `(SELECT ${cast} FROM unnest(${arrays}) AS u(${columns})) AS v`,
      types.map((_, i) => part.map((row) => row[i]!)),
    ];
  }
}

function insertText(table: string, names: readonly string[], keys: readonly string[], relation: string): string {
  const insert = `INSERT INTO ${table} (${names.map(quoteName).join(', ')}) SELECT * FROM ${relation}`;
  if (keys.length === 0) return insert;
  const others = names
    .filter((name) => !keys.includes(name))
    .map((name) => `${quoteName(name)} = EXCLUDED.${quoteName(name)}`);
  const action = others.length === 0 ? 'NOTHING' : `UPDATE SET ${others.join(', ')}`;
  return `${insert} ON CONFLICT (${keys.map(quoteName).join(', ')}) DO ${action}`;
}

const deleteText = (table: string, keys: readonly string[], relation: string): string =>
  `DELETE FROM ${table} AS t USING ${relation} WHERE ${keys.map((key, i) => `t.${quoteName(key)} = v.c${i}`).join(' AND ')}`;

/** The table of marks stands in the schema of the target. */
function marksOf({ name }: PostgresTable): string {
  const schema = name.includes('.') ? name.slice(0, name.lastIndexOf('.') + 1) : '';
  return `${schema}"hermes_sql_checkpoints"`;
}

async function makeMarks(target: PostgresTable): Promise<void> {
  const marks = marksOf(target);
  const { rows } = await target.pool.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [marks]);
  if (rows[0]?.there === true) return;
  await target.pool.query(
    `CREATE TABLE IF NOT EXISTS ${marks} (run text NOT NULL, sink integer NOT NULL, checkpoint bigint NOT NULL, PRIMARY KEY (run, sink))`,
  );
}

/** Whether this checkpoint is new to the target. */
async function mark(
  client: PoolClient,
  target: PostgresTable,
  { run, sink, checkpoint }: CheckpointPlace,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO ${marksOf(target)} AS m (run, sink, checkpoint) VALUES ($1, $2, $3)
     ON CONFLICT (run, sink) DO UPDATE SET checkpoint = EXCLUDED.checkpoint WHERE m.checkpoint < EXCLUDED.checkpoint`,
    [run, sink, checkpoint],
  );
  return rowCount === 1;
}
