/** Guards: over the past, facts with a memory decide what they would have decided live, those that time decides too. */
import type { HermesEvent } from '@hermes/contracts/event';
import type { Condition, RuleDraft } from '@hermes/contracts/rule';
import type { BacktestSetting } from '@hermes/contracts/rule-backtest';
import { sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { expect, test } from 'vitest';
import { BacktestRun } from './backtest-run.ts';

const START = Date.UTC(2026, 2, 2);
const HOUR = 3_600_000;

const draftOf = (conditions: Condition, eventTypes: readonly string[]): RuleDraft => ({
  name: 'R',
  eventTypes: [...eventTypes],
  conditions,
  event: { type: 'r' },
  severity: 'info',
  alert: false,
});
const fact = (name: 'sequence' | 'absence', params: Record<string, unknown>): Condition => ({
  all: [{ fact: name, params, operator: 'equal', value: true }],
});
const settingOf = (candidate: RuleDraft): BacktestSetting => ({
  project: 'demo',
  candidate,
  live: null,
  features: [],
  lookups: [],
  from: new Date(START).toISOString(),
  to: new Date(START + 100 * HOUR).toISOString(),
  timeZone: 'Asia/Shanghai',
  partitions: 8,
  ruleId: null,
});
let made = 0;
const at = (hour: number, type: string, subject: string): HermesEvent => {
  const instant = new Date(START + hour * HOUR).toISOString();
  return sampleEvent('demo', { id: `e-${made++}`, type, subject, time: instant, receivedat: instant });
};

test('a sequence that began before the span is complete in it', () => {
  const params = { first: { type: 'a' }, then: { type: 'b' }, within: { hours: 5 } };
  const run = new BacktestRun(settingOf(draftOf(fact('sequence', params), ['b'])));
  expect([...run.types].sort()).toEqual(['a', 'b']);
  for (const event of [at(-2, 'a', 's:1'), at(1, 'b', 's:1'), at(9, 'b', 's:1'), at(3, 'b', 's:2')]) run.take(event);
  expect(run.finish().candidate.hits).toBe(1);
});

test('an absence decides by time within the span, and not after it', () => {
  const params = { after: { type: 'a' }, no: { type: 'b' }, within: { hours: 5 } };
  const run = new BacktestRun(settingOf(draftOf(fact('absence', params), ['a'])));
  const story = [
    [at(-2, 'a', 's:1'), at(20, 'a', 's:1'), at(22, 'b', 's:1'), at(40, 'a', 's:1')],
    [at(98, 'a', 's:2')],
  ];
  for (const event of story.flat()) run.take(event);
  expect(run.finish().candidate.hits).toBe(2);
});
