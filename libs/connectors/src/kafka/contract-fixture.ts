import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import type { GroupHandlers, KafkaBatch, KafkaDriver, KafkaRecord, TopicPartition } from './driver.ts';
import { openKafka } from './open-kafka.ts';

/** What the contract suite needs beside the driver under test. Only for tests. */

export const driverNames = ['platformatic', 'kafkajs'] as const satisfies readonly KafkaDriver['name'][];

export function brokersOfEnvironment(): string[] {
  const brokers = process.env['KAFKA_BROKERS'];
  if (brokers === undefined || brokers === '')
    throw new Error('KAFKA_BROKERS is not set: these tests need a real Kafka');
  return brokers.split(',');
}

export const uniqueName = (what: string): string => `t-${what}-${randomBytes(5).toString('hex')}`;

export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 15_000,
): Promise<void> {
  const startedMs = performance.now();
  while (!(await condition())) {
    if (performance.now() - startedMs > withinMs) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await sleep(10);
  }
}

/** A driver with topics of its own, and kafkajs for what the contract leaves out (transactions, deleting records). */
export interface Fixture {
  readonly kafka: KafkaDriver;
  readonly tools: Kafka;
  topic(partitions?: number): Promise<string>;
  /** Removes records as retention would. */
  deleteBefore(topic: string, partition: number, offset: number): Promise<void>;
  /** Resolves when the markers of all ended transactions are written (Kafka writes them after it has answered). */
  transactionsEnded(topic: string): Promise<void>;
  /** Values of the topic as one reader sees them, in the order per partition. */
  readAll(topic: string): Promise<KafkaRecord[]>;
  close(): Promise<void>;
}

export function openFixture(driver: KafkaDriver['name'], brokers = brokersOfEnvironment()): Fixture {
  const kafka = openKafka({ brokers, clientId: 'contract', driver });
  const tools = new Kafka({ brokers, clientId: 'contract-tools', logLevel: logLevel.NOTHING });
  const topics: string[] = [];
  return {
    kafka,
    tools,
    async topic(partitions = 1) {
      const name = uniqueName('topic');
      const spec = { name, partitions, cleanupPolicy: 'delete', retentionMs: -1, retentionBytes: -1 } as const;
      await (await kafka.admin()).ensureTopics([spec]);
      topics.push(name);
      return name;
    },
    async deleteBefore(topic, partition, offset) {
      await withAdmin(tools, async (admin) => {
        await admin.fetchTopicOffsets(topic);
        await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
      });
    },
    async transactionsEnded(topic) {
      await withAdmin(tools, async (admin) => {
        await until(async () => {
          const ends = await admin.fetchTopicOffsets(topic);
          const stable = await (await kafka.admin()).offsets(topic);
          return ends.every((end) => stable.get(end.partition)?.latest === Number(end.high));
        }, 'the markers of the transactions are written');
      });
    },
    async readAll(topic) {
      const records: KafkaRecord[] = [];
      const follower = await kafka.follow({ topic, onRecord: (record) => void records.push(record), maxWaitMs: 100 });
      await follower.caughtUp;
      await follower.close();
      return records;
    },
    async close() {
      const admin = await kafka.admin();
      await admin.deleteTopics(topics).catch(() => undefined);
      await kafka.close();
    },
  };
}

export async function withAdmin<T>(tools: Kafka, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = tools.admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Handlers that write down what happens to them. */
export interface Diary {
  readonly handlers: GroupHandlers;
  readonly records: KafkaRecord[];
  readonly assigned: TopicPartition[];
  readonly revoked: TopicPartition[];
  readonly stopped: (TopicPartition & { readonly code: string })[];
  /** Largest number of handlers that ran at once for one partition. */
  mostAtOnce(): number;
}

export interface DiaryOptions {
  readonly from?: (partition: TopicPartition) => number | 'earliest' | 'latest' | 'committed';
  readonly onBatch?: (batch: KafkaBatch) => Promise<void> | void;
}

export function diary(options: DiaryOptions = {}): Diary {
  const records: KafkaRecord[] = [];
  const assigned: TopicPartition[] = [];
  const revoked: TopicPartition[] = [];
  const stopped: (TopicPartition & { readonly code: string })[] = [];
  const running = new Map<string, number>();
  let mostAtOnce = 0;
  return {
    records,
    assigned,
    revoked,
    stopped,
    mostAtOnce: () => mostAtOnce,
    handlers: {
      async onAssigned(partition) {
        assigned.push(partition);
        return options.from?.(partition) ?? 'earliest';
      },
      async onBatch(batch) {
        const key = `${batch.topic}/${batch.partition}`;
        const now = (running.get(key) ?? 0) + 1;
        running.set(key, now);
        mostAtOnce = Math.max(mostAtOnce, now);
        try {
          await options.onBatch?.(batch);
          records.push(...batch.records);
        } finally {
          running.set(key, now - 1);
        }
      },
      async onRevoked(partition) {
        revoked.push(partition);
      },
      onStopped(partition, why) {
        stopped.push({ ...partition, code: why.code });
      },
    },
  };
}

export const valuesOf = (records: readonly KafkaRecord[], partition?: number): string[] =>
  records
    .filter((record) => partition === undefined || record.partition === partition)
    .map((record) => record.value?.toString() ?? '(null)');

export const numbers = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => String(from + i));

/** Writes one transaction with kafkajs and ends it as told. */
export async function transaction(
  tools: Kafka,
  messages: readonly { topic: string; key?: Buffer; value: string }[],
  end: 'commit' | 'abort',
  options: { readonly transactionalId?: string; readonly perSend?: number } = {},
): Promise<void> {
  const producer = tools.producer({
    transactionalId: options.transactionalId ?? uniqueName('tx'),
    idempotent: true,
    maxInFlightRequests: 1,
    retry: { initialRetryTime: 5, factor: 0, multiplier: 1.5, maxRetryTime: 100, retries: 50 },
  });
  await producer.connect();
  const tx = await producer.transaction();
  const perSend = options.perSend ?? messages.length;
  for (let at = 0; at < messages.length; at += perSend) {
    for (const [topic, ofTopic] of Map.groupBy(messages.slice(at, at + perSend), (message) => message.topic)) {
      await tx.send({ topic, messages: ofTopic.map(({ key, value }) => ({ key: key ?? null, value, partition: 0 })) });
    }
  }
  await (end === 'commit' ? tx.commit() : tx.abort());
  await producer.disconnect();
}
