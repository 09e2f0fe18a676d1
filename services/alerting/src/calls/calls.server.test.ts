/** Guards: a webhook that a rule calls is called at least once, always under one key, and its attempts are on record. */
import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import type { Decision } from '@hermes/contracts/decision';
import { decisionsTopic } from '@hermes/contracts/topics';
import { WebhookCallBody } from '@hermes/contracts/webhook-call';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleDecision } from '../testing/sample-decision.ts';
import {
  brokers,
  buildService,
  makeProject,
  type ServiceProcess,
  startService,
  type TestProject,
} from '../testing/service-process.ts';
import { makeDatabase, type TestDatabase, uniqueName } from '../testing/test-database.ts';
import { eventually, TestReceiver } from '../testing/test-receiver.ts';
import type { WebhookWithSecret } from '../webhooks/webhooks.service.ts';
import type { CallView } from './calls.repository.ts';

let kafka: KafkaDriver;
let producer: KafkaProducer;
let database: TestDatabase;
let project: TestProject;
let service: ServiceProcess;

const start = (environment: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> =>
  startService({ DATABASE_URL: database.url, ...environment });

beforeAll(async () => {
  buildService();
  kafka = openKafka({ brokers: brokers(), clientId: 'calls-test' });
  producer = await kafka.producer();
  database = await makeDatabase();
  project = await makeProject(kafka);
  service = await start();
});
afterAll(async () => {
  await service.kill('SIGTERM');
  await project.remove();
  await kafka.close();
  await database.drop();
});

async function call<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${service.url}/v1/projects/${project.id}/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${await project.token('editor')}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as T;
}
const addWebhook = (receiver: TestReceiver): Promise<WebhookWithSecret> =>
  call('webhooks', { url: receiver.url, alerts: false });
const callsOf = async (decisionId: string): Promise<readonly CallView[]> =>
  (await call<{ calls: CallView[] }>(`webhook-calls?decisionId=${decisionId}`)).calls;

/** What is kept of what was to be sent. */
async function keptOf(decisionId: string): Promise<readonly string[]> {
  const text = 'SELECT content FROM alerting.notification WHERE decision_id = $1';
  return (await database.db.query<{ content: string }>(text, [decisionId])).rows.map(({ content }) => content);
}

async function decide(id: string, change: Partial<Decision>): Promise<void> {
  const value = JSON.stringify(sampleDecision(project.id, id, change));
  await producer.send([{ topic: decisionsTopic(project.id), key: `deal:${id}`, value }]);
}

test('it is called under one key through a refusal, kill -9, and decisions that are read again', async () => {
  const receiver = await TestReceiver.open([503]);
  const webhook = await addWebhook(receiver);
  const id = uniqueName('d');
  const actions: Decision['actions'] = [
    { kind: 'emit-event', type: 'deal.flagged', subject: 'broker:b-1', depth: 1, data: {} },
    { kind: 'webhook', webhook: webhook.id, data: { price: 9 } },
  ];
  await service.kill('SIGKILL');
  service = await start({ HERMES_ALERTING_FAULT: 'after-commit' });
  await decide(id, { actions, alert: false });
  // Written, and not in the queue.
  expect(await service.ended).toBe('SIGKILL');
  service = await start();
  await decide(id, { actions, alert: false });
  await eventually('it was tried', () => receiver.received.length > 0);
  await service.kill('SIGKILL');
  service = await start();
  await eventually('it is delivered', async () => (await callsOf(id))[0]?.status === 'delivered', 40_000);
  const calls = await callsOf(id);
  expect(calls).toMatchObject([{ moment: 'action', webhookId: webhook.id, decisionId: id, lastError: null }]);
  expect(calls[0]!.attempts.map(({ httpStatus }) => httpStatus)).toContain(200);
  // Nothing of its event any more.
  expect(await keptOf(id)).toEqual(['{}']);
  expect(new Set(receiver.keys)).toEqual(new Set([calls[0]!.id]));
  expect(receiver.isSignedWith(webhook.secret)).toBe(true);
  expect(WebhookCallBody.parse(JSON.parse(receiver.received[0]!.body))).toMatchObject({
    notificationId: calls[0]!.id,
    call: { decisionId: id, action: 1, ruleId: 'big-deal', data: { price: 9 } },
  });
  await receiver.close();
}, 120_000);

test('a decision that is held calls nothing and raises nothing, and does both once when it is released', async () => {
  const receiver = await TestReceiver.open();
  const webhook = await addWebhook(receiver);
  const id = uniqueName('d');
  const actions: Decision['actions'] = [{ kind: 'hold' }, { kind: 'webhook', webhook: webhook.id }];
  const released = { by: 'owner@example.org', at: new Date().toISOString() };
  await decide(id, { actions, held: true });
  await decide('after', {});
  const alerted = async (decisionId: string): Promise<number> => {
    const { alerts } = await call<{ alerts: { decisionId: string }[] }>('alerts?limit=500');
    return alerts.filter((alert) => alert.decisionId === decisionId).length;
  };
  await eventually('the next one has raised its alert', async () => (await alerted('after')) === 1);
  expect([await alerted(id), await callsOf(id)]).toEqual([0, []]);
  await decide(id, { actions, released });
  await decide(id, { actions, released });
  await eventually('it is called', () => receiver.received.length > 0);
  expect(await alerted(id)).toBe(1);
  expect(WebhookCallBody.parse(JSON.parse(receiver.received[0]!.body)).call.released).toEqual(released);
  await eventually('it is delivered', async () => (await callsOf(id))[0]?.status === 'delivered');
  expect(receiver.received).toHaveLength(1);
  await receiver.close();
});

test('a webhook that the project does not have has failed, and says so', async () => {
  const id = uniqueName('d');
  await decide(id, { actions: [{ kind: 'webhook', webhook: 'w-of-nobody' }], alert: false });
  await eventually('it is on record', async () => (await callsOf(id)).length === 1);
  expect(await callsOf(id)).toMatchObject([
    { status: 'failed', webhookId: null, url: null, lastError: 'the project has no webhook w-of-nobody', attempts: [] },
  ]);
  expect(await keptOf(id)).toEqual(['{}']);
});

test('calls are told newest first, page after page', async () => {
  const ids = Array.from({ length: 5 }, () => uniqueName('d'));
  for (const id of ids) await decide(id, { actions: [{ kind: 'webhook', webhook: 'w-none' }], alert: false });
  await eventually('all are there', async () =>
    (await Promise.all(ids.map(callsOf))).every((calls) => calls.length === 1),
  );
  const seen: CallView[] = [];
  for (let next: string | null = ''; next !== null;) {
    const page: { calls: CallView[]; next: string | null } = await call(
      `webhook-calls?limit=2&status=failed${next === '' ? '' : `&before=${next}`}`,
    );
    seen.push(...page.calls);
    next = page.next;
  }
  expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
  expect(seen.map(({ createdAt }) => createdAt)).toEqual(
    seen
      .map(({ createdAt }) => createdAt)
      .sort()
      .reverse(),
  );
  for (const id of ids) expect(seen.map(({ decisionId }) => decisionId)).toContain(id);
});
