import { openPostgres } from '@hermes/connectors/postgres/pool';
import { serverUrl } from './service-process.ts';
import { uniqueName } from './test-project.ts';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** An empty database of its own. */
export async function makeTestDatabase(): Promise<TestDatabase> {
  const server = openPostgres(serverUrl('DATABASE_URL'), { maxConnections: 1 });
  const name = uniqueName().replace('-', '_');
  await server.query(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl('DATABASE_URL'));
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async drop() {
      await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await server.end();
    },
  };
}
