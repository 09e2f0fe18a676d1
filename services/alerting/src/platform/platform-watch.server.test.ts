import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import type { Heartbeat } from '@hermes/contracts/metrics';
import pino from 'pino';
import { Counter, Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AlertFeed } from '../alerts/alert-feed.ts';
import { listAlerts } from '../alerts/alerts.repository.ts';
import { DeliveryQueue } from '../notifications/delivery-queue.ts';
import { type TestDatabase, environmentUrl, makeDatabase, uniqueName } from '../testing/test-database.ts';
import { eventually } from '../testing/test-receiver.ts';
import { PlatformWatch } from './platform-watch.ts';

const logger = pino({ level: 'silent' });
const topic = uniqueName();
let database: TestDatabase;
let kafka: KafkaDriver;
let producer: KafkaProducer;
let queue: DeliveryQueue;
const watches: PlatformWatch[] = [];
const beating = new Map<string, Partial<Heartbeat>>();
let heart: NodeJS.Timeout;

beforeAll(async () => {
  database = await makeDatabase();
  kafka = openKafka({ brokers: environmentUrl('KAFKA_BROKERS').split(','), clientId: 'watch-test' });
  const admin = await kafka.admin();
  await admin.ensureTopics([
    { name: topic, partitions: 1, cleanupPolicy: 'delete', retentionMs: 3_600_000, retentionBytes: -1 },
  ]);
  await admin.close();
  producer = await kafka.producer();
  queue = new DeliveryQueue({
    redisUrl: environmentUrl('REDIS_URL'),
    concurrency: 1,
    logger,
    prefix: topic,
    process: () => Promise.resolve(),
  });
  heart = setInterval(() => void beat([...beating]), 2_000);
});
afterAll(async () => {
  clearInterval(heart);
  await Promise.all(watches.map((watch) => watch.close()));
  await queue.closeAll();
  const admin = await kafka.admin();
  await admin.deleteTopics([topic]);
  await kafka.close();
  await database.drop();
});

function beat(components: readonly (readonly [string, Partial<Heartbeat>])[]): Promise<unknown> {
  return producer.send(
    components.map(([component, more]) => ({
      topic,
      partition: 0,
      key: component,
      value: JSON.stringify({
        component,
        service: 'test',
        state: 'running',
        at: new Date().toISOString(),
        intervalMs: 2_000,
        latencies: [],
        figures: {},
        ...more,
      } satisfies Heartbeat),
    })),
  );
}

function watch(): PlatformWatch {
  const alerts = new Counter({ name: 'alerts', help: 'x', labelNames: ['kind'], registers: [new Registry()] });
  const made = new PlatformWatch({
    db: database.db,
    queue,
    feed: new AlertFeed(database.db, logger),
    logger,
    alerts,
    kafka,
    topic,
  });
  watches.push(made);
  made.start();
  return made;
}

const alerts = async () =>
  (await listAlerts(database.db, 'hermes', { limit: 100 })).map((a) => `${a.subject} ${a.kind} ${a.status}`);

test('a job that dies raises one alert within 10 s, over a change of watchers, and one that ends properly raises none', async () => {
  beating
    .set('service/alerting/w', {})
    .set('job/p/a', {})
    .set('job/p/b', {})
    .set('job/p/slow', {
      latencies: [{ hop: 'x', count: 5, p50Ms: 1, p99Ms: 900, limitMs: 100 }],
    });
  const first = watch();
  const second = watch();
  await eventually('the slow one is reported at its third beat', async () => (await alerts()).length === 1);
  expect(await alerts()).toEqual(['job/p/slow latency firing']);

  beating.delete('job/p/b');
  await beat([['job/p/b', { state: 'stopping' }]]);
  beating.delete('job/p/a');
  const diedMs = Date.now();
  await eventually('the dead one is reported', async () => (await alerts()).includes('job/p/a heartbeat firing'));
  expect(Date.now() - diedMs).toBeLessThan(10_000);

  // Whoever holds the watch goes; the other goes on with the memory, and raises nothing twice.
  await Promise.all([first.close(), second.close()]);
  watch();
  beating.set('job/p/slow', {});
  await eventually('the slow one recovers', async () => (await alerts()).includes('job/p/slow latency resolved'));
  expect(await alerts()).toHaveLength(2);
  beating.set('job/p/a', {});
  await eventually('the dead one is back', async () => (await alerts()).includes('job/p/a heartbeat resolved'));
  expect(await alerts()).toEqual(['job/p/a heartbeat resolved', 'job/p/slow latency resolved']);
}, 60_000);

test('a partition that says it stopped raises an alert at once, which ends when another process runs it again', async () => {
  watch();
  const subject = 'partition/ingest/p/3';
  const ofIt = async () =>
    (await listAlerts(database.db, 'hermes', { limit: 100 })).filter((a) => a.subject === subject);
  beating.set('service/alerting/w', {});
  beating.set(subject, { fault: 'Kafka no longer has offset 7' });
  const stoppedMs = Date.now();
  await eventually('the fault is reported', async () => (await ofIt()).length === 1);
  expect(Date.now() - stoppedMs).toBeLessThan(10_000);
  expect(await ofIt()).toMatchObject([
    {
      status: 'firing',
      title: `${subject} does not work`,
      detail: 'Kafka no longer has offset 7',
      severity: 'critical',
    },
  ]);
  beating.delete(subject);
  await beat([
    [subject, {}],
    [subject, { state: 'stopping' }],
  ]);
  await eventually('it is taken back', async () => (await ofIt())[0]?.status === 'resolved');
  expect(await ofIt()).toMatchObject([{ detail: expect.stringMatching(/works again after/) as string }]);
}, 60_000);
