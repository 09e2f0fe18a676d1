import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { describe, expect, test, vi } from 'vitest';
import {
  expectedDeals,
  expectedMinutes,
  foundDeals,
  foundMinutes,
  outboxDeals,
  sendDeals,
  sendEnd,
} from './testing/deals.ts';
import { openRunRoom } from './testing/run-room.ts';
import { demoJob, RunHarness } from './testing/run-harness.ts';

// Several processes are started in a row; on a busy machine each may take seconds.
vi.setConfig({ testTimeout: 180_000 });

const PARTITIONS = 4;
const room = openRunRoom(PARTITIONS);

const jobs = [
  ['deals', expectedDeals, foundDeals],
  ['deal-minutes', expectedMinutes, foundMinutes],
] as const;
/** The first checkpoint holds only where reading begins; the second is the first with rows or state. */
const points = [
  'batch-processed:2',
  'before-checkpoint:2',
  'checkpoint-durable:2',
  'block-inserted',
  'delivered:2',
  'restored',
  'redelivered',
] as const;

describe.each(jobs)('the job %s', (name, expected, found) => {
  test.each(points)('killed at %s, and again at random, gives each row once and no other', async (point) => {
    const count = 3_000;
    const harness = await RunHarness.open(room.clickhouse, room.project.id, await demoJob(name));
    const sending = sendDeals(room.producer, room.project.id, 0, count).then(() =>
      sendEnd(room.producer, room.project.id, PARTITIONS),
    );
    // The points of a restore are reached by the second process.
    if (point.startsWith('re')) {
      const first = harness.start();
      await eventually('a checkpoint', () => harness.figures?.lastCheckpoint ?? undefined);
      await harness.kill(first);
    }
    expect(await harness.start(point).ended).toEqual({ kind: 'died', reason: "the run's process ended with SIGKILL" });
    const second = harness.start();
    await sleep(300 + Math.random() * 2_500);
    await harness.kill(second);
    await sending;
    const last = harness.start();
    const wanted = expected(room.project.id, count);
    await eventually(
      `${wanted.length} rows`,
      async () => ((await found(room.clickhouse, room.project.id)).length >= wanted.length ? true : undefined),
      60_000,
    ).catch(() => undefined);
    await last.stop();
    expect(await found(room.clickhouse, room.project.id)).toEqual(wanted);
    expect(await last.ended).toEqual({ kind: 'stopped' });
    expect(harness.figures).toMatchObject({ lateRows: 0, badRows: 0, rowsWritten: wanted.length });
    await harness.close();
  });

  test('what the outbox sends again, within a process and over kills and checkpoints, counts once', async () => {
    const count = 1_200;
    const outbox = outboxDeals(room.project.id, count, PARTITIONS);
    const send = (from: number, to: number) => room.producer.send(outbox.slice(from, to));
    const harness = await RunHarness.open(room.clickhouse, room.project.id, await demoJob(name));
    const killed = { kind: 'died', reason: "the run's process ended with SIGKILL" };
    // Repeats that the same process sees; it dies when the checkpoint that passes them is on disk.
    await send(0, 300);
    await send(200, 300);
    expect(await harness.start('checkpoint-durable:2').ended).toEqual(killed);
    // Repeats of what only the checkpoint knows, by a process that leaves none itself.
    await send(0, 500);
    expect(await harness.start('batch-processed').ended).toEqual(killed);
    await send(400, 800);
    const third = harness.start();
    await eventually('800 records', () => ((harness.figures?.rowsRead ?? 0) >= 800 ? true : undefined));
    await third.stop();
    expect(await third.ended).toEqual({ kind: 'stopped' });
    // All of it again, before what is new.
    await send(0, count);
    await sendEnd(room.producer, room.project.id, PARTITIONS);
    const last = harness.start();
    const wanted = expected(room.project.id, count);
    await eventually(
      `${wanted.length} rows`,
      async () => ((await found(room.clickhouse, room.project.id)).length >= wanted.length ? true : undefined),
      60_000,
    ).catch(() => undefined);
    await last.stop();
    expect(await last.ended).toEqual({ kind: 'stopped' });
    expect(await found(room.clickhouse, room.project.id)).toEqual(wanted);
    expect(harness.figures).toMatchObject({
      rowsRead: count + PARTITIONS,
      lateRows: 0,
      badRows: 0,
      rowsWritten: wanted.length,
    });
    await harness.close();
  });
});

