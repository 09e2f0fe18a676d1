/** Guards: what was before is what the subject's events say, in the order of their time, however they come. */
import { Rule } from '@hermes/contracts/rule';
import { hermesEvent } from '@hermes/profiles/testing/features';
import type { PlainEvent } from '@hermes/profiles/testing/recompute';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withChangeFeatures } from '../features/change-features.ts';
import { LogicRun } from '../testing/logic-run.ts';
import { countedFeatureId, ruleSetOf } from './rule-set.ts';

const TYPES = ['a', 'b'];
const path = '$.data.status';
const leaf = (operator: string, value: unknown) => ({ fact: 'event' as const, path, operator, value });
const CONDITIONS = {
  became: leaf('became', 'x'),
  was: leaf('was', 'x'),
  changed: leaf('changed', true),
  stayed: leaf('changed', false),
};

const made = Object.entries(CONDITIONS).map(([id, condition]) => {
  const { conditions, features } = withChangeFeatures('demo', { all: [condition] }, { eventTypes: TYPES });
  const rule = Rule.parse({
    ...{ id, project: 'demo', name: id, version: 1, eventTypes: TYPES, conditions, event: { type: 'e' } },
    ...{ severity: 'info', alert: false, publishedAt: '2026-03-01T00:00:00.000Z' },
  });
  return { rule, features };
});
const set = ruleSetOf(1, [
  ...made.map(({ rule }) => ({ id: rule.id, value: Buffer.from(JSON.stringify(rule)) })),
  { id: countedFeatureId(1), value: Buffer.from(JSON.stringify(made[0]!.features[0])) },
]);

const start = Date.UTC(2026, 2, 1);
const events = fc
  .array(
    fc.record({
      subject: fc.constantFrom('deal:1', 'deal:2'),
      type: fc.constantFrom('a', 'b', 'c'),
      lateMs: fc.oneof(fc.constant(0), fc.nat(5_000)),
      status: fc.constantFrom<unknown>('x', 'y', 'z', 1, true, undefined, null),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map((list) =>
    list.map(({ lateMs, status, ...one }, i): PlainEvent => {
      const receivedAtMs = start + i * 1_000;
      const data = status === undefined ? {} : { status };
      return { ...one, id: `e-${i}`, source: '/test', timeMs: receivedAtMs - lateMs, receivedAtMs, data };
    }),
  );

const newestFirst = (a: PlainEvent, b: PlainEvent): number => b.timeMs - a.timeMs || b.receivedAtMs - a.receivedAtMs;

/** Which rules fire, in the plainest way: from all events up to this one. */
function expectedOn(list: readonly PlainEvent[], i: number): readonly string[] {
  const now = list[i]!;
  const status = now.data['status'];
  if (!TYPES.includes(now.type) || status === undefined || status === null) return [];
  const having = list
    .slice(0, i + 1)
    .filter(
      ({ subject, type, data }) => subject === now.subject && TYPES.includes(type) && (data['status'] ?? null) !== null,
    )
    .toSorted(newestFirst);
  if (having[0] !== now) return [];
  const before = having[1]?.data['status'];
  return [
    ...(status === 'x' && before !== 'x' ? ['became'] : []),
    ...(before !== undefined && before !== status ? ['changed'] : []),
    ...(before === status ? ['stayed'] : []),
    ...(before === 'x' ? ['was'] : []),
  ];
}

test('on any events, those fire that the events up to this one say', () => {
  const fired = new Map<string, number>();
  fc.assert(
    fc.property(events, (list) => {
      const run = new LogicRun(set);
      for (const [i, plain] of list.entries()) {
        const rules = run.decide(hermesEvent(plain)).map(({ ruleId }) => ruleId);
        expect(rules).toEqual(expectedOn(list, i));
        for (const id of rules) fired.set(id, (fired.get(id) ?? 0) + 1);
      }
    }),
    { numRuns: 400 },
  );
  for (const id of Object.keys(CONDITIONS)) expect(fired.get(id)).toBeGreaterThan(50);
});

test('rules that ask of the same place of the same events share what is kept', () => {
  expect(new Set(made.map(({ features }) => features[0]?.id)).size).toBe(1);
  const id = (eventTypes: string[], at: string) =>
    withChangeFeatures('demo', { all: [{ ...CONDITIONS.was, path: at }] }, { eventTypes }).features[0]?.id;
  expect(id(['b', 'a'], "$['data']['status']")).toBe(made[0]!.features[0]!.id);
  expect(id(['a'], path)).not.toBe(made[0]!.features[0]!.id);
});
