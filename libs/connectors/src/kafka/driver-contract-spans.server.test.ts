import { CompressionTypes } from 'kafkajs';
import { afterAll, describe, expect, test } from 'vitest';
import { driverNames, openFixture, transaction, until } from './contract-fixture.ts';
import type { KafkaRecord, SpanBatch } from './driver.ts';

const recordsOf = ({ records }: SpanBatch): KafkaRecord[] =>
  records.spans.flatMap((spans, chunk) =>
    Array.from({ length: spans.count }, (_, i) => {
      const record = records.record(chunk, i);
      const value = spans.starts[i]! < 0 ? null : Buffer.from(spans.bytes.subarray(spans.starts[i], spans.ends[i]));
      expect([spans.offsets[i], spans.timestampsMs[i], value]).toEqual([
        record.offset,
        record.timestampMs,
        record.value,
      ]);
      return record;
    }),
  );

describe.concurrent.each(driverNames)('reading records in their bytes through %s', (name) => {
  const fixture = openFixture(name);
  const { kafka, tools } = fixture;
  afterAll(() => fixture.close());

  test('brings what other readers see: keys, headers, nulls, compressed and large batches, of committed transactions only', async () => {
    const topic = await fixture.topic(2);
    const producer = await kafka.producer();
    for (let round = 0; round < 20; round++) {
      await producer.send([
        { topic, partition: round % 2, key: null, value: `plain ${round}` },
        { topic, partition: 0, key: 'k', value: null },
        { topic, partition: 1, key: '键', value: '值'.repeat(20_000), headers: { h: Buffer.from([0, 255]) } },
      ]);
      if (round === 7) {
        const other = tools.producer();
        await other.connect();
        const messages = Array.from({ length: 50 }, (_, i) => ({ key: 'z', value: `zipped ${i}`, partition: 0 }));
        await other.send({ topic, compression: CompressionTypes.GZIP, messages });
        await other.disconnect();
      }
      if (round % 5 === 0) {
        await transaction(tools, [{ topic, value: `in transaction ${round}` }], round % 10 === 0 ? 'abort' : 'commit');
      }
    }
    await fixture.transactionsEnded(topic);
    const expected = await fixture.readAll(topic);
    const seen: KafkaRecord[] = [];
    let running = 0;
    const reader = kafka.readSpans({
      topic,
      patience: { maxWaitMs: 50, maxPartitionBytes: 100_000 },
      onStopped: (_, { cause }) => expect.unreachable(String(cause)),
      onBatch: async (batch) => {
        running++;
        const records = recordsOf(batch);
        await new Promise((resolve) => setTimeout(resolve, 2));
        // The bytes were not used again meanwhile.
        expect(recordsOf(batch)).toEqual(records);
        seen.push(...records);
        running--;
      },
    });
    reader.start(0, 0);
    reader.start(1, 3);
    const wanted = expected.filter(({ partition, offset }) => partition === 0 || offset >= 3);
    await until(() => seen.length >= wanted.length, 'all records read');
    await reader.close();
    expect(running).toBe(0);
    const inOrder = (records: readonly KafkaRecord[]): KafkaRecord[] =>
      records.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset);
    expect(inOrder(seen)).toEqual(inOrder(wanted));
    expect(inOrder(seen)).toEqual(seen.toSorted((a, b) => a.partition - b.partition));
  });

  test('an offset that the log no longer has stops the partition, with its reason', async () => {
    const topic = await fixture.topic();
    await (await kafka.producer()).send([{ topic, key: null, value: 'only one' }]);
    const reason = Promise.withResolvers<string>();
    const reader = kafka.readSpans({
      topic,
      onBatch: async () => undefined,
      onStopped: (_, { code }) => reason.resolve(code),
    });
    reader.start(0, 17);
    expect(await reason.promise).toBe('offset-out-of-range');
    await reader.close();
  });
});
