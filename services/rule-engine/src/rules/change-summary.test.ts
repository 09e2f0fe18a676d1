import type { RuleDraft } from '@hermes/contracts/rule';
import { expect, test } from 'vitest';
import { changeSummary, sameDraft } from './change-summary.ts';

const RULE: RuleDraft = {
  name: 'Over 100',
  eventTypes: ['deal.signed'],
  conditions: { all: [{ fact: 'event', path: '$.data.price', operator: 'greaterThan', value: 100 }] },
  event: { type: 'big-deal' },
  severity: 'warning',
  alert: true,
};

test.each<[RuleDraft | undefined, RuleDraft, number | undefined, string]>([
  [undefined, RULE, undefined, 'the first version'],
  [RULE, { ...RULE, severity: 'critical', name: 'B' }, undefined, 'changes name, severity'],
  [RULE, { ...RULE, owner: 'ann' }, undefined, 'changes owner'],
  [{ ...RULE, tags: ['a'] }, RULE, undefined, 'changes tags'],
  [RULE, { ...RULE, owner: undefined }, undefined, 'the same again'],
  [RULE, { ...RULE, name: 'B' }, 3, 'back to version 3: changes name'],
  [RULE, RULE, 3, 'back to version 3: the same again'],
])('what a version changes is said in words (%#)', (before, after, rolledBackTo, summary) => {
  expect(changeSummary(before, after, rolledBackTo)).toBe(summary);
});

test('drafts are the same whatever the order of their fields', () => {
  const turned = Object.fromEntries(Object.entries(RULE).reverse()) as RuleDraft;
  expect(sameDraft(turned, RULE)).toBe(true);
  expect(sameDraft({ ...turned, alert: false }, RULE)).toBe(false);
});
