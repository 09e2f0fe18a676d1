/** Guards: a snoozed rule does not fire for its key, by the receipt of events, and for every other key as before. */
import { Rule } from '@hermes/contracts/rule';
import type { SnoozedRule } from '@hermes/contracts/snooze';
import { subjectHash } from '@hermes/contracts/subject-hash';
import { sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { expect, test } from 'vitest';
import { LogicRun } from '../testing/logic-run.ts';
import { ruleSetOf } from './rule-set.ts';
import { snoozedMemberId } from './snoozed-keys.ts';

const UNTIL = Date.UTC(2026, 5, 1, 12);
const rule = (id: string, more: object = {}): Rule =>
  Rule.parse({
    ...{ id, project: 'demo', name: id, version: 1, eventTypes: ['deal.signed'], conditions: { all: [] } },
    ...{ event: { type: 'e' }, severity: 'info', alert: false, publishedAt: '2026-03-01T00:00:00.000Z', ...more },
  });
const snoozed = (ruleId: string, ...keys: string[]): SnoozedRule => ({
  ruleId,
  revision: 4,
  keys: keys.map((key) => [subjectHash(key), UNTIL]),
});
const setOf = (rules: readonly Rule[], snoozes: readonly SnoozedRule[]) =>
  ruleSetOf(1, [
    ...rules.map((one) => ({ id: one.id, value: Buffer.from(JSON.stringify(one)) })),
    ...snoozes.map((one) => ({ id: snoozedMemberId(one.ruleId), value: Buffer.from(JSON.stringify(one)) })),
  ]);
let sent = 0;
const event = (subject: string, atMs: number) =>
  sampleEvent('demo', { id: `e-${++sent}`, type: 'deal.signed', subject, receivedat: new Date(atMs).toISOString() });

test.each([
  ['before its end', 'deal:1', UNTIL - 1, ['b']],
  ['at its end', 'deal:1', UNTIL, ['a', 'b']],
  ['after its end', 'deal:1', UNTIL + 1, ['a', 'b']],
  ['for another key', 'deal:2', UNTIL - 1, ['a', 'b']],
])('%s', (_, subject, atMs, expected) => {
  const run = new LogicRun(setOf([rule('a'), rule('b')], [snoozed('a', 'deal:1', 'deal:3')]));
  expect(run.decide(event(subject, atMs)).map(({ ruleId }) => ruleId)).toEqual(expected);
});

test('what is snoozed counts as suppressed, and begins no period of suppression', () => {
  let suppressed = 0;
  const rules = [rule('a', { suppression: { hours: 1 } })];
  const run = new LogicRun(setOf(rules, [snoozed('a', 'deal:1')]), {
    onSuppressed: (more) => void (suppressed += more),
  });
  expect(run.decide(event('deal:1', UNTIL - 1))).toEqual([]);
  expect(suppressed).toBe(1);
  const [decision] = run.decide(event('deal:1', UNTIL));
  expect(decision).toMatchObject({ ruleId: 'a' });
  expect(decision).not.toHaveProperty('suppressed');
});

test('a snooze of a rule that is not in force changes nothing', () => {
  const run = new LogicRun(setOf([rule('b')], [snoozed('a', 'deal:1')]));
  expect(run.decide(event('deal:1', UNTIL - 1))).toHaveLength(1);
});
