import type { Rule } from '@hermes/contracts/rule';
import { sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { expect, test } from 'vitest';
import { LogicRun } from '../testing/logic-run.ts';
import { ruleSetOf } from './rule-set.ts';

const ruleOf = (more: Partial<Rule>): Rule => ({
  id: 'big',
  project: 'demo',
  name: 'Big',
  version: 2,
  eventTypes: ['deal.signed'],
  conditions: { all: [] },
  event: { type: 'big-deal' },
  severity: 'critical',
  alert: true,
  actions: [
    {
      kind: 'emit-event',
      type: 'deal.flagged',
      subject: 'listing:l-1',
      data: { price: { fact: 'event', path: '$.data.price' } },
    },
    { kind: 'set-attribute', attribute: 'tier', value: 'gold' },
    { kind: 'webhook', webhook: 'w-1' },
  ],
  publishedAt: '2026-03-01T00:00:00.000Z',
  ...more,
});

function run(more: Partial<Rule>) {
  const rule = ruleOf(more);
  const logic = new LogicRun(ruleSetOf(1, [{ id: rule.id, value: Buffer.from(JSON.stringify(rule)) }]));
  const decisions = logic.decide(sampleEvent('demo', { id: 'e-1', subject: 'broker:b-1', data: { price: 6 } }));
  return { decisions, others: logic.others };
}

test('what a rule does inside of Hermes goes into the inbox in the step of its decision, by the subject that it is about', () => {
  const { decisions, others } = run({});
  expect(decisions).toHaveLength(1);
  expect(others.map(({ topic, key, partition, headers }) => [topic, key, partition, headers?.['ce_type']])).toEqual([
    ['demo.inbox', 'listing:l-1', undefined, 'deal.flagged'],
    ['demo.inbox', 'broker:b-1', undefined, 'hermes.attributes_set'],
  ]);
  expect(JSON.parse(String(others[0]!.value))).toMatchObject({
    data: { price: 6 },
    hermesdepth: 1,
    source: 'hermes/rules/big',
  });
});

test.each<[string, Partial<Rule>, object]>([
  ['is held', { actions: [{ kind: 'hold' }, ...ruleOf({}).actions!] }, { held: true }],
  ['is of a rule in the shadow', { shadow: true }, { shadow: true }],
])('a decision that %s does nothing', (_, more, expected) => {
  const { decisions, others } = run(more);
  expect(decisions).toEqual([expect.objectContaining(expected)]);
  expect(others).toEqual([]);
});
