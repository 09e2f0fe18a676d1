import { alertOfDecision } from '@hermes/alerts/decision-alert';
import { openRedis } from '@hermes/connectors/redis/client';
import pino from 'pino';
import { Counter, Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { notificationsOf } from '../alerts/alerts.repository.ts';
import { raiseAlerts } from '../alerts/raise.repository.ts';
import { sampleDecision } from '../testing/sample-decision.ts';
import { type TestDatabase, environmentUrl, makeDatabase, uniqueName } from '../testing/test-database.ts';
import { type Answer, TestReceiver, eventually } from '../testing/test-receiver.ts';
import { WebhooksService } from '../webhooks/webhooks.service.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { deliver } from './delivery.service.ts';
import { takeOverdue } from './notifications.repository.ts';
import { startSweeper } from './sweeper.ts';
import { WebhookSender } from './webhook-sender.ts';

const logger = pino({ level: 'silent' });
const verdicts = new Counter({ name: 'verdicts', help: 'x', labelNames: ['verdict'], registers: [new Registry()] });
let database: TestDatabase;
let prefix: string;
let project: string;
let queue: DeliveryQueue;
let sender: WebhookSender;
const receivers: TestReceiver[] = [];

beforeAll(async () => {
  database = await makeDatabase();
});
afterAll(() => database.drop());

beforeEach(() => {
  prefix = uniqueName();
  project = uniqueName();
  sender = new WebhookSender({ timeoutMs: 400, arePrivateAddressesAllowed: true, connections: 8 });
  queue = openQueue();
  queue.open(project);
});
afterEach(async () => {
  await queue.closeAll();
  await sender.close();
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
  await loseValkey();
});

function openQueue(): DeliveryQueue {
  const deps = { db: database.db, sender, logger, verdicts, sentLatency: { record: () => undefined } };
  return new DeliveryQueue({
    redisUrl: environmentUrl('REDIS_URL'),
    concurrency: 8,
    logger,
    prefix,
    process: (id) => deliver(id, deps),
  });
}

async function loseValkey(): Promise<void> {
  const redis = openRedis(environmentUrl('REDIS_URL'));
  const keys = await redis.keys(`{${prefix}:*`);
  if (keys.length > 0) await redis.del(...keys);
  redis.disconnect();
}

async function receive(answers: readonly Answer[] = [], minimumSeverity: 'info' | 'critical' = 'info') {
  const receiver = await TestReceiver.open(answers);
  receivers.push(receiver);
  const webhook = await new WebhooksService(database.db, true).create(project, {
    url: receiver.url,
    minimumSeverity,
    alerts: true,
  });
  return { receiver, webhook };
}

async function raiseOne(id = uniqueName()) {
  const raised = alertOfDecision(sampleDecision(project, id), new Date().toISOString());
  if (raised === undefined) throw new Error('the sample raises an alert');
  return { raised, made: await raiseAlerts(database.db, [raised]) };
}

const view = async (alertId: string) => (await notificationsOf(database.db, alertId))[0];
const ended = (alertId: string) =>
  eventually('the notification ends', async () => (await view(alertId))?.status !== 'pending');

test('a notification arrives once, signed, with the way of its decision', async () => {
  const { receiver, webhook } = await receive();
  const { raised, made } = await raiseOne();
  await queue.add(made.notifications);
  await ended(raised.alert.id);
  expect(receiver.keys).toEqual([`${raised.alert.id}.${webhook.id}.firing`]);
  expect(receiver.isSignedWith(webhook.secret)).toBe(true);
  expect(receiver.body(0)).toMatchObject({ alert: raised.alert, timings: raised.timings });
  expect(await view(raised.alert.id)).toMatchObject({
    status: 'delivered',
    lastError: null,
    attempts: [{ number: 1, httpStatus: 200 }],
  });
});

test('adding it many times, before and after, sends it once', async () => {
  const { receiver } = await receive();
  const { raised, made } = await raiseOne();
  await Promise.all([queue.add(made.notifications), queue.add(made.notifications), queue.add(made.notifications)]);
  await ended(raised.alert.id);
  await queue.add(made.notifications);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(receiver.received).toHaveLength(1);
});

test('500, silence, then 200: the same key each time, and every attempt is on record', async () => {
  const { receiver, webhook } = await receive([500, 'silence']);
  const { raised, made } = await raiseOne();
  await queue.add(made.notifications);
  await ended(raised.alert.id);
  expect(new Set(receiver.keys).size).toBe(1);
  expect(receiver.isSignedWith(webhook.secret)).toBe(true);
  const notification = await view(raised.alert.id);
  expect(notification?.status).toBe('delivered');
  expect(notification?.attempts.map((a) => [a.number, a.httpStatus, a.error])).toEqual([
    [1, 500, 'HTTP 500'],
    [2, null, 'no answer within 400 ms'],
    [3, 200, null],
  ]);
  const [first, second, third] = receiver.received.map((r) => r.atMs);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(490);
  expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(990);
});

test.each<[string, Answer, RegExp]>([
  ['404', 404, /HTTP 404/],
  [
    'a redirect, which is not followed',
    { status: 302, headers: { location: '/elsewhere' } },
    /redirects are not followed/,
  ],
])('%s is final and visible', async (_, answer, reason) => {
  const { receiver } = await receive([answer]);
  const { raised, made } = await raiseOne();
  await queue.add(made.notifications);
  await ended(raised.alert.id);
  const notification = await view(raised.alert.id);
  expect(notification?.status).toBe('failed');
  expect(notification?.lastError).toMatch(reason);
  expect(receiver.received).toHaveLength(1);
});

test('a receiver that is not there is tried again', async () => {
  const { receiver } = await receive();
  await receiver.close();
  const { raised, made } = await raiseOne();
  await queue.add(made.notifications);
  await eventually('an attempt is on record', async () => (await view(raised.alert.id))?.attempts.length === 1);
  expect(await view(raised.alert.id)).toMatchObject({ status: 'pending', attempts: [{ number: 1, httpStatus: null }] });
});

test('only receivers that ask for the severity are told; a deleted one is not', async () => {
  const { receiver: all } = await receive();
  const { receiver: criticalOnly } = await receive([], 'critical');
  const { receiver: gone, webhook } = await receive();
  await new WebhooksService(database.db, true).remove(project, webhook.id);
  const { raised, made } = await raiseOne();
  await queue.add(made.notifications);
  await ended(raised.alert.id);
  expect([all, criticalOnly, gone].map((r) => r.received.length)).toEqual([1, 0, 0]);
});

test('what was never added is swept into the queue', async () => {
  const { receiver } = await receive();
  const { raised } = await raiseOne();
  const sweeper = startSweeper({ db: database.db, queue, logger }, { everyMs: 50, lateMs: 100 });
  await ended(raised.alert.id);
  await sweeper.close();
  expect(receiver.received).toHaveLength(1);
});

test('a Valkey that lost everything loses no notification', async () => {
  const { receiver } = await receive([500]);
  const { raised, made } = await raiseOne();
  await queue.add(made.notifications);
  await eventually('the first attempt fails', async () => (await view(raised.alert.id))?.attempts.length === 1);
  await queue.closeAll();
  await loseValkey();
  queue = openQueue();
  queue.open(project);
  const sweeper = startSweeper({ db: database.db, queue, logger }, { everyMs: 50, lateMs: 100 });
  await ended(raised.alert.id);
  await sweeper.close();
  expect(new Set(receiver.keys).size).toBe(1);
  expect(receiver.received).toHaveLength(2);
});

test('the many overdue notifications of one project keep no other project waiting', async () => {
  await sender.close();
  sender = new WebhookSender({ timeoutMs: 2_500, arePrivateAddressesAllowed: true, connections: 8 });
  await queue.closeAll();
  queue = openQueue();
  queue.open(project);
  const { receiver: hanging } = await receive(Array.from({ length: 600 }, () => 'silence' as const));
  const crowd = Array.from({ length: 600 }, () =>
    alertOfDecision(sampleDecision(project, uniqueName()), new Date().toISOString()),
  ).filter((raised) => raised !== undefined);
  await raiseAlerts(database.db, crowd);
  const crowded = project;
  await database.db.query(`UPDATE alerting.notification SET due_at = now() - interval '1 hour' WHERE project = $1`, [
    crowded,
  ]);
  project = uniqueName();
  queue.open(project);
  const { receiver: quick } = await receive();
  const { raised } = await raiseOne();
  const sweeper = startSweeper({ db: database.db, queue, logger }, { everyMs: 50, lateMs: 100 });
  await ended(raised.alert.id);
  await sweeper.close();
  expect(quick.received).toHaveLength(1);
  expect(hanging.received.length).toBeGreaterThan(0);
  // What hangs must not outlive the test.
  await database.db.query(`UPDATE alerting.notification SET status = 'failed' WHERE project = $1`, [crowded]);
});

test('the sweeper comes round to every overdue notification of a project, the longest due first', async () => {
  await receive();
  const { made: first } = await raiseOne();
  const { made: second } = await raiseOne();
  const { made: third } = await raiseOne();
  const overdueBy = (minutes: number, ids: readonly { readonly id: string }[]) =>
    database.db.query(
      `UPDATE alerting.notification SET due_at = now() - $1 * interval '1 minute' WHERE id = ANY($2::text[])`,
      [minutes, ids.map(({ id }) => id)],
    );
  const all = [...first.notifications, ...second.notifications, ...third.notifications];
  await overdueBy(20, all);
  await overdueBy(10, third.notifications);
  const take = async () =>
    (await takeOverdue(database.db, [project, uniqueName()], 300_000, 2)).map(({ id }) => id).sort();
  expect(await take()).toEqual([...first.notifications, ...second.notifications].map(({ id }) => id).sort());
  expect(await take()).toEqual(third.notifications.map(({ id }) => id));
  expect(await take()).toEqual([]);
  await overdueBy(10, all);
  expect(await take()).toHaveLength(2);
});

test('the sweeper leaves alone what waits for its next attempt', async () => {
  const { receiver } = await receive([{ status: 503, headers: { 'retry-after': '60' } }]);
  const { raised, made } = await raiseOne();
  await queue.add(made.notifications);
  await eventually('the first attempt fails', async () => (await view(raised.alert.id))?.attempts.length === 1);
  const sweeper = startSweeper({ db: database.db, queue, logger }, { everyMs: 20, lateMs: 20 });
  await new Promise((resolve) => setTimeout(resolve, 400));
  await sweeper.close();
  expect(receiver.received).toHaveLength(1);
});

test('one slow project holds up no other', async () => {
  await sender.close();
  sender = new WebhookSender({ timeoutMs: 2_500, arePrivateAddressesAllowed: true, connections: 8 });
  await queue.closeAll();
  queue = openQueue();
  queue.open(project);
  const { receiver: slow } = await receive(Array.from({ length: 20 }, () => 'silence' as const));
  for (let i = 0; i < 20; i++) await queue.add((await raiseOne()).made.notifications);
  project = uniqueName();
  queue.open(project);
  const { receiver: quick } = await receive();
  const { raised, made } = await raiseOne();
  await queue.add(made.notifications);
  await ended(raised.alert.id);
  expect(quick.received).toHaveLength(1);
  // All eight places of the slow project are taken, and the rest of its webhooks wait.
  expect(slow.received.length).toBeLessThanOrEqual(8);
});

test('whoever reads an alert does not learn the secrets in a receiver URL', async () => {
  const { receiver } = await receive();
  const { raised } = await raiseOne();
  expect((await view(raised.alert.id))?.url).toBe(new URL(receiver.url).origin);
});

test('a private address is refused for good where the settings say so', async () => {
  await sender.close();
  sender = new WebhookSender({ timeoutMs: 400, arePrivateAddressesAllowed: false, connections: 8 });
  await queue.closeAll();
  queue = openQueue();
  queue.open(project);
  const { receiver } = await receive();
  const { raised, made } = await raiseOne();
  await queue.add(made.notifications);
  await ended(raised.alert.id);
  expect(await view(raised.alert.id)).toMatchObject({
    status: 'failed',
    lastError: 'the address 127.0.0.1 is private',
  });
  expect(receiver.received).toHaveLength(0);
});
