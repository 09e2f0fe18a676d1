import { shownType } from '../shown-type.ts';
import type { ConnectorDescription, DeclaredTable, TableProblem } from './description.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,126}$/;
const PARTITION = /^(to(YYYYMM|YYYYMMDD|Monday|StartOfMonth|StartOfDay|Date)\()?[A-Za-z_]\w*\)?$/;

/** Tables of the project's ClickHouse database, written. There is none in Flink itself; the options are our own. */
export const clickhouse: ConnectorDescription = {
  name: 'clickhouse',
  about: 'Rows appended to a ClickHouse table.',
  options: [
    {
      key: 'table-name',
      value: { kind: 'text', pattern: NAME, example: 'deals_by_minute' },
      about: 'The table; by default it has the name that CREATE TABLE gives.',
    },
    { key: 'table.create', value: { kind: 'boolean' }, default: 'false', about: 'Make the table when it is missing.' },
    {
      key: 'table.order-by',
      value: { kind: 'text', example: 'city, window_start' },
      about: 'ORDER BY of a table that the job makes: columns with commas between them.',
    },
    {
      key: 'table.partition-by',
      value: { kind: 'text', pattern: PARTITION, example: 'toYYYYMM(signed_at)' },
      about: 'PARTITION BY of a table that the job makes.',
    },
  ],
  formats: [],
  metadata: [],
  sink: { accepts: 'append', primaryKey: 'refused' },
  refused: [
    ['url', "leave it out: the ClickHouse connection and database are the platform's"],
    ['username', 'leave it out'],
    ['password', 'leave it out'],
    ['sink.', 'leave it out'],
  ],
  check,
};

function check(table: DeclaredTable): TableProblem | undefined {
  const { options, columns } = table;
  const name = options['table-name'] ?? table.name;
  if (!NAME.test(name))
    return {
      at: 'table',
      message: `${name} is not a table name of ClickHouse`,
      hint: "letters, digits and _; write 'table-name' = '...'; the database is the project's own",
    };
  if (table.hasWatermark)
    return {
      at: 'watermark',
      message: 'WATERMARK on a clickhouse table is not supported',
      hint: 'it belongs to the table that is read',
    };
  const odd = columns.find(({ kind }) => kind !== 'physical');
  if (odd !== undefined)
    return {
      at: { column: odd.name },
      message: `a ${odd.kind} column in a clickhouse table is not supported`,
      hint: 'write the expression into the SELECT list',
    };
  const row = columns.find(({ type }) => type.kind === 'ROW' || type.kind === 'MULTISET');
  if (row !== undefined)
    return {
      at: { column: row.name },
      message: `${row.type.kind} in a clickhouse table is not supported`,
      hint: 'write its fields into columns of their own',
    };
  return orderProblem(table);
}

function orderProblem({ options, columns, isGiven }: DeclaredTable): TableProblem | undefined {
  const makes = options['table.create'] === 'true';
  const keys = (options['table.order-by'] ?? '')
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  if (makes && keys.length === 0)
    return {
      at: { option: 'table.create' },
      message: "'table.create' needs 'table.order-by'",
      hint: `for example 'table.order-by' = '${columns[0]?.name ?? 'id'}'`,
    };
  for (const key of keys) {
    const column = columns.find((candidate) => candidate.name === key);
    if (column === undefined)
      return {
        at: { option: 'table.order-by' },
        message: `there is no column ${key} to order by`,
        hint: `there is: ${columns.map(({ name }) => name).join(', ')}`,
      };
    if (column.type.nullable)
      return {
        at: { option: 'table.order-by' },
        message: `the column ${key} may be NULL, so ClickHouse cannot order by it`,
        hint: `declare it ${shownType(column.type)} NOT NULL`,
      };
  }
  const given = (['table.order-by', 'table.partition-by'] as const).find((key) => isGiven(key));
  if (!makes && given !== undefined)
    return {
      at: { option: given },
      message: `'${given}' is for a table that the job makes`,
      hint: "add 'table.create' = 'true'",
    };
  return undefined;
}
