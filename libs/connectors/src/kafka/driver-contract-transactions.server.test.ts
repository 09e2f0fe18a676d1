import { afterAll, describe, expect, test } from 'vitest';
import { brokersOfEnvironment, driverNames, numbers, openFixture, uniqueName, valuesOf } from './contract-fixture.ts';
import {
  KafkaError,
  type KafkaMessage,
  type NumberedTransactions,
  type NumberedTransactionsOptions,
} from './driver.ts';
import { PlatformaticWire } from './platformatic/wire.ts';
import { WireError } from './wire.ts';
import { patiently } from './wire-retry.ts';

describe.concurrent.each(driverNames)('numbered transactions through %s', (name) => {
  const fixture = openFixture(name);
  const { kafka } = fixture;
  afterAll(() => fixture.close());

  const place = (topic: string): NumberedTransactionsOptions => ({
    transactionalId: uniqueName('tx'),
    numberedIn: { groupId: uniqueName('numbers'), topic },
  });
  const messages = (topic: string, values: readonly string[], partition = 0) =>
    values.map((value) => ({ topic, partition, key: null, value }));

  /** As a caller does: a broker that has just made the topic, or its coordinators, may need a moment. */
  async function write(to: NumberedTransactions, number: number, of: readonly KafkaMessage[]) {
    for (;;) {
      try {
        return await to.write(number, of);
      } catch (error) {
        if (!(error instanceof KafkaError && error.retriable)) throw error;
      }
    }
  }

  /** What a process has done that is killed in the middle of number 1. */
  async function leaveBehind(options: NumberedTransactionsOptions, topic: string, value: string, ended: boolean) {
    const wire = new PlatformaticWire({ brokers: brokersOfEnvironment(), clientId: 'killed' });
    await wire.layout([topic]);
    const leader = (await wire.layout([topic])).get(topic)!.leaders.get(0)!;
    const transactions = wire.openTransactions(options.transactionalId, 60_000);
    const identity = await patiently(() => transactions.identity());
    await transactions.addPartitions(identity, [{ topic, partition: 0 }]);
    const message = { key: null, value: Buffer.from(value), headers: [], timestampMs: Date.now() };
    await patiently(async () => {
      const batch = { topic, partition: 0, sequence: 0, messages: [message] };
      const [answer] = await transactions.produce(leader, identity, [batch]);
      if (answer?.error !== undefined) throw new WireError(answer.error, 'not taken yet');
    });
    await transactions.commitOffset(identity, options.numberedIn.groupId, { topic, partition: 0, offset: 1 });
    if (ended) await transactions.end(identity, 'commit');
    await transactions.close();
    await wire.close();
  }

  test('one after the other, over partitions and in many batches: everything is there once, in order', async () => {
    const topic = await fixture.topic(2);
    const writer = await kafka.numberedTransactions(place(topic));
    const large = numbers(30).map((n) => n.padEnd(100_000, '.'));
    await write(writer, 1, [...messages(topic, large), ...messages(topic, numbers(3), 1)]);
    await write(writer, 2, messages(topic, numbers(3, 3), 1));
    // Numbers need not be dense: a checkpoint without rows for this topic has no transaction.
    await write(writer, 7, messages(topic, numbers(3, 6), 1));
    const read = await fixture.readAll(topic);
    expect(valuesOf(read, 0)).toEqual(large);
    expect(valuesOf(read, 1)).toEqual(numbers(9));
    await writer.close();
  });

  test('what is committed is not written again, by the same process or another', async () => {
    const topic = await fixture.topic();
    const options = place(topic);
    const first = await kafka.numberedTransactions(options);
    expect(await write(first, 1, messages(topic, ['a']))).toBe('written');
    expect(await write(first, 1, messages(topic, ['a']))).toBe('was-there');
    const second = await kafka.numberedTransactions(options);
    expect(await write(second, 1, messages(topic, ['a']))).toBe('was-there');
    expect(await write(second, 2, messages(topic, ['b']))).toBe('written');
    expect(valuesOf(await fixture.readAll(topic))).toEqual(['a', 'b']);
  });

  test('a process killed between sending and committing: what it sent is never read, and the next one writes it', async () => {
    const topic = await fixture.topic();
    const options = place(topic);
    await leaveBehind(options, topic, 'lost', false);
    const next = await kafka.numberedTransactions(options);
    expect(await write(next, 1, messages(topic, ['again']))).toBe('written');
    expect(valuesOf(await fixture.readAll(topic))).toEqual(['again']);
  });

  test('a process killed after the commit, before it hears of it: the next one finds the number and writes nothing', async () => {
    const topic = await fixture.topic();
    const options = place(topic);
    await leaveBehind(options, topic, 'kept', true);
    const next = await kafka.numberedTransactions(options);
    expect(await write(next, 1, messages(topic, ['again']))).toBe('was-there');
    expect(valuesOf(await fixture.readAll(topic))).toEqual(['kept']);
  });

  test('a process that was taken for dead cannot commit any more', async () => {
    const topic = await fixture.topic();
    const options = place(topic);
    const zombie = await kafka.numberedTransactions(options);
    await write(zombie, 1, messages(topic, ['a']));
    const young = await kafka.numberedTransactions(options);
    await write(young, 2, messages(topic, ['b']));
    await expect(write(zombie, 3, messages(topic, ['never']))).rejects.toMatchObject({ code: 'fenced' });
    await write(young, 3, messages(topic, ['c']));
    expect(valuesOf(await fixture.readAll(topic))).toEqual(['a', 'b', 'c']);
  });

  test('offsets by time: the first record that is not older, and none after the last', async () => {
    const topic = await fixture.topic();
    const producer = await kafka.producer();
    await producer.send([1_000, 2_000, 3_000].map((timestampMs) => ({ topic, key: null, value: 'x', timestampMs })));
    const admin = await kafka.admin();
    const at = async (timestampMs: number) => (await admin.offsetsAt(topic, timestampMs)).get(0);
    expect(await Promise.all([0, 1_000, 1_001, 3_000, 3_001].map(at))).toEqual([0, 0, 1, 2, undefined]);
  });
});
