/** Guards, on the real servers: whether a webhook is registered is asked of alerting when a rule is saved; alerting away keeps nobody from saving. */
import {
  buildService,
  eventually,
  type ServiceProcess,
  startService,
} from '@hermes/service-kit/testing/service-process';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';
import { freePort } from '@hermes/service-kit/free-port';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RulesRoom, ruleOver } from '../testing/rules-room.ts';

const ALERTING = new URL('../../../alerting/', import.meta.url);

let room: RulesRoom;
let database: TestDatabase;
let alerting: ServiceProcess;
const port = await freePort();

beforeAll(async () => {
  buildService(ALERTING);
  database = await makeTestDatabase();
  room = await RulesRoom.open(1, { ALERTING_URL: `http://127.0.0.1:${String(port)}` });
  alerting = await startService(ALERTING, { DATABASE_URL: database.url, PORT: String(port) });
}, 120_000);
afterAll(async () => {
  await room.close();
  await database.drop();
});

const calling = (webhook: string) => ruleOver(100, { actions: [{ kind: 'webhook', webhook }] });

/** Other doubts are that there is no catalogue. */
const ofWebhooks = (body: Readonly<Record<string, unknown>>): readonly unknown[] =>
  (body['warnings'] as readonly { readonly code: string }[]).filter(({ code }) => code.includes('webhook'));

test('one that is registered is taken, another is refused with what was meant', async () => {
  const made = await eventually('alerting knows the project', async () => {
    const response = await fetch(`${alerting.url}/v1/projects/${room.project.id}/webhooks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await room.project.token('editor')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'CRM', url: 'https://crm.example/hook' }),
    });
    return response.status === 201 ? ((await response.json()) as { readonly id: string }) : undefined;
  });
  const saved = await room.call('editor', 'PUT', 'rules/calls', calling(made.id));
  expect([saved.status, ofWebhooks(saved.body)]).toEqual([201, []]);
  const { status, body } = await room.call('editor', 'PUT', 'rules/calls', calling(`${made.id}0`), null, 'zh');
  expect([status, body['errors']]).toEqual([
    400,
    [
      {
        pointer: '/actions/0/webhook',
        code: 'unknown-webhook',
        message: `未知的webhook“${made.id}0”；是不是“${made.id}”？`,
      },
    ],
  ]);
});

test('while alerting is away it is a doubt, and the rule is saved', async () => {
  await alerting.kill('SIGKILL');
  const { status, body } = await room.call('editor', 'PUT', 'rules/calls', calling('w-unseen'));
  expect([status, ofWebhooks(body)]).toMatchObject([
    200,
    [{ pointer: '/actions/0/webhook', code: 'webhook-unchecked' }],
  ]);
});
