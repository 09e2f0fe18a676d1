import type { Decision } from '@hermes/contracts/decision';
import type { Condition, RuleDraft } from '@hermes/contracts/rule';
import { expect, test } from 'vitest';
import { whySilent } from './why-silent.ts';

const rule = (conditions: Condition, eventTypes: string[] = ['deal.signed']): RuleDraft => ({
  ...{ name: 'r', eventTypes, conditions, event: { type: 'r' }, severity: 'info', alert: true },
});
const over = (price: number): Condition => ({
  all: [{ fact: 'event', path: '$.data.price', operator: 'greaterThan', value: price }],
});
const decision = {
  ...{ project: 'demo', subject: 'deal:1', receivedAt: '2026-03-01T00:00:00.000Z' },
  event: { id: 'e-1', source: '/s', type: 'deal.signed', time: '2026-03-01T00:00:00.000Z', data: { price: 7 } },
} as unknown as Decision;
const said = (conditions: Condition): Condition => ({ any: [over(9), conditions] });
const leaf = (fact: 'feature' | 'lookup' | 'absence', params: Record<string, unknown>): Condition => ({
  ...{ fact, params, operator: 'equal', value: true },
});
const ABSENCE = { after: { type: 'a' }, no: { type: 'b' }, within: { hours: 1 } };

test.each<[string, RuleDraft | undefined, readonly string[], boolean]>([
  ['what its conditions say', rule(over(9)), ['false', 'false'], false],
  ['that they hold, and it was kept back', rule(over(5)), ['true', 'true'], true],
  ['nothing, of another type', rule(over(9), ['deal.lost']), [], false],
  ['nothing, where it is not known', undefined, [], false],
  ['nothing, with a feature', rule(said(leaf('feature', { id: 'deals', version: 1 }))), [], false],
  ['nothing, with a lookup', rule(said(leaf('lookup', { id: 'score', key: 'x' }))), [], false],
  ['nothing, with a memory', rule(said(leaf('absence', ABSENCE))), [], false],
  [
    'nothing, with a list',
    rule(said({ fact: 'event', path: '$.subject', operator: 'inList', value: { list: 'vip' } })),
    [],
    false,
  ],
])('of a version that made no decision is told %s', (_, silent, outcomes, isKeptBack) => {
  const told = whySilent(silent)(decision);
  expect([told.trace.map(({ outcome }) => outcome), told.isKeptBack]).toEqual([outcomes, isKeptBack]);
});
