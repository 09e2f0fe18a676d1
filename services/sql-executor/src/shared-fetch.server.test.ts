import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { buildService, eventually, serverUrl } from '@hermes/service-kit/testing/service-process';
import { makeTestProject, type TestProject } from '@hermes/service-kit/testing/test-project';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { projectDatabase } from './targets/target-table.ts';
import { dropTables } from './testing/deals.ts';
import { RunHarness } from './testing/run-harness.ts';

vi.setConfig({ testTimeout: 180_000 });

const PARTITIONS = 2;
const BEGAN_MS = Date.now();
const OLD = 300;
const NEW = 6_000;
const MORE = 400;
/** What no table declares is fetched with the rest. */
const PADDING = 'x'.repeat(2_000);

let kafka: KafkaDriver;
let producer: KafkaProducer;
let clickhouse: ClickHouseClient;
let project: TestProject;

beforeAll(async () => {
  buildService(new URL('..', import.meta.url));
  kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'shared-fetch-test' });
  producer = await kafka.producer();
  clickhouse = openClickHouse(serverUrl('CLICKHOUSE_URL'));
  project = await makeTestProject(kafka, PARTITIONS);
});
afterAll(async () => {
  await dropTables(clickhouse, project.id);
  await project.remove();
  await kafka.close();
  await clickhouse.close();
});

const source = (name: string, columns: string, startup: string): string =>
  `CREATE TABLE ${name} (${columns}) WITH ('connector' = 'kafka', 'topic' = '\${project}.events', 'format' = 'json', ${startup});\n`;
const target = (name: string): string =>
  `CREATE TABLE ${name} (n INT NOT NULL, k STRING) WITH ('connector' = 'clickhouse', 'table.create' = 'true', 'table.order-by' = 'n');\n`;
const EARLIEST = "'scan.startup.mode' = 'earliest-offset'";
const JOB = `${source('numbers', 'n INT', EARLIEST)}${source('named', 'n INT, k STRING', EARLIEST)}
${source('since', 'k STRING, n INT', `'scan.startup.mode' = 'timestamp', 'scan.startup.timestamp-millis' = '${BEGAN_MS}'`)}
${target('a')}${target('b')}${target('c')}
EXECUTE STATEMENT SET BEGIN
INSERT INTO a SELECT n, CAST(NULL AS STRING) FROM numbers;
INSERT INTO b SELECT n, k FROM named;
INSERT INTO c SELECT n, k FROM since;
END;`;

/** Answers how many bytes the records have. */
async function send(from: number, to: number, timestampMs: number): Promise<number> {
  let bytes = 0;
  for (let n = from; n < to; n += 500) {
    const messages = Array.from({ length: Math.min(500, to - n) }, (_, i) => {
      const value = JSON.stringify({ n: n + i, padding: PADDING, k: `k${n + i}` });
      bytes += value.length;
      return { topic: `${project.id}.events`, partition: (n + i) % PARTITIONS, key: null, value, timestampMs };
    });
    await producer.send(messages);
  }
  return bytes;
}

async function rowsOf(table: string): Promise<(readonly [number, string | null])[]> {
  const answer = await clickhouse.query({
    query: `SELECT n, k FROM ${projectDatabase(project.id)}.${table} ORDER BY n`,
    format: 'JSONEachRow',
  });
  return (await answer.json<{ n: number; k: string | null }>()).map(({ n, k }) => [n, k]);
}

const bytesReadBy = (pid: number | undefined): number =>
  Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);

const numbered = (from: number, to: number): (readonly [number, string])[] =>
  Array.from({ length: to - from }, (_, i) => [from + i, `k${from + i}`]);

test('tables over one topic fetch its bytes once, each from its own place, and over a kill each has every row once', async () => {
  const harness = await RunHarness.open(clickhouse, project.id, JOB);
  await send(0, OLD, BEGAN_MS - 60_000);
  const first = harness.start();
  const allAre = (count: number): Promise<unknown> =>
    eventually(
      `${count} rows of the last table`,
      async () => ((await rowsOf('c')).length >= count && (await rowsOf('a')).length >= OLD + count) || undefined,
      60_000,
    );
  await allAre(0);
  await eventually('the run tells of itself', () => harness.figures);
  const before = bytesReadBy(first.pid);
  const bytes = await send(OLD, OLD + NEW, BEGAN_MS);
  await allAre(NEW);
  const fetched = bytesReadBy(first.pid) - before;
  expect(fetched).toBeGreaterThan(bytes);
  expect(fetched).toBeLessThan(1.6 * bytes);
  const sending = send(OLD + NEW, OLD + NEW + MORE, BEGAN_MS);
  await sleep(Math.random() * 200);
  await harness.kill(first);
  await sending;
  const last = harness.start();
  await allAre(NEW + MORE);
  await last.stop();
  const all = numbered(0, OLD + NEW + MORE);
  expect(await rowsOf('a')).toEqual(all.map(([n]) => [n, null]));
  expect(await rowsOf('b')).toEqual(all);
  expect(await rowsOf('c')).toEqual(all.slice(OLD));
  await harness.close();
});
