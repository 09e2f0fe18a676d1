import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  diary,
  driverNames,
  numbers,
  openFixture,
  uniqueName,
  until,
  valuesOf,
} from '@hermes/connectors/kafka/contract-fixture';
import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { type RunningPart, startPart } from '@hermes/stack/parts/instance';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

/** The part of the drivers' contract that needs a broker of its own, because it kills it. */
describe.each(driverNames)('a broker that is killed under %s', (name) => {
  let broker: RunningPart;
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'hermes-kafka-'));
    broker = await startPart('kafka', { dataDir });
  }, 120_000);
  afterAll(async () => {
    await broker.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  test(
    'in the middle of a stream, twice: no record is lost, doubled or out of order, and nobody gives up',
    { timeout: 180_000 },
    async () => {
      const fixture = openFixture(name, broker.url.split(','));
      const topic = await fixture.topic(2);
      const groupId = uniqueName('group');
      const seen = diary();
      const followed: KafkaRecord[] = [];
      const consumer = await fixture.kafka.groupConsumer({ groupId, topics: [topic], handlers: seen.handlers });
      const follower = await fixture.kafka.follow({ topic, onRecord: (record) => void followed.push(record) });
      // A busy machine may need longer than the default to start a broker; how long a send may take is the next test's.
      const producer = await fixture.kafka.producer({ deliveryTimeoutMs: 120_000 });
      await until(() => seen.assigned.length === 2, 'the partitions');

      const sends: Promise<unknown>[] = [];
      let writing = true;
      onTestFinished(() => void (writing = false));
      const writer = (async () => {
        for (let n = 0; writing; n++) {
          sends.push(producer.send([{ topic, partition: n % 2, key: 'k', value: String(n) }]));
          await sleep(2);
        }
      })();
      for (let round = 0; round < 2; round++) {
        await sleep(700);
        await broker.kill9();
        await sleep(500);
        await broker.restart();
      }
      await sleep(700);
      writing = false;
      await writer;
      await Promise.all(sends);

      const count = sends.length;
      await until(() => seen.records.length >= count && followed.length >= count, 'all is read', 60_000);
      await sleep(200);
      for (const partition of [0, 1]) {
        const written = numbers(count).filter((n) => Number(n) % 2 === partition);
        expect(valuesOf(followed, partition)).toEqual(written);
        expect(valuesOf(seen.records, partition)).toEqual(written);
      }
      expect(seen.stopped).toEqual([]);
      await consumer.commit([{ topic, partition: 0, offset: 1 }]);
      expect((await (await fixture.kafka.admin()).committed(groupId, topic)).get(0)).toBe(1);
      await Promise.all([consumer.close(), follower.close()]);
      await fixture.close();
    },
  );

  test(
    'for longer than a send may take: the send rejects as retriable, and the next one lands after the restart',
    { timeout: 180_000 },
    async () => {
      const fixture = openFixture(name, broker.url.split(','));
      const topic = await fixture.topic();
      const producer = await fixture.kafka.producer({ deliveryTimeoutMs: 1_500 });
      await producer.send([{ topic, key: 'k', value: 'before' }]);
      await broker.kill9();
      const startedMs = performance.now();
      const rejected = expect(producer.send([{ topic, key: 'k', value: 'lost' }])).rejects;
      await rejected.toMatchObject({ name: 'KafkaError', code: 'unreachable', retriable: true });
      expect(performance.now() - startedMs).toBeLessThan(4_000);
      await broker.restart();
      await producer.send(numbers(3).map((n) => ({ topic, key: 'k', value: n })));
      expect(valuesOf(await fixture.readAll(topic))).toEqual(['before', ...numbers(3)]);
      await fixture.close();
    },
  );

  test('before anything is opened: opening waits for it', { timeout: 180_000 }, async () => {
    await broker.kill9();
    const fixture = openFixture(name, broker.url.split(','));
    const topicMade = fixture.topic();
    await sleep(300);
    await broker.restart();
    const topic = await topicMade;
    await (await fixture.kafka.producer()).send([{ topic, key: 'k', value: 'v' }]);
    expect(valuesOf(await fixture.readAll(topic))).toEqual(['v']);
    await fixture.close();
  });
});
