import type { GroupConsumerOptions, GroupHandlers, KafkaAdmin, KafkaDriver } from '@hermes/connectors/kafka/driver';
import type { ProjectRecord } from '@hermes/contracts/control';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DecisionConsumer, type DecisionConsumerDependencies } from './decision-consumer.ts';

const partition = { topic: 'demo.decisions', partition: 2 };
let handlers: GroupHandlers;
let resumed: number[];
let consumer: DecisionConsumer;

beforeEach(async () => {
  vi.useFakeTimers();
  resumed = [];
  const admin = {
    ensureTopics: async () => undefined,
    committed: async () => new Map([[2, 17]]),
    close: async () => undefined,
  } as unknown as KafkaAdmin;
  const kafka = {
    admin: async () => admin,
    groupConsumer: async (options: GroupConsumerOptions) => {
      handlers = options.handlers;
      return {
        commit: async () => undefined,
        resume: (_: unknown, offset: number) => void resumed.push(offset),
        close: async () => undefined,
      };
    },
  } as unknown as KafkaDriver;
  const logger = { warn: () => undefined, error: () => undefined, debug: () => undefined };
  const deps = { kafka, logger, sessionTimeoutMs: 6_000 } as unknown as DecisionConsumerDependencies;
  consumer = new DecisionConsumer({ id: 'demo', partitions: 8 } as ProjectRecord, deps);
  await consumer.start();
});
afterEach(async () => {
  await consumer.close();
  vi.useRealTimers();
});

test('a partition that stopped before its first batch is read on from the committed place', async () => {
  await handlers.onAssigned(partition);
  handlers.onStopped(partition, { code: 'handler', cause: new Error('the offset cannot be resolved') });
  expect(consumer.isHealthy).toBe(false);
  await vi.advanceTimersByTimeAsync(500);
  expect(resumed).toEqual([17]);
  expect(consumer.isHealthy).toBe(true);
});

test('a stopped partition that is revoked is not read on', async () => {
  await handlers.onAssigned(partition);
  handlers.onStopped(partition, { code: 'handler', cause: new Error('PostgreSQL is away') });
  await handlers.onRevoked(partition);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(resumed).toEqual([]);
});
