import { expect, test } from 'vitest';
import { BatchingProducer } from './batching-producer.ts';
import type { ProduceBatch, Wire } from './wire.ts';

/** A Kafka of one topic with two partitions, whose answers the test gives. */
function setUp(answer: (batch: ProduceBatch) => string | undefined) {
  const written: string[] = [];
  const layout = {
    topic: 't',
    topicId: 'id',
    leaders: new Map([
      [0, 1],
      [1, 1],
    ]),
  };
  const wire: Pick<Wire, 'layout' | 'openProducer'> = {
    layout: async () => new Map([['t', layout]]),
    openProducer: () => ({
      identity: async () => ({ id: 1n, epoch: 0 }),
      produce: async (_node, _identity, batches) =>
        batches.map((batch) => {
          const error = answer(batch);
          if (error === undefined)
            written.push(...batch.messages.map(({ value }) => `${batch.partition}:${value?.toString()}`));
          return { topic: batch.topic, partition: batch.partition, error, errorDetail: undefined, baseOffset: 0 };
        }),
      close: async () => undefined,
    }),
  };
  const producer = new BatchingProducer(wire as Wire, false, { maxBatchBytes: 100, deliveryTimeoutMs: 1_000 });
  return { producer, written };
}

test('when a batch of a call fails, nothing later of that call is written to the partition; other calls and partitions go on', async () => {
  let refusals = 1;
  const { producer, written } = setUp((batch) =>
    batch.partition === 0 && refusals-- > 0 ? 'INVALID_RECORD' : undefined,
  );
  const message = (partition: number, value: string) => ({
    topic: 't',
    partition,
    key: null,
    value: value.padEnd(80, '.'),
  });
  const [failed, other] = await Promise.allSettled([
    producer.send([message(0, 'first'), message(0, 'second'), message(1, 'third')]),
    producer.send([message(0, 'of another call')]),
  ]);
  expect(failed.status).toBe('rejected');
  expect(other.status).toBe('fulfilled');
  expect(written.map((text) => text.replace(/\.+$/, '')).sort()).toEqual(['0:of another call', '1:third']);
  await producer.close();
});
