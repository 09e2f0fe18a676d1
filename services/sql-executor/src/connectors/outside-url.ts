import type { TablePlan } from '@hermes/stream-sql/planner/plan';
import type { RunOrder } from '../runs/messages.ts';
import { FinalFailure } from '../worker/final-failure.ts';

const PORTS: Readonly<Record<string, string>> = { 'redis:': '6379', 'rediss:': '6379', 'postgresql:': '5432' };

/** The URL of the server that a table names (`jdbc:` taken off), when this installation lets jobs talk to it. */
export function outsideUrl({ outside }: Pick<RunOrder, 'outside'>, { name, options }: TablePlan): URL {
  const text = (options['url'] ?? '').replace(/^jdbc:/, '');
  if (!URL.canParse(text)) throw new FinalFailure('bad-url', `the 'url' of the table ${name} is no URL`);
  const url = new URL(text);
  const server = `${url.hostname}:${url.port === '' ? (PORTS[url.protocol] ?? '') : url.port}`;
  if (!outside.servers.includes(server))
    throw new FinalFailure(
      'server-not-allowed',
      `jobs may not talk to ${server}, which the table ${name} names: the operator of this installation adds it to SQL_OUTSIDE_SERVERS`,
    );
  return url;
}
