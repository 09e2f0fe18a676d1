import type { TablePlan } from '@hermes/stream-sql/planner/plan';
import type { RunOrder } from '../runs/messages.ts';
import { FinalFailure } from '../worker/final-failure.ts';

const PROTOCOLS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  redis: { 'redis:': '6379', 'rediss:': '6379' },
  jdbc: { 'postgresql:': '5432' },
};

/**
 * The URL of the server that a table names (`jdbc:` taken off), when this installation lets jobs talk to it: a connection of the operator, with its
 * user and password, or an address that is allowed.
 */
export function outsideUrl({ outside }: Pick<RunOrder, 'outside'>, { name, options, connector }: TablePlan): URL {
  const { connection } = options;
  const url =
    connection === undefined
      ? urlOf(options['url'], name)
      : connectionUrl(connection, outside.connections[connection], name);
  const port = PROTOCOLS[connector]?.[url.protocol];
  // Only a connection can be of another kind: its text names no protocol.
  if (port === undefined)
    throw new FinalFailure(
      'bad-connection',
      `the connection '${connection ?? ''}' of the table ${name} is to no ${connector} server`,
    );
  const server = `${url.hostname}:${url.port === '' ? port : url.port}`;
  if (connection === undefined && !outside.servers.includes(server))
    throw new FinalFailure(
      'server-not-allowed',
      `jobs may not talk to ${server}, which the table ${name} names: the operator of this installation adds it to SQL_OUTSIDE_SERVERS`,
    );
  return url;
}

function urlOf(text = '', name: string): URL {
  const plain = text.replace(/^jdbc:/, '');
  if (!URL.canParse(plain)) throw new FinalFailure('bad-url', `the 'url' of the table ${name} is no URL`);
  return new URL(plain);
}

function connectionUrl(connection: string, found: string | undefined, name: string): URL {
  if (found === undefined)
    throw new FinalFailure(
      'no-connection',
      `the table ${name} names the connection '${connection}', which this project does not have: the operator of this installation adds it to SQL_CONNECTIONS_FILE`,
    );
  return urlOf(found, name);
}
