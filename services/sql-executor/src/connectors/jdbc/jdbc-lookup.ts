import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import { durationMs } from '@hermes/stream-sql/planner/duration';
import type { LookupJoinNode } from '@hermes/stream-sql/planner/plan';
import type { Row, Value } from '@hermes/stream-sql/values/data-type';
import { FinalFailure } from '../../worker/final-failure.ts';
import type { LookupTable } from '../connector.ts';
import { postgresTable, quoteName } from './postgres-table.ts';
import { type PostgresAnswer, postgresText, postgresValue } from './postgres-values.ts';

/** `statement_timeout`: it took too long. */
const QUERY_CANCELED = '57014';
const SERIALIZATION = /^40/;

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
  const rowOf = (answer: readonly PostgresAnswer[]): Row => {
    const row: Value[] = table.columns.map(() => null);
    read.forEach(({ at, column, value }, i) => {
      const given = answer[i]!;
      const found = given === null ? null : value(given);
      if (found === undefined)
        throw new FinalFailure(
          'lookup-mismatch',
          `${column.name} of the PostgreSQL table ${target.name} has a value that is no ${column.type.kind}`,
        );
      row[at] = found;
    });
    return row;
  };
  return {
    async lookUp(wanted) {
      const parameters = keyTexts.map((text, i) => wanted.map((key) => (key[i] === null ? null : text(key[i]!))));
      const { rows } = await target.pool.query<[number, ...PostgresAnswer[]]>({
        text: await query(),
        values: parameters,
        rowMode: 'array',
      });
      const answers: Row[][] = wanted.map(() => []);
      for (const [n, ...answer] of rows) answers[n - 1]!.push(rowOf(answer));
      return answers;
    },
    isPassing(error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      return code === QUERY_CANCELED || SERIALIZATION.test(code) || isPostgresAway(error);
    },
    close: () => target.pool.end(),
  };
}
