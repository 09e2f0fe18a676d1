import { setTimeout as sleep } from 'node:timers/promises';
import { murmur2 } from '@hermes/contracts/partitioning';
import { afterAll, describe, expect, test } from 'vitest';
import {
  diary,
  driverNames,
  numbers,
  openFixture,
  transaction,
  uniqueName,
  until,
  valuesOf,
} from './contract-fixture.ts';
import type { ProducedAt } from './driver.ts';

describe.concurrent.each(driverNames)('writing and reading through %s', (name) => {
  const fixture = openFixture(name);
  const { kafka, tools } = fixture;
  afterAll(() => fixture.close());

  test('one partition has the records of each send in their order, at the offsets that send answered', async () => {
    const topic = await fixture.topic();
    const producer = await kafka.producer();
    const sends = numbers(20).map((n) =>
      producer.send(numbers(10).map((m) => ({ topic, key: 'k', value: `${n}.${m}` }))),
    );
    const landed = (await Promise.all(sends)).flat();
    const records = await fixture.readAll(topic);
    expect(records.map((record) => record.offset)).toEqual(numbers(200).map(Number));
    for (const n of numbers(20)) {
      expect(valuesOf(records).filter((value) => value.startsWith(`${n}.`))).toEqual(
        numbers(10).map((m) => `${n}.${m}`),
      );
    }
    landed.forEach((at, i) => expect(valuesOf(records)[at.offset]).toBe(`${Math.floor(i / 10)}.${i % 10}`));
  });

  test('chosen partitions are read from the offsets that the reader says, until it stops or goes back', async () => {
    const topic = await fixture.topic(3);
    const producer = await kafka.producer();
    const write = (from: number) =>
      producer.send(
        numbers(3).flatMap((p) =>
          numbers(5).map((n) => ({ topic, key: null, partition: Number(p), value: `${p}.${Number(n) + from}` })),
        ),
      );
    await write(0);
    const read: string[] = [];
    const stopped: string[] = [];
    const reader = kafka.readPartitions({
      topic,
      onBatch: async ({ records }) => void read.push(...records.map(({ value }) => String(value))),
      onStopped: ({ partition }, { code }) => void stopped.push(`${partition} ${code}`),
    });
    reader.start(0, 3);
    reader.start(2, 0);
    await until(() => read.length === 7, 'seven records');
    expect(read.sort()).toEqual(['0.3', '0.4', '2.0', '2.1', '2.2', '2.3', '2.4']);
    await reader.stop(2);
    await write(5);
    await until(() => read.includes('0.9'), 'what was written later');
    expect(read.filter((one) => one.startsWith('2.'))).toHaveLength(5);
    reader.start(2, 4);
    await until(() => read.includes('2.9'), 'the partition again');
    expect(read.filter((one) => one === '2.4')).toHaveLength(2);
    reader.start(1, 77);
    await until(() => stopped.length > 0, 'a stop');
    expect(stopped).toEqual(['1 offset-out-of-range']);
    await reader.close();
  });

  test("a key's partition is the one that Java's partitioner chooses", async () => {
    const topic = await fixture.topic(7);
    const producer = await kafka.producer();
    const keys = ['21', 'foobar', 'a-little-bit-long-string', 'a-little-bit-longer-string', 'abc', '客户:1', ''];
    const landed = await producer.send(keys.map((key) => ({ topic, key, value: key })));
    const expected = keys.map((key) => (murmur2(Buffer.from(key)) & 0x7fffffff) % 7);
    expect(landed.map((at) => at.partition)).toEqual(expected);
    // From Kafka's UtilsTest: 21 -> -973932308, foobar -> -790332482.
    expect(expected.slice(0, 2)).toEqual([(-973_932_308 & 0x7fffffff) % 7, (-790_332_482 & 0x7fffffff) % 7]);
    expect(new Set((await fixture.readAll(topic)).map((r) => `${r.partition}:${r.value}`))).toEqual(
      new Set(keys.map((key, i) => `${expected[i]}:${key}`)),
    );
  });

  test('keys, values, headers and timestamps come out as they went in, null and empty told apart', async () => {
    const topic = await fixture.topic();
    const producer = await kafka.producer();
    const headers = { id: 'e-1', type: 'deal.signed', 'raw-bytes': Buffer.from([0, 255, 1]), empty: '', 城市: '北京' };
    await producer.send([
      { topic, key: null, value: 'no key', timestampMs: 1_700_000_000_123 },
      { topic, key: 'k', value: null },
      { topic, key: '', value: '' },
      { topic, key: Buffer.from([1, 2]), value: Buffer.from([0]), headers },
    ]);
    const [first, second, third, fourth] = await fixture.readAll(topic);
    expect(first).toMatchObject({
      key: null,
      timestampMs: 1_700_000_000_123,
      headers: {},
      topic,
      partition: 0,
      offset: 0,
    });
    expect(second).toMatchObject({ value: null });
    expect(Math.abs((second?.timestampMs ?? 0) - Date.now())).toBeLessThan(60_000);
    expect([third?.key?.length, third?.value?.length]).toEqual([0, 0]);
    expect([fourth?.key, fourth?.value]).toEqual([Buffer.from([1, 2]), Buffer.from([0])]);
    expect(Object.fromEntries(Object.entries(fourth?.headers ?? {}).map(([k, v]) => [k, v?.toString('hex')]))).toEqual(
      Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, Buffer.from(v as string).toString('hex')])),
    );
  });

  test('a message that the broker finds too large is refused with its code, and the next one goes through', async () => {
    const topic = await fixture.topic();
    const producer = await kafka.producer();
    const small = producer.send([{ topic, key: 'k', value: 'before' }]);
    const large = producer.send([{ topic, key: 'k', value: Buffer.alloc(2_000_000) }]);
    await expect(large).rejects.toMatchObject({ name: 'KafkaError', code: 'message-too-large', retriable: false });
    await small;
    await producer.send([{ topic, key: 'k', value: 'after' }]);
    expect(valuesOf(await fixture.readAll(topic))).toEqual(['before', 'after']);
  });

  test('a topic that does not exist is refused with its code', async () => {
    const producer = await kafka.producer();
    await expect(producer.send([{ topic: uniqueName('none'), key: 'k', value: 'v' }])).rejects.toMatchObject({
      code: 'unknown-topic',
    });
  });

  test('1,000 concurrent idempotent sends to one partition lose and double nothing', async () => {
    const topic = await fixture.topic();
    const producer = await kafka.producer();
    const sends: Promise<readonly ProducedAt[]>[] = [];
    for (const n of numbers(1_000)) {
      const sent = producer.send([{ topic, partition: 0, key: n, value: n }]);
      sends.push(sent);
      // First batches of one message each (a broker takes equal ones for repeats unless they are numbered), then crowds.
      if (Number(n) < 20) await sent;
      else if (Number(n) % 10 === 9) await sleep(1);
    }
    const landed = await Promise.all(sends);
    const values = valuesOf(await fixture.readAll(topic));
    expect(values.toSorted((a, b) => Number(a) - Number(b))).toEqual(numbers(1_000));
    landed.forEach(([at], n) => expect(values[at?.offset ?? -1]).toBe(String(n)));
  });

  test('a closed producer has let everything land that was sent before, and refuses the rest', async () => {
    const topic = await fixture.topic();
    const producer = await kafka.producer();
    await producer.send([{ topic, key: 'k', value: 'first' }]);
    const sends = numbers(50).map((n) => producer.send([{ topic, key: 'k', value: n }]));
    await producer.close();
    await Promise.all(sends);
    expect(await fixture.readAll(topic)).toHaveLength(51);
    await expect(producer.send([{ topic, key: 'k', value: 'late' }])).rejects.toMatchObject({ code: 'closed' });
  });

  test('two aborted transactions of one producer in one fetch are not delivered', async () => {
    const topic = await fixture.topic();
    const transactionalId = uniqueName('tx');
    await transaction(tools, [{ topic, value: 'aborted 1' }], 'abort', { transactionalId });
    await transaction(tools, [{ topic, value: 'aborted 2' }], 'abort', { transactionalId });
    await transaction(tools, [{ topic, value: 'kept' }], 'commit', { transactionalId });
    await fixture.transactionsEnded(topic);
    expect(valuesOf(await fixture.readAll(topic))).toEqual(['kept']);
  });

  test('an aborted transaction that is larger than a fetch is not delivered', async () => {
    const topic = await fixture.topic();
    const large = numbers(40).map(() => ({ topic, value: 'x'.repeat(100_000) }));
    await transaction(tools, [{ topic, value: 'before' }], 'commit');
    await transaction(tools, large, 'abort', { perSend: 5 });
    await transaction(tools, [{ topic, value: 'after' }], 'commit');
    await fixture.transactionsEnded(topic);
    expect(valuesOf(await fixture.readAll(topic))).toEqual(['before', 'after']);
  });

  test('of interleaved transactions only the aborted one is left out, whatever keys its records have', async () => {
    const topic = await fixture.topic();
    const abortMarkerLookalike = Buffer.from([0, 0, 0, 0]);
    const aborting = tools.producer({ transactionalId: uniqueName('tx'), idempotent: true, maxInFlightRequests: 1 });
    const committing = tools.producer({ transactionalId: uniqueName('tx'), idempotent: true, maxInFlightRequests: 1 });
    await Promise.all([aborting.connect(), committing.connect()]);
    const [bad, good] = [await aborting.transaction(), await committing.transaction()];
    for (const n of numbers(3)) {
      await bad.send({ topic, messages: [{ key: abortMarkerLookalike, value: `bad ${n}` }] });
      await good.send({ topic, messages: [{ key: abortMarkerLookalike, value: `good ${n}` }] });
    }
    await good.commit();
    await bad.abort();
    await Promise.all([aborting.disconnect(), committing.disconnect()]);
    await fixture.transactionsEnded(topic);
    expect(valuesOf(await fixture.readAll(topic))).toEqual(['good 0', 'good 1', 'good 2']);
  });

  test('after the last record of a transaction a reader knows that it is at the end', async () => {
    const topic = await fixture.topic();
    await transaction(
      tools,
      [
        { topic, value: 'a' },
        { topic, value: 'b' },
      ],
      'commit',
    );
    const ends: boolean[] = [];
    const seen = diary({
      onBatch: (batch) => void ends.push(batch.highWatermark === (batch.records.at(-1)?.offset ?? 0) + 1),
    });
    const consumer = await kafka.groupConsumer({
      groupId: uniqueName('group'),
      topics: [topic],
      handlers: seen.handlers,
    });
    await until(() => seen.records.length === 2, 'both records');
    expect(ends.at(-1)).toBe(true);
    await consumer.close();
  });
});
