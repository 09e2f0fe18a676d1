import type { Decision } from '@hermes/contracts/decision';
import { WebhookCall } from '@hermes/contracts/webhook-call';
import { expect, test } from 'vitest';
import { alertOfDecision } from './decision-alert.ts';
import { callsOfDecision } from './decision-calls.ts';

const at = '2026-03-01T08:00:00.000Z';
const decision: Decision = {
  id: 'd-1',
  project: 'demo',
  ruleId: 'big',
  ruleName: 'Big',
  ruleVersion: 2,
  severity: 'warning',
  alert: true,
  outcome: { type: 'big' },
  subject: 'broker:b-1',
  event: { id: 'e-1', source: '/t', type: 'deal.signed', time: at, data: { price: 9 } },
  trace: [],
  actions: [
    { kind: 'set-attribute', attribute: 'tier', value: 1, subject: 'broker:b-1', depth: 1 },
    { kind: 'webhook', webhook: 'w-1' },
    { kind: 'skipped', action: 'webhook', code: 'missing-value', reason: 'data/x: ...' },
    { kind: 'webhook', webhook: 'w-1', data: { a: 1 } },
  ],
  receivedAt: at,
  acceptedAt: at,
  decidedAt: at,
};

test('each webhook among the actions is called once, under an id of its own that stays', () => {
  const calls = callsOfDecision(decision, at);
  expect(calls.map(({ webhookId, call }) => [webhookId, call.action, call.data])).toEqual([
    ['w-1', 1, undefined],
    ['w-1', 3, { a: 1 }],
  ]);
  for (const { call } of calls) expect(WebhookCall.parse(call)).toEqual(call);
  const ids = calls.map(({ id }) => id);
  expect(new Set(ids).size).toBe(2);
  expect(callsOfDecision({ ...decision, alert: false }, '2027-01-01T00:00:00.000Z').map(({ id }) => id)).toEqual(ids);
});

test.each<[string, Partial<Decision>]>([
  ['is held', { held: true }],
  ['is of a rule in the shadow', { shadow: true, alert: false }],
])('a decision that %s calls nothing, and raises nothing', (_, more) => {
  const held = { ...decision, ...more };
  expect([callsOfDecision(held, at), alertOfDecision(held, at)]).toEqual([[], undefined]);
});

test('one that was released says by whom, and its wait does not count as latency', () => {
  const released = { by: 'a@example.org', at: '2026-03-03T00:00:00.000Z' };
  const [call] = callsOfDecision({ ...decision, released }, at);
  expect([call!.call.released, call!.timings.receivedAt]).toEqual([released, null]);
  const before = [callsOfDecision(decision, at)[0]!.id, alertOfDecision(decision, at)!.alert.id];
  expect([call!.id, alertOfDecision({ ...decision, released }, at)!.alert.id]).toEqual(before);
});
