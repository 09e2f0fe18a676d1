import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { expect, test, vi } from 'vitest';
import { openRunRoom } from './testing/run-room.ts';
import { RunHarness } from './testing/run-harness.ts';

vi.setConfig({ testTimeout: 120_000 });

const PARTITIONS = 3;
/** Retention goes by the records' own timestamps. */
const BEGAN_MS = Date.now();
const room = openRunRoom(PARTITIONS, ['copy']);

const job = (guarantee: string): string => `
  CREATE TABLE numbers (k STRING, n INT) WITH (
    'connector' = 'kafka', 'topic' = '\${project}.events', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');
  CREATE TABLE \`copy\` (k STRING, n INT, doubled BIGINT, at_ms TIMESTAMP_LTZ(3) METADATA FROM 'timestamp',
                     headers MAP<STRING, BYTES> METADATA) WITH (
    'connector' = 'kafka', 'topic' = '\${project}.copy', 'format' = 'json', 'key.fields' = 'k', 'key.format' = 'raw',
    'value.fields-include' = 'EXCEPT_KEY', 'sink.delivery-guarantee' = '${guarantee}');
  INSERT INTO \`copy\` SELECT k, n, CAST(n AS BIGINT) * 2, TO_TIMESTAMP_LTZ(${BEGAN_MS} + n, 3), MAP['of', ENCODE(k, 'UTF-8')] FROM numbers;`;

const send = (from: number, to: number) =>
  room.producer.send(
    Array.from({ length: to - from }, (_, i) => {
      const n = from + i;
      return { topic: `${room.project.id}.events`, key: `k${n % 7}`, value: JSON.stringify({ k: `k${n % 7}`, n }) };
    }),
  );

async function copies(): Promise<readonly KafkaRecord[]> {
  const records: KafkaRecord[] = [];
  const admin = await room.kafka.admin();
  if ((await admin.describeTopic(`${room.project.id}.copy`)) === undefined) return [];
  const onRecord = (record: KafkaRecord): void => void records.push(record);
  const follower = await room.kafka.follow({ topic: `${room.project.id}.copy`, onRecord, maxWaitMs: 100 });
  await follower.caughtUp;
  await follower.close();
  return records;
}

const numbersOf = (records: readonly KafkaRecord[]): number[] =>
  records.map(({ value }) => (JSON.parse(String(value)) as { n: number }).n);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

test.each([
  'before-checkpoint:2',
  'checkpoint-durable:2',
  'records-committed',
  'delivered:2',
  'restored',
  'redelivered',
])(
  'exactly once: killed at %s, and again at random, a reader of committed records sees each row once, in order by key',
  async (point) => {
    const count = 2_000;
    const harness = await RunHarness.open(room.clickhouse, room.project.id, job('exactly-once'));
    const sending = (async () => {
      for (let n = 0; n < count; n += 100) {
        await send(n, n + 100);
        await sleep(20);
      }
    })();
    // What is committed at once by a first process leaves nothing to commit to the next.
    if (point === 'restored' || point === 'redelivered') {
      const first = harness.start();
      await eventually('a checkpoint', () => harness.figures?.lastCheckpoint ?? undefined);
      await harness.kill(first);
    }
    expect(await harness.start(point).ended).toMatchObject({ kind: 'died' });
    const second = harness.start();
    await sleep(200 + Math.random() * 1_000);
    await harness.kill(second);
    await sending;
    const last = harness.start();
    await eventually('all rows', async () => ((await copies()).length >= count ? true : undefined), 60_000);
    await last.stop();
    const records = await copies();
    expect(numbersOf(records).sort((a, b) => a - b)).toEqual(upTo(count));
    for (const ofKey of Map.groupBy(records, ({ key }) => String(key)).values()) {
      expect(new Set(ofKey.map(({ partition }) => partition)).size).toBe(1);
      expect(numbersOf(ofKey)).toEqual(numbersOf(ofKey).toSorted((a, b) => a - b));
    }
    await harness.close();
  },
);

test('a record has its key, its value without the key, its timestamp and headers; the topic is made like the events', async () => {
  const harness = await RunHarness.open(room.clickhouse, room.project.id, job('at-least-once'));
  await send(5, 6);
  const running = harness.start();
  const [record] = await eventually('the row', async () => {
    const found = await copies();
    return found.length > 0 ? found : undefined;
  });
  expect([String(record?.key), String(record?.value), record?.timestampMs, String(record?.headers['of'])]).toEqual([
    'k5',
    '{"n":5,"doubled":10}',
    BEGAN_MS + 5,
    'k5',
  ]);
  const admin = await room.kafka.admin();
  expect(await admin.describeTopic(`${room.project.id}.copy`)).toMatchObject({ partitions: PARTITIONS });
  await running.stop();
  await harness.close();
});

test('at least once: rows leave without a checkpoint, and none is lost over a kill', async () => {
  const harness = await RunHarness.open(room.clickhouse, room.project.id, job('at-least-once'));
  const running = harness.start();
  await eventually('a checkpoint', () => harness.figures?.lastCheckpoint ?? undefined);
  for (let n = 0; n < 1_000; n += 50) await send(n, n + 50);
  await harness.kill(running);
  await send(1_000, 1_500);
  const last = harness.start();
  await eventually(
    'all rows',
    async () => (new Set(numbersOf(await copies())).size === 1_500 ? true : undefined),
    60_000,
  );
  await last.stop();
  await harness.close();
});
