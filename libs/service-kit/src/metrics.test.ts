import type { KafkaDriver, KafkaMessage, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { Heartbeat } from '@hermes/contracts/metrics';
import pino from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startMetrics } from './metrics.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Metrics on a Kafka that answers after `delayMs`, and what has arrived there about partitions and jobs. */
async function metricsOn(delayMs = 10) {
  const arrived: string[] = [];
  const producer = {
    send: async (messages: readonly KafkaMessage[]) => {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      for (const { value } of messages) {
        const beat = Heartbeat.parse(JSON.parse(String(value)));
        if (!beat.component.startsWith('service/')) arrived.push(`${beat.component} ${beat.fault ?? beat.state}`);
      }
      return [];
    },
    close: async () => undefined,
  } satisfies KafkaProducer;
  const kafka = { producer: async () => producer } as unknown as KafkaDriver;
  const metrics = await startMetrics({ service: 'test', instance: '1', kafka, logger: pino({ level: 'silent' }) });
  return { arrived, metrics };
}

test('a component says its fault with its first beat, with each further one, and when it changes at once', async () => {
  const { arrived, metrics } = await metricsOn();
  const job = metrics.component('job/p/a', 'p', 'broken');
  await vi.advanceTimersByTimeAsync(2_100);
  expect(arrived).toEqual(['job/p/a broken', 'job/p/a broken']);
  job.fault(undefined);
  job.fault(undefined);
  await vi.advanceTimersByTimeAsync(100);
  job.fault('broken again');
  void job.stop();
  await vi.advanceTimersByTimeAsync(100);
  expect(arrived.slice(2)).toEqual(['job/p/a running', 'job/p/a broken again', 'job/p/a stopping']);
});

test('no beat arrives after the word that a component stops, however slow Kafka is', async () => {
  const { arrived, metrics } = await metricsOn(900);
  const job = metrics.component('job/p/a', 'p', 'broken');
  await vi.advanceTimersByTimeAsync(2_050);
  job.fault(undefined);
  void job.stop();
  job.fault('too late');
  void job.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(arrived).toEqual(['job/p/a broken', 'job/p/a broken', 'job/p/a running', 'job/p/a stopping']);
});

test('who leaves says nothing, and the end of the process says nothing for it', async () => {
  const { arrived, metrics } = await metricsOn();
  const left = metrics.component('partition/x/p/0', 'p', 'broken');
  metrics.component('job/p/a', 'p');
  await vi.advanceTimersByTimeAsync(100);
  left.leave();
  const closed = metrics.close();
  await vi.advanceTimersByTimeAsync(100);
  await closed;
  expect(arrived).toEqual(['partition/x/p/0 broken', 'job/p/a running', 'job/p/a stopping']);
});
