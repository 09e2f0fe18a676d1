import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import type { TopicSpec } from '@hermes/contracts/topics';
import { randomBytes } from 'node:crypto';

export const uniqueName = (): string => `t-${randomBytes(5).toString('hex')}`;

/** A server's address from the environment. @throws Error naming the variable */
export function fromEnvironment(name: 'KAFKA_BROKERS' | 'REDIS_URL' | 'CLICKHOUSE_URL'): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: server tests run on the servers that it names`);
  return value;
}

export const openTestKafka = (clientId: string, brokers = fromEnvironment('KAFKA_BROKERS')): KafkaDriver =>
  openKafka({ brokers: brokers.split(','), clientId });

export const logTopic = (name: string, partitions: number): TopicSpec => ({
  name,
  partitions,
  cleanupPolicy: 'delete',
  retentionMs: 3_600_000,
  retentionBytes: -1,
});

export const compactedTopic = (name: string): TopicSpec => ({
  name,
  partitions: 1,
  cleanupPolicy: 'compact',
  retentionMs: -1,
  retentionBytes: -1,
});

/** Asks until the answer is not undefined. @throws Error with `what` after `timeoutMs` */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 20_000,
): Promise<T> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > endMs) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
