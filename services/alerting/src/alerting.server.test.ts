import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { Alert } from '@hermes/contracts/alert';
import type { AlertList } from '@hermes/contracts/alert-api';
import { decisionsTopic } from '@hermes/contracts/topics';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AlertDetail } from './alerts/alerts.service.ts';
import {
  type ServiceProcess,
  type TestProject,
  brokers,
  buildService,
  makeProject,
  startService,
} from './testing/service-process.ts';
import { sampleDecision } from './testing/sample-decision.ts';
import { type TestDatabase, makeDatabase, uniqueName } from './testing/test-database.ts';
import { TestReceiver, eventually } from './testing/test-receiver.ts';
import type { WebhookWithSecret } from './webhooks/webhooks.service.ts';

let kafka: KafkaDriver;
let producer: KafkaProducer;
let database: TestDatabase;
let project: TestProject;
let service: ServiceProcess;
let editor: string;

beforeAll(async () => {
  buildService();
  kafka = openKafka({ brokers: brokers(), clientId: 'alerting-test' });
  producer = await kafka.producer();
  database = await makeDatabase();
  project = await makeProject(kafka);
  editor = await project.token('editor');
  service = await start();
});
afterAll(async () => {
  await service.kill('SIGTERM');
  await project.remove();
  await kafka.close();
  await database.drop();
});

