import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { eventually, serverUrl, type ServiceProcess, startService } from '@hermes/service-kit/testing/service-process';
import { makeTestProject, type TestProject, uniqueName } from '@hermes/service-kit/testing/test-project';
import { type RunningPart, startPart } from '@hermes/stack/parts/instance';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';

const workspace = new URL('../../', import.meta.url);
let dataDir: string;
let clickhousePart: RunningPart;
let kafka: KafkaDriver;
let producer: KafkaProducer;
let project: TestProject;
let service: ServiceProcess;
let dropDatabase: () => Promise<void>;

beforeAll(async () => {
  execFileSync(process.execPath, ['tools/build-service.ts', 'services/sql-executor'], { cwd: workspace });
  dataDir = await mkdtemp(join(tmpdir(), 'sql-outage-'));
  clickhousePart = await startPart('clickhouse', { dataDir: join(dataDir, 'clickhouse') });
  kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'sql-outage-test' });
  producer = await kafka.producer();
  project = await makeTestProject(kafka, 2);
  const server = openPostgres(serverUrl('DATABASE_URL'), { maxConnections: 1 });
  const name = uniqueName().replace('-', '_');
  await server.query(`CREATE DATABASE ${name}`);
  dropDatabase = async () => {
    await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await server.end();
  };
  const database = new URL(serverUrl('DATABASE_URL'));
  database.pathname = `/${name}`;
  service = await startService(new URL('services/sql-executor/', workspace), {
    DATABASE_URL: database.href,
    CLICKHOUSE_URL: clickhousePart.url,
    HERMES_DATA_DIR: dataDir,
  });
}, 180_000);
afterAll(async () => {
  await service?.kill('SIGTERM');
  await project?.remove();
  await clickhousePart?.kill9();
  await kafka?.close();
  await dropDatabase?.();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

test('ClickHouse killed and started again in the midst of a stream: every deal is there once, and the run says why it waits', async () => {
  const token = await project.token('editor');
  const call = async (
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ id: string; run: { state: string; reason: string | null } | null }> => {
    const answer = await fetch(`${service.url}/v1/projects/${project.id}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as never;
  };
  const sql = await readFile(new URL('stack/src/demo/jobs/deals.sql', workspace), 'utf8');
  const { id } = await call('POST', 'jobs', { name: 'deals', sql, checkpointIntervalMs: 100 });
  await call('POST', `jobs/${id}/start`);
  await eventually(
    'the job runs',
    async () => ((await call('GET', `jobs/${id}`)).run?.state === 'running' ? true : undefined),
    60_000,
  );

  let sent = 0;
  const send = async (rounds: number): Promise<void> => {
    for (let round = 0; round < rounds; round++) {
      const from = sent;
      sent += 100;
      await producer.send(
        Array.from({ length: 100 }, (_, i) =>
          eventRecord(
            sampleEvent(project.id, {
              id: `e-${from + i}`,
              subject: `broker:b-${i}`,
              data: { line: 'rental', district: `d-${i % 5}`, totalPriceCny: `${from + i}.25`, areaM2: 50 },
            }),
          ),
        ),
      );
      await sleep(30);
    }
  };
  for (let outage = 0; outage < 3; outage++) {
    const sending = send(20);
    await sleep(Math.random() * 600);
    await clickhousePart.kill9();
    if (outage === 0)
      await eventually('the reason', async () =>
        (await call('GET', `jobs/${id}`)).run?.reason?.includes('the clickhouse table deals has not taken')
          ? true
          : undefined,
      );
    await clickhousePart.restart();
    await sending;
  }
  const client = openClickHouse(clickhousePart.url);
  const found = async (): Promise<{ n: string; ids: string; total: string }> => {
    const answer = await client.query({
      query: `SELECT count() AS n, uniqExact(event_id) AS ids, toString(sum(price_cny)) AS total FROM project_${project.id.replaceAll('-', '_')}.deals`,
      format: 'JSONEachRow',
    });
    return (await answer.json<{ n: string; ids: string; total: string }>())[0]!;
  };
  await eventually(`${sent} rows`, async () => (Number((await found()).n) >= sent ? true : undefined), 60_000);
  const cents = Array.from({ length: sent }, (_, n) => BigInt(n) * 100n + 25n).reduce((sum, each) => sum + each, 0n);
  expect(await found()).toEqual({
    n: String(sent),
    ids: String(sent),
    total: `${cents / 100n}${
      cents % 100n === 0n
        ? ''
        : `.${String(cents % 100n)
            .padStart(2, '0')
            .replace(/0$/, '')}`
    }`,
  });
  await client.close();
}, 180_000);
