/** Guards: a candidate decides in the shadow as it would alone, and the version in force as if there were none: whatever either remembers, suppresses or waits for. */
import type { Decision } from '@hermes/contracts/decision';
import type { HermesEvent } from '@hermes/contracts/event';
import type { Condition, Rule } from '@hermes/contracts/rule';
import { sampleEvent } from '@hermes/service-kit/testing/sample-event';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogicRun } from '../testing/logic-run.ts';
import { TimedRun } from '../testing/timed-run.ts';
import { forgetInjection } from './erase-memories.ts';
import { candidateMemberId, type RuleSet, ruleSetOf } from './rule-set.ts';

const START = Date.UTC(2026, 2, 2, 9);
const MINUTE = 60_000;
const TYPES = ['called', 'visited', 'signed'];

const event = (at: number, type: string, subject = 'customer:c-1', data: Record<string, unknown> = {}): HermesEvent => {
  const instant = new Date(START + at).toISOString();
  return sampleEvent('demo', { id: `e-${at}`, type, subject, time: instant, receivedat: instant, data });
};

const over = (price: number): Condition => ({
  all: [{ fact: 'event', path: '$.data.price', operator: 'greaterThan', value: price }],
});
const unvisited = (minutes: number): Condition => ({
  all: [
    {
      fact: 'absence',
      params: { after: { type: 'called' }, no: { type: 'visited' }, within: { minutes } },
      operator: 'equal',
      value: true,
    },
  ],
});
const signedAfter = (minutes: number): Condition => ({
  all: [
    {
      fact: 'sequence',
      params: { first: { type: 'called' }, then: { type: 'signed' }, within: { minutes } },
      operator: 'equal',
      value: true,
    },
  ],
});

const ruleOf = (version: number, conditions: Condition, more: Partial<Rule> = {}): Rule => ({
  ...{ id: 'r', project: 'demo', name: 'r', version, eventTypes: TYPES, conditions, event: { type: 'r' } },
  ...{ severity: 'info', alert: true, publishedAt: '2026-03-01T00:00:00.000Z' },
  ...more,
});
const asCandidate = (rule: Rule): Rule => ({ ...rule, shadow: true, candidate: true });
const setOf = (...rules: readonly Rule[]): RuleSet =>
  ruleSetOf(
    1,
    rules.map((rule) => ({
      id: rule.candidate === true ? candidateMemberId(rule.id) : rule.id,
      value: Buffer.from(JSON.stringify(rule)),
    })),
  );

const minutes = fc.integer({ min: 1, max: 12 });
const content = fc.record(
  {
    conditions: fc.oneof(
      fc.integer({ min: 0, max: 9 }).map(over),
      minutes.map(unvisited),
      minutes.map(signedAfter),
      fc.tuple(minutes, minutes).map(([a, b]): Condition => ({ any: [unvisited(a), signedAfter(b)] })),
      fc
        .tuple(minutes, fc.integer({ min: 0, max: 9 }))
        .map(([a, b]): Condition => ({ any: [signedAfter(a), over(b)] })),
    ),
    suppression: minutes.map((length) => ({ minutes: length })),
    rollout: fc.constantFrom({ percent: 30 }, { percent: 70 }),
    key: fc.constant({ entity: 'deal', path: '$.data.deal' }),
    shadow: fc.constant(true),
    alert: fc.boolean(),
  },
  { requiredKeys: ['conditions'] },
);
const stories = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 1, max: 5 * MINUTE }),
    type: fc.constantFrom(...TYPES, 'other'),
    subject: fc.constantFrom('customer:c-1', 'customer:c-2'),
    data: fc.record({ price: fc.integer({ min: 0, max: 9 }), deal: fc.constantFrom('d-1', 'd-2') }),
  }),
  { minLength: 1, maxLength: 40 },
);

function decided(set: RuleSet, events: readonly HermesEvent[], partitions: number): readonly Decision[] {
  const run = new TimedRun(set, partitions);
  for (const one of events) run.send(one);
  run.pass(START + 10_000 * MINUTE);
  expect(run.dead).toEqual([]);
  return run.decisions;
}
const ofVersion = (decisions: readonly Decision[], version: number): readonly Decision[] =>
  decisions.filter(({ ruleVersion }) => ruleVersion === version);

