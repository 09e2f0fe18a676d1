import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { Job, type SqlProblem } from '@hermes/contracts/job';
import {
  buildService,
  eventually,
  type ServiceProcess,
  serverUrl,
  startService,
} from '@hermes/service-kit/testing/service-process';
import { makeTestProject, type TestProject, uniqueName } from '@hermes/service-kit/testing/test-project';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dropTables } from './testing/deals.ts';
import { ScriptedProfileStore } from './testing/profile-store.ts';

const folder = new URL('..', import.meta.url);
let kafka: KafkaDriver;
let project: TestProject;
let service: ServiceProcess;
let store: ScriptedProfileStore;
let dataDir: string;
let token: string;
let dropDatabase: () => Promise<void>;

beforeAll(async () => {
  buildService(folder);
  kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'sql-executor-test' });
  project = await makeTestProject(kafka, 1);
  token = await project.token('editor');
  dataDir = await mkdtemp(join(tmpdir(), 'sql-executor-'));
  const server = openPostgres(serverUrl('DATABASE_URL'), { maxConnections: 1 });
  const name = uniqueName().replace('-', '_');
  await server.query(`CREATE DATABASE ${name}`);
  dropDatabase = async () => {
    await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await server.end();
  };
  const database = new URL(serverUrl('DATABASE_URL'));
  database.pathname = `/${name}`;
  store = new ScriptedProfileStore();
  await store.open();
  store.features = [
    { id: 'tier', status: 'live', published: { compute: { kind: 'set', writable: { type: 'string' } } } },
    { id: 'showings_7d', status: 'live', published: { compute: { kind: 'count' } } },
  ];
  service = await startService(folder, {
    DATABASE_URL: database.href,
    HERMES_DATA_DIR: dataDir,
    PROFILE_STORE_URL: store.access.url,
    HERMES_SERVICE_SECRET: store.access.secret,
  });
});
afterAll(async () => {
  await service?.kill('SIGTERM');
  await store?.close();
  const clickhouse = openClickHouse(serverUrl('CLICKHOUSE_URL'));
  await dropTables(clickhouse, project.id);
  await clickhouse.close();
  await project?.remove();
  await Promise.all([kafka?.close(), dropDatabase?.(), rm(dataDir, { recursive: true, force: true })]);
});

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${service.url}/v1/projects/${project.id}/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}
const problemsOf = async (sql: string): Promise<readonly SqlProblem[]> =>
  ((await call('POST', 'validate', { sql })).body as { problems: SqlProblem[] }).problems;
const writing = (column: string): string => `
CREATE TABLE events (subject STRING, v STRING) WITH ('connector' = 'kafka', 'topic' = '\${project}.events', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
CREATE TABLE attributes (subject STRING NOT NULL, ${column} STRING, PRIMARY KEY (subject) NOT ENFORCED) WITH ('connector' = 'hermes-profile');
INSERT INTO attributes SELECT subject, v FROM events`;
const reading = (column: string): string => `
CREATE TABLE events (subject STRING, proctime AS PROCTIME()) WITH ('connector' = 'kafka', 'topic' = '\${project}.events', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
CREATE TABLE profiles (subject STRING NOT NULL, ${column} BIGINT, PRIMARY KEY (subject) NOT ENFORCED) WITH ('connector' = 'hermes-profile');
CREATE TABLE joined (n BIGINT NOT NULL) WITH ('connector' = 'clickhouse', 'table.create' = 'true', 'table.order-by' = 'n');
INSERT INTO joined SELECT ${column} FROM events AS e LEFT JOIN profiles FOR SYSTEM_TIME AS OF e.proctime AS p ON e.subject = p.subject`;

test('a text that names no live feature, or none that can be written, is refused with its place and a hint', async () => {
  expect(await problemsOf(writing('tier'))).toEqual([]);
  expect(await problemsOf(reading('showings_7d'))).toEqual([]);
  expect(await problemsOf(writing('teir'))).toEqual([
    { line: 3, column: 14, message: 'there is no attribute teir', hint: 'did you mean "tier"?' },
  ]);
  expect(await problemsOf(writing('showings_7d'))).toMatchObject([{ line: 3, column: 14 }]);
  expect(await problemsOf(reading('showings'))).toEqual([
    { line: 3, column: 14, message: 'there is no feature showings', hint: 'known: tier, showings_7d' },
  ]);
  expect(await call('POST', 'jobs', { name: 'bad', sql: writing('teir') })).toMatchObject({ status: 422 });
});

test('a profile-store that is away says nothing against a text', async () => {
  await store.close();
  expect(await problemsOf(writing('teir'))).toEqual([]);
  expect(await problemsOf(reading('showings'))).toEqual([]);
  await store.open();
});

test('a feature that is not there when a run starts fails it for a person; an attribute that is not is waited for', async () => {
  const begin = async (name: string, sql: string): Promise<string> => {
    await store.close();
    const { id } = Job.parse((await call('POST', 'jobs', { name, sql })).body);
    await store.open();
    await call('POST', `jobs/${id}/start`);
    return id;
  };
  const run = (id: string, state: string): Promise<string> =>
    eventually(`the run is ${state}`, async () => {
      const { run: found } = Job.parse((await call('GET', `jobs/${id}`)).body);
      return found?.state === state ? (found.reason ?? '') : undefined;
    });
  const reads = await begin('reads', reading('showings'));
  expect(await run(reads, 'failed')).toContain("No live feature is called 'showings'");
  const writes = await begin('writes', writing('grade'));
  expect(await run(writes, 'restarting')).toContain('there is no attribute grade (known: tier)');
  store.features = [
    ...store.features,
    { id: 'grade', status: 'live', published: { compute: { kind: 'set', writable: { type: 'string' } } } },
  ];
  await run(writes, 'running');
  for (const id of [reads, writes]) await call('POST', `jobs/${id}/stop`);
});
