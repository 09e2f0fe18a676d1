import { randomBytes } from 'node:crypto';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { migrate } from '@hermes/service-kit/migrate';
import type { Pool } from 'pg';

export function environmentUrl(name: 'DATABASE_URL' | 'REDIS_URL' | 'KAFKA_BROKERS'): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`Server tests need ${name}: run them through 'npm test'.`);
  return value;
}

export const uniqueName = (prefix = 't'): string => `${prefix}-${randomBytes(5).toString('hex')}`;

export interface TestDatabase {
  readonly url: string;
  readonly db: Pool;
  drop(): Promise<void>;
}

/** A database of its own with alerting's schema, so that tests neither see nor disturb each other. */
export async function makeDatabase(): Promise<TestDatabase> {
  const serverUrl = environmentUrl('DATABASE_URL');
  const name = uniqueName().replace('-', '_');
  const server = openPostgres(serverUrl, { maxConnections: 1 });
  await server.query(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate(url.href, 'alerting', new URL('../../migrations', import.meta.url));
  const db = openPostgres(url.href, { maxConnections: 8 });
  return {
    url: url.href,
    db,
    async drop() {
      await db.end();
      await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await server.end();
    },
  };
}
