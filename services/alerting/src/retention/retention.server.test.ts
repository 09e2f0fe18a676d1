import { alertOfDecision } from '@hermes/alerts/decision-alert';
import { callsOfDecision } from '@hermes/alerts/decision-calls';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { AlertingConfig } from '../config.ts';
import { raiseAlerts } from '../alerts/raise.repository.ts';
import { addCalls } from '../calls/calls.repository.ts';
import { sampleDecision } from '../testing/sample-decision.ts';
import { type TestDatabase, makeDatabase, uniqueName } from '../testing/test-database.ts';
import { eventually } from '../testing/test-receiver.ts';
import { WebhooksService } from '../webhooks/webhooks.service.ts';
import { removeEnded } from './retention.repository.ts';
import { startRetention } from './retention.ts';

const logger = pino({ level: 'silent' });
let database: TestDatabase;
let project: string;

beforeAll(async () => {
  database = await makeDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  project = uniqueName();
  await new WebhooksService(database.db, true).create(project, {
    url: 'http://127.0.0.1:9/',
    minimumSeverity: 'info',
    alerts: true,
  });
});

interface Past {
  readonly kind?: 'decision' | 'heartbeat';
  /** Days since the alert ended; without it, it fires. */
  readonly endedDays?: number;
  readonly notification: 'pending' | 'delivered' | 'failed';
}

/** Raises an alert that began 100 days ago, with a notification that ended 100 days ago or is pending; answers its id. */
async function past({ kind = 'decision', endedDays, notification }: Past): Promise<string> {
  const raised = alertOfDecision(sampleDecision(project, uniqueName()), new Date().toISOString())!;
  await raiseAlerts(database.db, [raised]);
  const { id } = raised.alert;
  await database.db.query(
    `UPDATE alerting.alert SET kind = $2, started_at = now() - interval '100 days',
       status = CASE WHEN $3::int IS NULL THEN 'firing' ELSE 'resolved' END, resolved_at = now() - $3::int * interval '1 day'
     WHERE id = $1`,
    [id, kind, endedDays ?? null],
  );
  await database.db.query(
    `UPDATE alerting.notification SET status = $2,
       finished_at = CASE WHEN $2 = 'pending' THEN NULL ELSE now() - interval '100 days' END WHERE alert_id = $1`,
    [id, notification],
  );
  await database.db.query(
    `INSERT INTO alerting.attempt (notification_id, number, at, duration_ms)
     SELECT id, 1, now() - interval '100 days', 5 FROM alerting.notification WHERE alert_id = $1`,
    [id],
  );
  return id;
}

const idsOf = async (text: string): Promise<readonly string[]> =>
  (await database.db.query<{ id: string }>(text, [project])).rows.map(({ id }) => id).sort();
const alerts = () => idsOf('SELECT id FROM alerting.alert WHERE project = $1');
const told = () => idsOf('SELECT alert_id AS id FROM alerting.notification WHERE project = $1');
const tried = () =>
  idsOf(
    `SELECT n.alert_id AS id FROM alerting.attempt t JOIN alerting.notification n ON n.id = t.notification_id WHERE n.project = $1`,
  );

test('alerts that ended before the limit go with their notifications and attempts; what fires or is pending stays', async () => {
  const gone = [
    await past({ endedDays: 91, notification: 'delivered' }),
    await past({ endedDays: 91, notification: 'failed' }),
    await past({ kind: 'heartbeat', endedDays: 91, notification: 'delivered' }),
  ];
  const young = await past({ endedDays: 89, notification: 'pending' });
  const owed = await past({ endedDays: 91, notification: 'pending' });
  const firing = await past({ notification: 'delivered' });
  const silent = await past({ kind: 'heartbeat', notification: 'delivered' });
  expect(await removeEnded(database.db, 90, 100)).toMatchObject({ alerts: 3, notifications: 1 });
  expect(await alerts()).toEqual([young, owed, firing, silent].sort());
  expect(await alerts()).not.toEqual(expect.arrayContaining(gone));
  // A platform alert's end is told to whoever was told of its beginning.
  expect(await told()).toEqual([young, owed, silent].sort());
  expect(await tried()).toEqual(await told());
});

test('a decision that is read again within the limit raises nothing, though its alert has ended', async () => {
  const raised = alertOfDecision(sampleDecision(project, uniqueName()), new Date().toISOString())!;
  await raiseAlerts(database.db, [raised]);
  await database.db.query(
    `UPDATE alerting.alert SET status = 'resolved', resolved_at = now() - interval '89 days' WHERE id = $1`,
    [raised.alert.id],
  );
  await removeEnded(database.db, 90, 100);
  expect((await raiseAlerts(database.db, [raised])).alertIds).toEqual([]);
});

test('webhooks that rules called go when they ended long ago, and stay while they are owed', async () => {
  const [webhook] = await new WebhooksService(database.db, true).list(project);
  const decision = sampleDecision(project, uniqueName(), {
    actions: Array.from({ length: 3 }, () => ({ kind: 'webhook' as const, webhook: webhook!.id })),
  });
  const calls = callsOfDecision(decision, new Date().toISOString());
  await addCalls(database.db, calls);
  for (const [i, finished] of [91, 89].entries())
    await database.db.query(
      `UPDATE alerting.notification SET status = 'delivered', finished_at = now() - $2 * interval '1 day' WHERE id = $1`,
      [calls[i]!.id, finished],
    );
  await removeEnded(database.db, 90, 100);
  const left = await idsOf('SELECT id FROM alerting.notification WHERE project = $1');
  expect(left).toEqual([calls[1]!.id, calls[2]!.id].sort());
});

test('dead letters go when they are old', async () => {
  await database.db.query(
    `INSERT INTO alerting.dead_letter (topic, partition, record_offset, reason, at)
     VALUES ($1, 0, 1, 'old', now() - interval '91 days'), ($1, 0, 2, 'new', now())`,
    [project],
  );
  expect((await removeEnded(database.db, 90, 100)).deadLetters).toBe(1);
  expect(await idsOf('SELECT reason AS id FROM alerting.dead_letter WHERE topic = $1')).toEqual(['new']);
});

test('more than one batch goes in one sweep', async () => {
  for (let made = 0; made < 7; made++) await past({ endedDays: 91, notification: 'delivered' });
  const retention = startRetention({ db: database.db, logger }, { days: 90, batch: 3 });
  await eventually('all are gone', async () => (await alerts()).length === 0);
  await retention.close();
});

test('the setting cannot be shorter than Kafka may keep a decision, whose repeat its alert tells', () => {
  const config = { DATABASE_URL: 'postgres://x/y', REDIS_URL: 'redis://x' };
  expect(AlertingConfig.parse(config).ALERTING_ALERT_DAYS).toBe(90);
  expect(AlertingConfig.safeParse({ ...config, ALERTING_ALERT_DAYS: '13' }).success).toBe(false);
});