const start = (environment: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> =>
  startService({ DATABASE_URL: database.url, ...environment });

async function call(credential: string | undefined, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${service.url}/v1/${path}`, {
    ...init,
    headers: {
      ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
  });
}
const ask = async <T>(credential: string, path: string): Promise<T> =>
  (await (await call(credential, path)).json()) as T;
const alertsPath = (): string => `projects/${project.id}/alerts`;

async function decide(ids: readonly string[]): Promise<void> {
  await producer.send(
    ids.map((id) => ({
      topic: decisionsTopic(project.id),
      key: `deal:${id}`,
      value: JSON.stringify(sampleDecision(project.id, id)),
    })),
  );
}
const decisionIds = (count: number): string[] => Array.from({ length: count }, () => uniqueName('d'));

async function addWebhook(receiver: TestReceiver): Promise<WebhookWithSecret> {
  const answer = await call(editor, `projects/${project.id}/webhooks`, {
    method: 'POST',
    body: JSON.stringify({ url: receiver.url }),
  });
  expect(answer.status).toBe(201);
  return (await answer.json()) as WebhookWithSecret;
}

test('a decision becomes an alert in the inbox and a signed webhook, once, however often it is read', async () => {
  const receiver = await TestReceiver.open([500]);
  const webhook = await addWebhook(receiver);
  expect(webhook.secret).toMatch(/^whsec_/);
  const [id = ''] = decisionIds(1);
  await decide([id, id]);
  await decide([id]);
  await eventually('the webhook was tried twice', () => receiver.received.length === 2);
  const list = await ask<AlertList>(project.key, alertsPath());
  const alert = list.alerts.find(({ decisionId }) => decisionId === id);
  expect(list.alerts.filter(({ decisionId }) => decisionId === id)).toHaveLength(1);
  expect(new Set(receiver.keys)).toEqual(new Set([`${alert?.id ?? ''}.${webhook.id}.firing`]));
  expect(receiver.isSignedWith(webhook.secret)).toBe(true);
  await eventually('delivered', async () => {
    const detail = await ask<AlertDetail>(project.key, `${alertsPath()}/${alert?.id ?? ''}`);
    return detail.notifications[0]?.status === 'delivered' && detail.notifications[0].attempts.length === 2;
  });
  expect((await call(editor, `projects/${project.id}/webhooks/${webhook.id}`, { method: 'DELETE' })).status).toBe(204);
  await receiver.close();
});

test('pages of the inbox hold every alert once, newest first', async () => {
  const ids = decisionIds(7);
  await decide(ids);
  const all = async (): Promise<Alert[]> => {
    const alerts: Alert[] = [];
    for (let next: string | null = ''; next !== null;) {
      const page: AlertList = await ask(project.key, `${alertsPath()}?limit=3${next === '' ? '' : `&before=${next}`}`);
      alerts.push(...page.alerts);
      next = page.next;
    }
    return alerts;
  };
  await eventually(
    'all are there',
    async () => (await all()).filter((a) => ids.includes(a.decisionId ?? '')).length === 7,
  );
  const alerts = await all();
  expect(new Set(alerts.map((a) => a.id)).size).toBe(alerts.length);
  alerts.forEach((alert) => expect(Alert.parse(alert)).toEqual(alert));
});

test("acknowledging ends a decision's alert, names the person, and shows on the stream", async () => {
  const abort = new AbortController();
  const stream = await call(project.key, `${alertsPath()}/stream`, { signal: abort.signal });
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  let text = '';
  const reading = (async () => {
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const chunk = await reader?.read().catch(() => undefined);
      if (chunk?.value === undefined) return;
      text += chunk.value;
    }
  })();
  const [id = ''] = decisionIds(1);
  await decide([id]);
  await eventually('the stream shows the alert', () => text.includes(`"decisionId":"${id}"`));
  const firing = await ask<AlertList>(project.key, `${alertsPath()}?status=firing`);
  const alert = firing.alerts.find(({ decisionId }) => decisionId === id);
  const answer = await call(editor, `${alertsPath()}/${alert?.id ?? ''}/acknowledge`, { method: 'POST' });
  expect(await answer.json()).toMatchObject({ status: 'resolved', acknowledgedBy: 'editor@example.org' });
  await eventually('the stream shows its end', () => text.includes('"acknowledgedBy":"editor@example.org"'));
  abort.abort();
  await reading;
});

test('a record that is no decision is kept with its reason and holds up nothing', async () => {
  const [id = ''] = decisionIds(1);
  const topic = decisionsTopic(project.id);
  await producer.send([
    { topic, partition: 0, key: 'x', value: 'not json' },
    { topic, partition: 0, key: 'x', value: JSON.stringify(sampleDecision('another', 'x')) },
    {
      topic,
      partition: 0,
      key: 'x',
      value: JSON.stringify(sampleDecision(project.id, id, { ruleName: 'NUL \u0000' })),
    },
  ]);
  await eventually('the good one behind it is raised', async () => {
    const { alerts } = await ask<AlertList>(project.key, alertsPath());
    return alerts.some(({ decisionId }) => decisionId === id);
  });
  const { rows } = await database.db.query<{ reason: string }>(
    'SELECT reason FROM alerting.dead_letter ORDER BY record_offset',
  );
  expect(rows.map(({ reason }) => reason.slice(0, 20))).toEqual([
    expect.stringMatching(/^not JSON/),
    'a decision of projec',
  ]);
});

describe('who may do what', () => {
  test.each<[string, () => Promise<string | undefined>, string, string, number]>([
    ['nobody reads without a credential', () => Promise.resolve(undefined), 'GET', 'alerts', 401],
    ['a key without the scope does not read', () => Promise.resolve(project.otherKey), 'GET', 'alerts', 403],
    ['a viewer reads', () => project.token('viewer'), 'GET', 'alerts', 200],
    ['a stranger does not read', () => project.token('stranger'), 'GET', 'alerts', 403],
    ['a key does not see receivers', () => Promise.resolve(project.key), 'GET', 'webhooks', 403],
    ['a viewer does not see receivers', () => project.token('viewer'), 'GET', 'webhooks', 403],
    ['an alert that is not there is not found', () => project.token('viewer'), 'GET', 'alerts/a-none', 404],
    ['a viewer does not acknowledge', () => project.token('viewer'), 'POST', 'alerts/a-none/acknowledge', 403],
    ['a nonsense limit is refused', () => project.token('viewer'), 'GET', 'alerts?limit=0', 400],
  ])('%s', async (_, credential, method, path, status) => {
    expect((await call(await credential(), `projects/${project.id}/${path}`, { method })).status).toBe(status);
  });

  test("the platform's alerts are for operators", async () => {
    expect((await call(editor, 'platform/alerts')).status).toBe(403);
    expect((await call(await project.token('operator'), 'platform/alerts')).status).toBe(200);
  });

  test.each(['ftp://example.org/', 'http://user:secret@example.org/', 'nonsense'])('%s is no receiver', async (url) => {
    const answer = await call(editor, `projects/${project.id}/webhooks`, {
      method: 'POST',
      body: JSON.stringify({ url }),
    });
    expect(answer.status).toBe(400);
  });
});

describe('kill -9', () => {
  test.each(['after-commit', 'after-add'])(
    '%s loses no webhook and doubles none',
    async (point) => {
      const receiver = await TestReceiver.open();
      const webhook = await addWebhook(receiver);
      await service.kill('SIGKILL');
      service = await start({ HERMES_ALERTING_FAULT: point });
      const ids = decisionIds(30);
      await decide(ids);
      expect(await service.ended).toBe('SIGKILL');
      service = await start();
      await eventually('every webhook arrived', () => new Set(receiver.keys).size === ids.length, 40_000);
      const { rows } = await database.db.query<{ alerts: number; notifications: number }>(
        `SELECT count(DISTINCT a.id)::int AS alerts, count(n.id)::int AS notifications FROM alerting.alert a
       LEFT JOIN alerting.notification n ON n.alert_id = a.id AND n.webhook_id = $2 WHERE a.decision_id = ANY($1)`,
        [ids, webhook.id],
      );
      expect(rows[0]).toEqual({ alerts: 30, notifications: 30 });
      await eventually('all are marked as delivered', async () => {
        const open = await database.db.query(
          `SELECT 1 FROM alerting.notification WHERE webhook_id = $1 AND status <> 'delivered'`,
          [webhook.id],
        );
        return open.rowCount === 0;
      });
      expect(receiver.received.length - ids.length).toBeLessThanOrEqual(32);
      await call(editor, `projects/${project.id}/webhooks/${webhook.id}`, { method: 'DELETE' });
      await receiver.close();
    },
    90_000,
  );
});
