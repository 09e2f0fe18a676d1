import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import { durationMs } from '@hermes/stream-sql/planner/duration';
import type { LookupJoinNode } from '@hermes/stream-sql/planner/plan';
import type { Row, Value } from '@hermes/stream-sql/values/data-type';
import { typeName } from '@hermes/stream-sql/values/type-name';
import type { LookedUp, LookupTable } from '../connector.ts';
import { postgresTable, quoteName } from './postgres-table.ts';
import { type PostgresAnswer, postgresText, postgresValue } from './postgres-values.ts';

type Column = LookupJoinNode['table']['columns'][number];

/** `statement_timeout`: it took too long. */
const QUERY_CANCELED = '57014';
const SERIALIZATION = /^40/;
const DATA_EXCEPTION = /^22/;

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** Rows of a PostgreSQL table by any of its columns: one query for all keys of a request. */
export function jdbcLookup(node: LookupJoinNode, url: URL): LookupTable {
  const { table, keys, unread } = node;
  const timeoutMs = durationMs(table.options['lookup.timeout'] ?? '5 s') ?? 5_000;
  const target = postgresTable(table, url, timeoutMs);
  const keyColumns = keys.map(({ column }) => table.columns[column]!);
  const keyTexts = keyColumns.map(({ type }) => postgresText(type));
  const read = table.columns.flatMap((column, at) =>
    unread.includes(at) ? [] : [{ at, column, value: postgresValue(column.type) }],
  );
  const query = async (): Promise<string> => {
    const types = await target.columnTypes(keyColumns.map(({ name }) => name));
    await target.columnTypes(read.map(({ column }) => column.name));
    const answers = read.map(
      ({ column: { name, type } }, i) => `(t.${quoteName(name)})::text${type.kind === 'ARRAY' ? '[]' : ''} AS a${i}`,
    );
    const matches = keyColumns.map(({ name }, i) => `t.${quoteName(name)} = k.c${i}::${types[i]!}`).join(' AND ');
    const arrays = keys.map((_, i) => `$${i + 1}::text[]`).join(', ');
    return `SELECT ${['k.n::int AS n', ...answers].join(', ')}
      FROM unnest(${arrays}) WITH ORDINALITY AS k(${keys.map((_, i) => `c${i}`).join(', ')}, n)
      JOIN ${target.name} AS t ON ${matches}`;
  };
  /** The row, or the column whose value does not fit. */
  const rowOf = (answer: readonly PostgresAnswer[]): Row | Column => {
    const row: Value[] = table.columns.map(() => null);
    for (const [i, { at, column, value }] of read.entries()) {
      const given = answer[i]!;
      const found = given === null ? null : value(given);
      if (found === undefined) return column;
      row[at] = found;
    }
    return row;
  };
  const mismatch = ({ name, type }: Column): LookedUp => ({
    code: 'lookup-mismatch',
    reason: `${name} of the PostgreSQL table ${target.name} has a value that is no ${typeName(type)}`,
  });
  const answersTo = async (wanted: readonly Row[]): Promise<readonly LookedUp[]> => {
    const values = keyTexts.map((text, i) => wanted.map((key) => (key[i] === null ? null : text(key[i]!))));
    const text = await query();
    const found = await target.pool
      .query<[number, ...PostgresAnswer[]]>({ text, values, rowMode: 'array' })
      .catch((error: unknown) => {
        if (DATA_EXCEPTION.test(codeOf(error))) return undefined;
        throw error;
      });
    if (found === undefined) return byHalves(wanted);
    const answers: (Row[] | LookedUp)[] = wanted.map(() => []);
    for (const [n, ...answer] of found.rows) {
      const row = rowOf(answer);
      const before = answers[n - 1]!;
      if ('name' in row) answers[n - 1] = mismatch(row);
      else if (Array.isArray(before)) before.push(row);
    }
    return answers;
  };
  /** One of the keys is none of the column's own type (a text that is no number): the others have their answers all the same. */
  const byHalves = async (wanted: readonly Row[]): Promise<readonly LookedUp[]> => {
    const [only] = wanted;
    if (wanted.length > 1) {
      const half = Math.ceil(wanted.length / 2);
      return [...(await answersTo(wanted.slice(0, half))), ...(await answersTo(wanted.slice(half)))];
    }
    const key = only?.map((value, i) => (value === null ? 'NULL' : keyTexts[i]!(value).slice(0, 100))).join(', ');
    return [{ code: 'lookup-mismatch', reason: `the key ${key} is none that ${target.name} in PostgreSQL can have` }];
  };
  return {
    lookUp: (wanted) => answersTo(wanted),
    isPassing(error) {
      const code = codeOf(error);
      return code === QUERY_CANCELED || SERIALIZATION.test(code) || isPostgresAway(error);
    },
    close: () => target.pool.end(),
  };
}
