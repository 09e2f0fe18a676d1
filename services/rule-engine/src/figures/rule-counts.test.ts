import type { Condition, Rule } from '@hermes/contracts/rule';
import { decide } from '@hermes/rules/decide';
import { RuleIndex } from '@hermes/rules/rule-index';
import { sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { expect, test } from 'vitest';
import { RuleCounts } from './rule-counts.ts';

const at = '2026-03-01T00:00:00.000Z';
const ruleOf = (id: string, version: number, eventTypes: string[], conditions: Condition = { all: [] }): Rule => ({
  id,
  project: 'demo',
  name: id,
  version,
  eventTypes,
  conditions,
  event: { type: id },
  severity: 'info',
  alert: false,
  publishedAt: at,
});
const inPrices: Condition = {
  all: [{ fact: 'event', path: '$.data.price', operator: 'in', value: { fact: 'event', path: '$.data.prices' } }],
};

test('each version is counted by the events of its types, and by those on which it said neither yes nor no', () => {
  const before = new RuleIndex([ruleOf('a', 1, ['x', 'y']), ruleOf('b', 1, ['y'])]);
  const after = new RuleIndex([ruleOf('a', 2, ['x', 'y'], inPrices), ruleOf('b', 1, ['y'])]);
  const counts = new RuleCounts();
  const see = (index: RuleIndex, types: string): void => {
    for (const [i, type] of [...types].entries()) {
      const facts = {
        event: sampleEvent('demo', { id: String(i), type, data: { price: 1, prices: i % 2 === 0 ? 7 : [1] } }),
      };
      counts.look(facts, index, decide(index, facts, { acceptedAt: at, decidedAt: at }));
    }
  };
  see(before, 'xxyxx');
  see(after, 'xyxyyy');
  const told = counts
    .take()
    .map(({ ruleId, ruleVersion, evaluated, undecided }) => [ruleId, ruleVersion, evaluated, undecided]);
  expect(told.sort()).toEqual([
    ['a', 1, 5, 0],
    ['a', 2, 6, 3],
    ['b', 1, 5, 0],
  ]);
  expect(counts.take()).toEqual([]);
});