test.each([1, 8])('on %i partitions, of any two versions and any events', (partitions) => {
  let [inForceFired, candidateFired, together] = [0, 0, 0];
  fc.assert(
    fc.property(content, content, stories, (live, { shadow: _shadow, rollout: _rollout, ...next }, story) => {
      let at = 0;
      const events = story.map(({ afterMs, type, subject, data }) => event((at += afterMs), type, subject, data));
      const [one, two] = [
        ruleOf(1, live.conditions, live as Partial<Rule>),
        asCandidate(ruleOf(2, next.conditions, next as Partial<Rule>)),
      ];
      const both = decided(setOf(one, two), events, partitions);
      expect(ofVersion(both, 1)).toEqual(decided(setOf(one), events, partitions));
      expect(ofVersion(both, 2)).toEqual(decided(setOf(two), events, partitions));
      expect(new Set(both.map(({ id }) => id)).size).toBe(both.length);
      for (const { ruleId, shadow, alert } of ofVersion(both, 2))
        expect([ruleId, shadow, alert]).toEqual(['r', true, false]);
      inForceFired += ofVersion(both, 1).length;
      candidateFired += ofVersion(both, 2).length;
      if (new Set(both.map(({ ruleVersion }) => ruleVersion)).size === 2) together += 1;
    }),
    { numRuns: 400, seed: 5 },
  );
  for (const count of [inForceFired, candidateFired, together]) expect(count).toBeGreaterThan(50);
});

const hour = { suppression: { hours: 1 } };

test('a candidate does nothing that its rule does', () => {
  const actions = [{ kind: 'emit-event' as const, type: 'flagged', data: {} }];
  const run = new LogicRun(setOf(asCandidate(ruleOf(2, over(0), { actions }))));
  expect(run.decide(event(1, 'signed', 'customer:c-1', { price: 5 }))).toMatchObject([{ shadow: true, alert: false }]);
  expect(run.others).toEqual([]);
});

test('promoted, it goes on with the suppression of the version in force, of which people were told, and not with its own', () => {
  const run = new TimedRun(setOf(ruleOf(1, over(7), hour), asCandidate(ruleOf(2, over(4), hour))));
  const at = (minute: number, price: number, subject: string): readonly unknown[] =>
    run.send(event(minute * MINUTE, 'signed', subject, { price })).map(({ ruleVersion }) => ruleVersion);
  expect(at(0, 5, 'customer:c-1')).toEqual([2]);
  expect(at(1, 8, 'customer:c-2')).toEqual([1, 2]);
  run.set = setOf(ruleOf(2, over(4), hour));
  expect(at(2, 5, 'customer:c-1')).toEqual([2]);
  expect(at(3, 5, 'customer:c-2')).toEqual([]);
  expect(at(62, 5, 'customer:c-2')).toEqual([2]);
});

test('a candidate that begins after another begins with a suppression of its own', () => {
  const run = new TimedRun(setOf(asCandidate(ruleOf(2, over(0), hour))));
  run.send(event(1, 'signed', 'customer:c-1', { price: 5 }));
  run.set = setOf(asCandidate(ruleOf(3, over(0), hour)));
  expect(run.send(event(2, 'signed', 'customer:c-1', { price: 5 }))).toHaveLength(1);
});

test('promoted, it goes on with what it remembers and waits for; ended, nothing of that decides', () => {
  const [one, two] = [ruleOf(1, over(9)), ruleOf(2, unvisited(10))];
  for (const [then, shadows] of [
    [setOf(one, asCandidate(two)), [true]],
    [setOf(two), [undefined]],
    [setOf(one), []],
  ] as const) {
    const run = new TimedRun(setOf(one, asCandidate(two)));
    run.send(event(0, 'called', 'customer:c-1', { price: 1 }));
    run.set = then;
    expect(run.pass(START + 60 * MINUTE).map(({ shadow }) => shadow)).toEqual(shadows);
    expect(run.timerCount()).toBe(0);
  }
});

test('an erasure reaches what the candidate remembers, with its timers', () => {
  const run = new TimedRun(setOf(ruleOf(1, signedAfter(5)), asCandidate(ruleOf(2, unvisited(10)))));
  for (const subject of ['customer:c-1', 'customer:c-2']) run.send(event(0, 'called', subject));
  const told: unknown[] = [];
  const forget = (known: readonly string[]): void =>
    run.inject(
      'customer:c-1',
      forgetInjection('customer:c-1', START + MINUTE, known, (outcome) => told.push(outcome)),
    );
  forget([]);
  forget((told[0] as { others: readonly string[] }).others);
  expect(told[1]).toEqual({ removed: 2 });
  expect(run.pass(START + 60 * MINUTE).map(({ subject, ruleVersion }) => [subject, ruleVersion])).toEqual([
    ['customer:c-2', 2],
  ]);
});
