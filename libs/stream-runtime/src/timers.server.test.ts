import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { partitionOf } from '@hermes/contracts/partitioning';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually, openTestKafka } from './testing/servers.ts';
import { TallyRoom } from './testing/tally-room.ts';

let room: TallyRoom | undefined;
afterEach(() => room?.close());

const fired = async (key: string): Promise<string[]> => (await room!.tally(key))?.fired ?? [];

describe('timers', () => {
  test('an idle partition fires within 2 s, once', { retry: 3 }, async () => {
    room = await TallyRoom.open(1);
    await room.start();
    const dueMs = Date.now() + 400;
    await room.send([{ key: 'k:1', command: { do: 'remind', id: 'a', dueMs } }]);
    await eventually('the timer fires', async () => ((await fired('k:1')).length > 0 ? true : undefined));
    expect(Date.now() - dueMs).toBeLessThan(2_000);
    expect(Date.now() - dueMs).toBeGreaterThanOrEqual(1_000);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await fired('k:1')).toEqual(['a']);
  });

  test('after an outage with the cancelling record in the backlog there is no false firing', async () => {
    room = await TallyRoom.open(1);
    const startMs = Date.now() - 3_600_000;
    const first = await room.start({ now: () => startMs });
    await room.send([
      { key: 'k:1', command: { do: 'remind', id: 'alarm', dueMs: startMs + 600_000 }, timestampMs: startMs },
      { key: 'k:1', command: { do: 'remind', id: 'late', dueMs: startMs + 2_400_000 }, timestampMs: startMs },
    ]);
    await room.settled();
    await first.close();
    // An hour's outage: many records of other keys, then, within the due instant, the one that cancels.
    await room.send([
      ...Array.from({ length: 900 }, (_, i) => ({
        key: `other:${i % 300}`,
        command: { do: 'add', amount: 1 } as const,
        timestampMs: startMs + 1_000 + i,
      })),
      { key: 'k:1', command: { do: 'cancel', id: 'alarm' }, timestampMs: startMs + 599_000 },
    ]);
    // And a fetch that takes its time: the partition is idle with the backlog before it, and must not follow wall time.
    const kafka = openTestKafka(`${room.address.name}-slow`);
    const slow: KafkaDriver = {
      name: kafka.name,
      admin: () => kafka.admin(),
      producer: (options) => kafka.producer(options),
      follow: (options) => kafka.follow(options),
      readPartitions: (options) => kafka.readPartitions(options),
      readSpans: (options) => kafka.readSpans(options),
      numberedTransactions: (options) => kafka.numberedTransactions(options),
      close: () => kafka.close(),
      groupConsumer: ({ handlers, ...options }) =>
        kafka.groupConsumer({
          ...options,
          handlers: {
            ...handlers,
            onBatch: async (batch) => {
              await new Promise((resolve) => setTimeout(resolve, 1_000));
              await handlers.onBatch(batch);
            },
          },
        }),
    };
    const second = await room.start({ kafka: slow });
    await room.settled();
    await eventually('the timer that nobody cancelled fires', async () =>
      (await fired('k:1')).includes('late') ? true : undefined,
    );
    expect(await fired('k:1')).toEqual(['late']);
    await second.close();
    await kafka.close();
  });

  test('a record at the due instant still cancels; one after it comes too late; timers fire in the order of their instants', async () => {
    room = await TallyRoom.open(1);
    await room.start();
    const atMs = Date.now() - 60_000;
    await room.send([
      { key: 'k:1', command: { do: 'remind', id: 'cancelled', dueMs: atMs + 100 }, timestampMs: atMs },
      { key: 'k:1', command: { do: 'remind', id: 'third', dueMs: atMs + 300 }, timestampMs: atMs },
      { key: 'k:1', command: { do: 'remind', id: 'second', dueMs: atMs + 200 }, timestampMs: atMs },
      { key: 'k:1', command: { do: 'remind', id: 'first', dueMs: atMs + 150 }, timestampMs: atMs },
      { key: 'k:1', command: { do: 'cancel', id: 'cancelled' }, timestampMs: atMs + 100 },
      { key: 'k:1', command: { do: 'add', amount: 1 }, timestampMs: atMs + 250 },
      { key: 'k:1', command: { do: 'cancel', id: 'first' }, timestampMs: atMs + 251 },
    ]);
    await eventually('all have fired', async () => ((await fired('k:1')).length === 3 ? true : undefined));
    expect(await fired('k:1')).toEqual(['first', 'second', 'third']);
    const outputs = (await room.outputs()).map((record) => record.value!.toString());
    expect(outputs).toEqual(['k:1 fired first', 'k:1 fired second', 'k:1 1 1', 'k:1 fired third']);
  });

  test('more timers than fit into memory all fire, once each, in order', async () => {
    room = await TallyRoom.open(1);
    const atMs = Date.now() - 600_000;
    const count = 5_000;
    const first = await room.start();
    await room.send(
      Array.from({ length: count }, (_, i) => ({
        key: `k:${i % 50}`,
        command: { do: 'remind', id: `t${i}`, dueMs: atMs + 1_000 + ((i * 7_919) % count) } as const,
        timestampMs: atMs,
      })),
    );
    await room.settled();
    await first.close();
    await room.start();
    await room.send([{ key: 'k:0', command: { do: 'add', amount: 1 }, timestampMs: atMs + 60_000 }]);
    await room.settled();
    const order = (await room.outputs())
      .map((record) => record.value!.toString())
      .filter((text) => text.includes('fired'));
    const expected = Array.from({ length: count }, (_, i) => i).sort(
      (a, b) => ((a * 7_919) % count) - ((b * 7_919) % count),
    );
    expect(order).toEqual(expected.map((i) => `k:${i % 50} fired t${i}`));
  });

  test('each partition has a clock of its own', async () => {
    room = await TallyRoom.open(2);
    await room.start();
    const keys = ['k:1', 'k:2', 'k:3', 'k:4', 'k:5'];
    const other = keys.find((key) => partitionOf(key, 2) !== partitionOf('k:1', 2))!;
    const futureMs = Date.now() + 30_000;
    await room.send([{ key: 'k:1', command: { do: 'remind', id: 'a', dueMs: futureMs - 10_000 } }]);
    await room.settled();
    await room.send([{ key: other, command: { do: 'add', amount: 1 }, timestampMs: futureMs }]);
    await room.settled();
    expect(await fired('k:1')).toEqual([]);
    await room.send([{ key: 'k:1', command: { do: 'add', amount: 1 }, timestampMs: futureMs }]);
    await room.settled();
    expect(await fired('k:1')).toEqual(['a']);
  });
});
