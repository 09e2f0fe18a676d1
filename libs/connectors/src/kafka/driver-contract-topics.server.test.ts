import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { diary, driverNames, numbers, openFixture, uniqueName, until, valuesOf } from './contract-fixture.ts';
import type { KafkaRecord } from './driver.ts';

const log = (name: string, partitions: number) =>
  ({ name, partitions, cleanupPolicy: 'delete', retentionMs: -1, retentionBytes: -1 }) as const;

describe.concurrent.each(driverNames)('topics and followers through %s', (name) => {
  const fixture = openFixture(name);
  const { kafka, tools } = fixture;
  afterAll(() => fixture.close());

  test('a topic is made once with what its spec says, by many at the same time, and another partition count is refused', async () => {
    const admin = await kafka.admin();
    const topic = uniqueName('topic');
    await Promise.all(numbers(4).map(() => admin.ensureTopics([log(topic, 3)])));
    expect(await admin.describeTopic(topic)).toEqual({ topicId: expect.any(String), partitions: 3 });
    await expect(admin.ensureTopics([log(topic, 4)])).rejects.toMatchObject({
      code: 'topic-mismatch',
      retriable: false,
    });
    const toolsAdmin = tools.admin();
    await toolsAdmin.connect();
    const configs = await toolsAdmin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: topic, configNames: ['cleanup.policy', 'retention.ms'] }],
    });
    expect(configs.resources[0]?.configEntries.map((entry) => entry.configValue)).toEqual(
      expect.arrayContaining(['delete', '-1']),
    );
    await toolsAdmin.disconnect();
    await admin.deleteTopics([topic, uniqueName('never-there')]);
    await until(async () => (await admin.describeTopic(topic)) === undefined, 'the topic is gone');
  });

  test('a topic that was deleted and made anew has another id', async () => {
    const admin = await kafka.admin();
    const topic = await fixture.topic();
    const before = await admin.describeTopic(topic);
    await admin.deleteTopics([topic]);
    await until(async () => (await admin.describeTopic(topic)) === undefined, 'the topic is gone');
    await admin.ensureTopics([log(topic, 1)]);
    const after = await admin.describeTopic(topic);
    expect(after?.topicId).toMatch(/^[0-9a-f-]{36}$/);
    expect(after?.topicId).not.toBe(before?.topicId);
  });

  test('offsets say what is kept and where the log ends', async () => {
    const topic = await fixture.topic(2);
    const producer = await kafka.producer();
    await producer.send(numbers(10).map((n) => ({ topic, partition: 1, key: n, value: n })));
    await fixture.deleteBefore(topic, 1, 4);
    expect(await (await kafka.admin()).offsets(topic)).toEqual(
      new Map([
        [0, { earliest: 0, latest: 0 }],
        [1, { earliest: 4, latest: 10 }],
      ]),
    );
  });

  test('a follower has caught up when it has delivered all that was there, and goes on with what comes', async () => {
    const topic = await fixture.topic(3);
    const producer = await kafka.producer();
    await producer.send(numbers(300).map((n) => ({ topic, partition: Number(n) % 3, key: n, value: n })));
    const records: KafkaRecord[] = [];
    const follower = await kafka.follow({
      topic,
      onRecord: async (record) => {
        await sleep(record.offset % 50 === 0 ? 5 : 0);
        records.push(record);
      },
    });
    await follower.caughtUp;
    expect(records).toHaveLength(300);
    for (const partition of [0, 1, 2])
      expect(valuesOf(records, partition)).toEqual(numbers(300).filter((n) => Number(n) % 3 === partition));
    await producer.send([{ topic, key: 'k', value: 'later' }]);
    await until(() => records.length === 301, 'the later record');
    await follower.close();
    await producer.send([{ topic, key: 'k', value: 'after the end' }]);
    await sleep(100);
    expect(records).toHaveLength(301);
  });

  test('a follower from the latest record sees only what is written from then on, also in an empty topic', async () => {
    const topic = await fixture.topic(2);
    const producer = await kafka.producer();
    await producer.send([{ topic, partition: 0, key: 'k', value: 'old' }]);
    const records: KafkaRecord[] = [];
    const follower = await kafka.follow({ topic, from: 'latest', onRecord: (record) => void records.push(record) });
    await follower.caughtUp;
    await producer.send([
      { topic, partition: 0, key: 'k', value: 'new' },
      { topic, partition: 1, key: 'k', value: 'new' },
    ]);
    await until(() => records.length === 2, 'the new records');
    expect(valuesOf(records)).toEqual(['new', 'new']);
    await follower.close();
  });

  test('followers leave no consumer groups behind', async () => {
    const topic = await fixture.topic();
    await fixture.readAll(topic);
    const toolsAdmin = tools.admin();
    await toolsAdmin.connect();
    const groups = (await toolsAdmin.listGroups()).groups.map((group) => group.groupId);
    await toolsAdmin.disconnect();
    expect(groups.filter((group) => group.includes(topic))).toEqual([]);
  });

  test('a follower whose topic is made anew reads the new one from its beginning', async () => {
    const topic = await fixture.topic();
    const admin = await kafka.admin();
    const producer = await kafka.producer();
    await producer.send([{ topic, key: 'k', value: 'old' }]);
    const records: KafkaRecord[] = [];
    const follower = await kafka.follow({ topic, onRecord: (record) => void records.push(record), maxWaitMs: 100 });
    await follower.caughtUp;
    await admin.deleteTopics([topic]);
    await until(async () => (await admin.describeTopic(topic)) === undefined, 'the topic is gone');
    await admin.ensureTopics([log(topic, 1)]);
    await (await kafka.producer()).send(numbers(3).map((n) => ({ topic, key: 'k', value: `new ${n}` })));
    await until(() => records.length === 4, 'the new topic is read');
    expect(valuesOf(records)).toEqual(['old', 'new 0', 'new 1', 'new 2']);
    await follower.close();
  });

  test('a failing follower tells so and does not skip the record', async () => {
    const topic = await fixture.topic();
    await (await kafka.producer()).send(numbers(3).map((n) => ({ topic, key: 'k', value: n })));
    const seen: string[] = [];
    const failures: unknown[] = [];
    const follower = await kafka.follow({
      topic,
      onRecord: (record) => {
        if (record.offset === 1) throw new Error('a defect');
        seen.push(record.value?.toString() ?? '');
      },
      onFailed: (cause) => void failures.push(cause),
    });
    await expect(follower.caughtUp).rejects.toThrow('a defect');
    expect([seen, failures.length]).toEqual([['0'], 1]);
    await follower.close();
  });

  test(
    'of a compacted topic every last value is read, over the gaps that compaction leaves',
    { timeout: 90_000 },
    async () => {
      const topic = uniqueName('compacted');
      const toolsAdmin = tools.admin();
      await toolsAdmin.connect();
      const configEntries = Object.entries({
        'cleanup.policy': 'compact',
        'segment.ms': '100',
        'min.cleanable.dirty.ratio': '0.01',
        'max.compaction.lag.ms': '100',
        'delete.retention.ms': '0',
      }).map(([name, value]) => ({ name, value }));
      await toolsAdmin.createTopics({
        waitForLeaders: false,
        topics: [{ topic, numPartitions: 1, replicationFactor: 1, configEntries }],
      });
      const producer = await kafka.producer();
      for (const round of numbers(5)) {
        await producer.send(numbers(200).map((n) => ({ topic, key: n, value: `${n} in ${round}` })));
        await sleep(150);
      }
      await producer.send([{ topic, key: 'last', value: 'last' }]);
      let records: KafkaRecord[] = [];
      const compacted = async (): Promise<boolean> => {
        await sleep(500);
        records = await fixture.readAll(topic);
        return records.length < 600;
      };
      await until(compacted, 'Kafka has compacted the topic', 80_000);
      const last = new Map(records.map((record) => [record.key?.toString(), record.value?.toString()]));
      expect(last.size).toBe(201);
      for (const n of numbers(200)) expect(last.get(n)).toBe(`${n} in 4`);
      const offsets = records.map((record) => record.offset);
      expect(offsets).toEqual([...new Set(offsets)].toSorted((a, b) => a - b));
      const seen = diary();
      const consumer = await kafka.groupConsumer({
        groupId: uniqueName('group'),
        topics: [topic],
        handlers: seen.handlers,
      });
      await until(() => seen.records.at(-1)?.value?.toString() === 'last', 'a group reads it too');
      await consumer.close();
      await toolsAdmin.deleteTopics({ topics: [topic] });
      await toolsAdmin.disconnect();
    },
  );
});