test('two processes of one run: the lower epoch ends by itself, and no row is there twice', async () => {
  const count = 2_000;
  const harness = await RunHarness.open(room.clickhouse, room.project.id, await demoJob('deals'));
  const old = harness.start();
  const sending = sendDeals(room.producer, room.project.id, 0, count);
  await sleep(400);
  const young = harness.start();
  expect(await old.ended).toEqual({ kind: 'fenced' });
  await sending;
  const wanted = expectedDeals(room.project.id, count);
  await eventually(
    'all rows',
    async () => ((await foundDeals(room.clickhouse, room.project.id)).length >= wanted.length ? true : undefined),
    60_000,
  );
  await young.stop();
  expect(await foundDeals(room.clickhouse, room.project.id)).toEqual(wanted);
  await harness.close();
});

test('a record that is no event, and a row without its price, become dead letters with a reason; the rest goes on', async () => {
  const harness = await RunHarness.open(room.clickhouse, room.project.id, await demoJob('deals'));
  const topic = `${room.project.id}.events`;
  await room.producer.send([
    { topic, partition: 0, key: null, value: 'no json' },
    {
      topic,
      partition: 0,
      key: null,
      value: JSON.stringify({
        id: 'x',
        subject: 'broker:b',
        type: 'deal.signed',
        time: '2026-01-01T00:00:00.000Z',
        data: { line: 'rental', district: 'd' },
      }),
    },
    { topic, partition: 0, key: null, value: JSON.stringify({ id: 'y', type: 'deal.signed', time: 'yesterday' }) },
  ]);
  await sendDeals(room.producer, room.project.id, 0, 5);
  const dead: string[] = [];
  const follower = await room.kafka.follow({
    topic: `${room.project.id}.sql-executor.dlq`,
    onRecord: (record) =>
      void dead.push(`${record.headers['hermes_code']?.toString()} ${record.headers['hermes_from']?.toString()}`),
  });
  const running = harness.start();
  await eventually('three dead letters', () => (dead.length === 3 ? true : undefined));
  await eventually('five rows', async () =>
    (await foundDeals(room.clickhouse, room.project.id)).length === 5 ? true : undefined,
  );
  expect(dead).toEqual([`bad-json ${topic}/0/0`, `not-null ${topic}/0/1`, `bad-json ${topic}/0/2`]);
  await running.stop();
  await follower.close();
  await harness.close();
});

test('a topic that was deleted and made anew stops the run for a person, instead of reading on at offsets that mean nothing', async () => {
  const harness = await RunHarness.open(room.clickhouse, room.project.id, await demoJob('deals'));
  await sendDeals(room.producer, room.project.id, 0, 100);
  const first = harness.start();
  await eventually('rows', async () =>
    (await foundDeals(room.clickhouse, room.project.id)).length > 0 ? true : undefined,
  );
  await first.stop();
  const admin = await room.kafka.admin();
  await admin.deleteTopics([`${room.project.id}.events`]);
  await eventually('the topic is made anew', () =>
    admin
      .ensureTopics([
        {
          name: `${room.project.id}.events`,
          partitions: PARTITIONS,
          cleanupPolicy: 'delete',
          retentionMs: -1,
          retentionBytes: -1,
        },
      ])
      .then(
        () => true,
        () => undefined,
      ),
  );
  await admin.close();
  expect(await harness.start().ended).toMatchObject({ kind: 'failed', code: 'topic-replaced', final: true });
  await harness.close();
});

test('rows are in ClickHouse within about the checkpoint interval', async () => {
  const harness = await RunHarness.open(room.clickhouse, room.project.id, await demoJob('deals'));
  const running = harness.start();
  await eventually('the first report', () => harness.figures);
  await sendDeals(room.producer, room.project.id, 0, 10);
  await eventually('warm', async () =>
    (await foundDeals(room.clickhouse, room.project.id)).length > 0 ? true : undefined,
  );
  const times: number[] = [];
  for (let n = 10; n < 60; n += 10) {
    const sentMs = performance.now();
    await sendDeals(room.producer, room.project.id, n, n + 9);
    await eventually('the rows', async () =>
      (await foundDeals(room.clickhouse, room.project.id)).length >= n - 1 ? true : undefined,
    );
    times.push(performance.now() - sentMs);
  }
  // The interval here is 100 ms; the machine of a test may be busy.
  expect(times.sort((a, b) => a - b)[2]).toBeLessThan(2_000);
  await running.stop();
  await harness.close();
});
