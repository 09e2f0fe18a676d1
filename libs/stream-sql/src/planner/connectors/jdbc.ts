import type { ConnectorDescription, DeclaredTable, TableProblem } from './description.ts';
import { lookupOptions, refusedLookupOptions } from './lookup-options.ts';
import { outsideServerOptions, outsideServerProblem } from './outside-server.ts';

/**
 * Tables of a PostgreSQL server: written by key or appended, and looked up. Source of names and defaults: Flink's documentation, "JDBC SQL Connector"
 * (decision 0218 says why it has that name here).
 */
export const jdbc: ConnectorDescription = {
  name: 'jdbc',
  about: 'Rows of a PostgreSQL table.',
  options: [
    ...outsideServerOptions({
      value: { kind: 'text', pattern: /^jdbc:postgresql:\/\/\S+$/, example: 'jdbc:postgresql://localhost:5432/shop' },
      about: 'The server and the database.',
    }),
    {
      key: 'table-name',
      value: { kind: 'text', pattern: /^\S{1,200}$/, example: 'public.customers' },
      required: ['sink', 'lookup'],
      about: 'The table, with its schema where that is not public.',
    },
    { key: 'username', value: { kind: 'text' }, about: 'The user.' },
    {
      key: 'password',
      value: { kind: 'text' },
      about: "Its password; in a project it is in the operator's connection.",
    },
    ...lookupOptions(),
  ],
  formats: [],
  metadata: [],
  sink: { accepts: 'upsert', primaryKey: 'allowed' },
  lookup: { keys: 'any' },
  refused: [
    ...refusedLookupOptions,
    ['driver', 'leave it out: the server is PostgreSQL'],
    ['scan.', 'leave it out: the table is written or looked up, not read as a whole'],
    ['sink.buffer-flush.', 'leave it out: the rows of a checkpoint are written at once'],
    ['sink.max-retries', 'leave it out: a job waits for the server as long as it takes, and loses no row'],
    ['sink.parallelism', 'leave it out: a run is one process'],
    ['connection.', 'leave it out'],
  ],
  check,
};

function check(table: DeclaredTable): TableProblem | undefined {
  if (table.hasWatermark)
    return {
      at: 'watermark',
      message: 'WATERMARK on a jdbc table is not supported',
      hint: 'it belongs to the table that is read',
    };
  const server = outsideServerProblem(table);
  if (server !== undefined) return server;
  const odd = table.columns.find(({ kind }) => kind !== 'physical');
  if (odd !== undefined)
    return {
      at: { column: odd.name },
      message: `a ${odd.kind} column in a jdbc table is not supported`,
      hint: 'write the expression into the SELECT list',
    };
  const row = table.columns.find(({ type }) => ['ROW', 'MAP', 'MULTISET'].includes(type.kind));
  if (row !== undefined)
    return {
      at: { column: row.name },
      message: `${row.type.kind} in a jdbc table is not supported`,
      hint: 'write its parts into columns of their own, or JSON_OBJECT(...) into a STRING',
    };
  return undefined;
}
