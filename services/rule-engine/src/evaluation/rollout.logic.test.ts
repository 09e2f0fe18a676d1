/** Guards: a rule that is rolled out to some fires for those, with all that it does, and for nobody else. */
import { Rule } from '@hermes/contracts/rule';
import { isRolledOut } from '@hermes/rules/rollout';
import { sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { expect, test } from 'vitest';
import { LogicRun } from '../testing/logic-run.ts';
import { ruleSetOf } from './rule-set.ts';

const setOf = (percent: number) => {
  const rule = Rule.parse({
    ...{ id: 'r', project: 'demo', name: 'r', version: 1, eventTypes: ['deal.signed'], conditions: { all: [] } },
    ...{ event: { type: 'e' }, severity: 'info', alert: false, publishedAt: '2026-03-01T00:00:00.000Z' },
    ...{ rollout: { percent }, suppression: { hours: 1 } },
  });
  return ruleSetOf(1, [{ id: 'r', value: Buffer.from(JSON.stringify(rule)) }]);
};
const SUBJECTS = Array.from({ length: 60 }, (_, i) => `deal:${i}`);

test('it fires for those whom the hash picks, and suppresses and counts for them alone', () => {
  let suppressed = 0;
  const run = new LogicRun(setOf(40), { onSuppressed: (more) => void (suppressed += more) });
  const decide = (subject: string, round: number) =>
    run.decide(sampleEvent('demo', { id: `${subject}-${round}`, type: 'deal.signed', subject }));
  const fired = SUBJECTS.filter((subject) => decide(subject, 1).length === 1);
  expect(fired).toEqual(SUBJECTS.filter((subject) => isRolledOut('r', subject, 40)));
  expect(fired.length).toBeGreaterThan(5);
  expect(SUBJECTS.flatMap((subject) => decide(subject, 2))).toEqual([]);
  expect(suppressed).toBe(fired.length);
});

test('at 100 percent it fires for everybody', () => {
  const run = new LogicRun(setOf(100));
  for (const subject of SUBJECTS)
    expect(run.decide(sampleEvent('demo', { id: subject, type: 'deal.signed', subject }))).toHaveLength(1);
});
