/** Guards: a rule sees the features of the subject as of the event and with it, exactly, and decisions say what they were. */
import type { Feature } from '@hermes/contracts/feature';
import type { Rule } from '@hermes/contracts/rule';
import { featureOf, hermesEvent } from '@hermes/profiles/testing/features';
import { type PlainEvent, recompute } from '@hermes/profiles/testing/recompute';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogicRun } from '../testing/logic-run.ts';
import { countedFeatureId, type RuleSet, ruleSetOf } from './rule-set.ts';

const path = '$.data.price';
const FEATURES: readonly Feature[] = [
  featureOf({ compute: { kind: 'count' }, eventTypes: ['a', 'b'] }, 'all', 1),
  featureOf({ compute: { kind: 'count' }, window: { kind: 'sliding', length: '1h' } }, 'hour', 2),
  featureOf({ compute: { kind: 'sum', path }, window: { kind: 'sliding', length: '7d' }, group: 'apart' }, 'week', 3),
  featureOf(
    { compute: { kind: 'distinct-count', path }, window: { kind: 'calendar', period: 'day', back: 0 } },
    'day',
    4,
  ),
  featureOf({ compute: { kind: 'last', path }, eventTypes: ['b'], group: 'apart' }, 'last', 5),
  featureOf(
    { compute: { kind: 'max', path }, filter: { all: [{ fact: 'event', path, operator: 'lessThan', value: 4 }] } },
    'small',
    6,
  ),
];

/** Fires on every event of its type, and asks for every feature. */
const asking = (eventType: string): Rule => ({
  id: `asks-${eventType}`,
  project: 'demo',
  name: eventType,
  version: 1,
  eventTypes: [eventType],
  conditions: {
    any: [
      { fact: 'event', path: '$.type', operator: 'equal', value: eventType },
      ...FEATURES.map(({ id, version }) => ({
        fact: 'feature' as const,
        params: { id, version },
        operator: 'equal',
        value: 0,
      })),
    ],
  },
  event: { type: 'asked' },
  severity: 'info',
  alert: false,
  publishedAt: '2026-03-01T00:00:00.000Z',
});

const setOf = (rules: readonly Rule[], features: readonly Feature[]): RuleSet =>
  ruleSetOf(1, [
    ...rules.map((rule) => ({ id: rule.id, value: Buffer.from(JSON.stringify(rule)) })),
    ...features.map((one) => ({ id: countedFeatureId(one.slot), value: Buffer.from(JSON.stringify(one)) })),
  ]);

const HOUR = 3_600_000;
const start = Date.UTC(2026, 2, 1);
const events = fc
  .array(
    fc.record({
      subject: fc.constantFrom('broker:b-1', 'broker:b-2'),
      type: fc.constantFrom('a', 'b', 'c'),
      laterMs: fc.oneof(fc.nat(HOUR / 4), fc.nat(30 * HOUR)),
      lateMs: fc.oneof(fc.constant(0), fc.nat(5_000), fc.nat(10 * 24 * HOUR)),
      price: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constant('none')),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((list) => {
    let receivedAtMs = start;
    return list.map(({ subject, type, laterMs, lateMs, price }, i): PlainEvent => {
      receivedAtMs += laterMs;
      return {
        id: `e-${i}`,
        source: '/test',
        type,
        subject,
        timeMs: receivedAtMs - lateMs,
        receivedAtMs,
        data: { price },
      };
    });
  });

test('on any events, each feature is what the subject’s events up to this one come to at its receipt', () => {
  const set = setOf([asking('a'), asking('c')], FEATURES);
  let decisions = 0;
  fc.assert(
    fc.property(events, (list) => {
      const run = new LogicRun(set);
      for (const [i, plain] of list.entries()) {
        const made = run.decide(hermesEvent(plain));
        expect(made).toHaveLength(plain.type === 'b' ? 0 : 1);
        for (const { features } of made) {
          decisions += 1;
          const mine = list.slice(0, i + 1).filter(({ subject }) => subject === plain.subject);
          for (const feature of FEATURES) {
            const passing = feature.id === 'small' ? mine.filter(({ data }) => Number(data['price']) < 4) : mine;
            const expected = recompute(feature, passing, plain.receivedAtMs);
            const { value, late = 0 } = features![feature.id]!;
            expect([feature.id, value, late]).toEqual([feature.id, expected.value, expected.late]);
          }
        }
      }
      expect(run.dead).toEqual([]);
    }),
    { numRuns: 300 },
  );
  expect(decisions).toBeGreaterThan(1_000);
});

test('an event of a type that no rule looks at counts in a feature all the same', () => {
  const run = new LogicRun(setOf([asking('a')], FEATURES.slice(0, 1)));
  const one = (type: string, i: number): PlainEvent => ({
    id: `e-${i}`,
    source: '/test',
    type,
    subject: 'broker:b-1',
    timeMs: start,
    receivedAtMs: start,
    data: {},
  });
  expect(run.decide(hermesEvent(one('b', 1)))).toEqual([]);
  expect(run.decide(hermesEvent(one('c', 2)))).toEqual([]);
  const [decision] = run.decide(hermesEvent(one('a', 3)));
  expect(decision?.features?.['all']?.value).toBe(2);
});

test('without features that are counted, no state is kept', () => {
  const rule = {
    ...asking('a'),
    conditions: { all: [{ fact: 'event' as const, path: '$.type', operator: 'equal', value: 'a' }] },
  };
  const run = new LogicRun(setOf([rule], []));
  const plain: PlainEvent = {
    id: 'e',
    source: '/t',
    type: 'a',
    subject: 'broker:b-1',
    timeMs: start,
    receivedAtMs: start,
    data: {},
  };
  expect(run.decide(hermesEvent(plain))).toHaveLength(1);
  expect([...run.stored.keys()]).toEqual([]);
});
