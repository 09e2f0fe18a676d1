import type { ConnectorDescription, DeclaredTable, TableProblem } from './description.ts';
import { lookupOptions, refusedLookupOptions } from './lookup-options.ts';
import { outsideServerOptions, outsideServerProblem } from './outside-server.ts';

/**
 * Keys of a Redis server: written by key, and looked up. Flink has none of its own; the names follow its JDBC connector. The key of a row is `key-prefix` and
 * the columns of the primary key with `key-delimiter` between them.
 */
export const redis: ConnectorDescription = {
  name: 'redis',
  about: 'Rows as keys of a Redis server.',
  options: [
    ...outsideServerOptions({
      value: { kind: 'text', pattern: /^rediss?:\/\/\S+$/, example: 'redis://localhost:6379' },
      about: 'The server, or one of its cluster.',
    }),
    { key: 'key-prefix', value: { kind: 'text' }, default: '', about: 'Stands before each key.' },
    { key: 'key-delimiter', value: { kind: 'text' }, default: ':', about: 'Between the columns of the key.' },
    {
      key: 'data-structure',
      value: { kind: 'one-of', values: ['hash', 'string'] },
      default: 'hash',
      about: 'hash: each column is a field. string: the one column beside the key, or all of them as JSON.',
    },
    {
      key: 'ttl',
      value: { kind: 'duration' },
      about: 'How long a written key lives; for ever by default.',
    },
    ...lookupOptions(),
  ],
  formats: [],
  metadata: [],
  sink: { accepts: 'upsert', primaryKey: 'needed' },
  lookup: { keys: 'primary-key', nullable: true },
  refused: [
    ...refusedLookupOptions,
    ['host', "write 'url' = 'redis://host:port'"],
    ['port', "write 'url' = 'redis://host:port'"],
    ['sink.', 'leave it out'],
  ],
  check,
};

function check(table: DeclaredTable): TableProblem | undefined {
  if (table.hasWatermark)
    return {
      at: 'watermark',
      message: 'WATERMARK on a redis table is not supported',
      hint: 'it belongs to the table that is read',
    };
  if (table.primaryKey.length === 0)
    return {
      at: 'table',
      message: `the table ${table.name} has no PRIMARY KEY`,
      hint: 'add PRIMARY KEY (...) NOT ENFORCED: its columns make the key',
    };
  const server = outsideServerProblem(table);
  if (server !== undefined) return server;
  const odd = table.columns.find(({ kind }) => kind !== 'physical');
  if (odd !== undefined)
    return {
      at: { column: odd.name },
      message: `a ${odd.kind} column in a redis table is not supported`,
      hint: 'write the expression into the SELECT list',
    };
  if (table.columns.length === table.primaryKey.length)
    return {
      at: 'table',
      message: `the table ${table.name} has no column beside its key`,
      hint: 'add a column for the value',
    };
  return undefined;
}
