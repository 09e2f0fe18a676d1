/** Guards: what a sequence remembers by a change or a named list is what the events up to this one say, at the subject and at another key. */
import { type Condition, Rule } from '@hermes/contracts/rule';
import { hermesEvent } from '@hermes/profiles/testing/features';
import type { PlainEvent } from '@hermes/profiles/testing/recompute';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asksOfChange, withChangeFeatures } from '../features/change-features.ts';
import { LogicRun } from '../testing/logic-run.ts';
import { RoutedRun } from '../testing/routed-run.ts';
import { countedFeatureId, type RuleSet, ruleSetOf } from './rule-set.ts';

const status = '$.data.status';
const began = { fact: 'event', path: status, operator: 'became', value: 'x' };
const listed = { fact: 'event', path: '$.data.who', operator: 'inList', value: { list: 'vip' } };
const sequence = (that: unknown): Condition => ({
  all: [
    {
      ...{ fact: 'sequence', operator: 'equal', value: true },
      params: { first: { type: 'a', that }, then: { type: 'b' }, within: { hours: 1 } },
    },
  ],
});
const KEY = { entity: 'listing', path: '$.data.listing' };

function setOf(that: unknown, key?: typeof KEY): RuleSet {
  const looking = { eventTypes: ['b'], key };
  const { conditions, features } = withChangeFeatures('demo', sequence(that), looking);
  const rule = Rule.parse({
    ...{ id: 'r', project: 'demo', name: 'R', version: 1, ...looking, conditions, event: { type: 'e' } },
    ...{ severity: 'info', alert: false, publishedAt: '2026-03-01T00:00:00.000Z' },
  });
  return ruleSetOf(1, [
    { id: rule.id, value: Buffer.from(JSON.stringify(rule)) },
    ...features.map((feature, i) => ({
      id: countedFeatureId(i + 1),
      value: Buffer.from(JSON.stringify({ ...feature, slot: i + 1 })),
    })),
  ]);
}

const start = Date.UTC(2026, 2, 1);
const events = fc
  .array(
    fc.record({
      subject: fc.constantFrom('deal:1', 'deal:2'),
      type: fc.constantFrom('a', 'a', 'b'),
      status: fc.constantFrom<unknown>('x', 'y', undefined),
      listing: fc.constantFrom('l-1', 'l-2'),
      who: fc.constantFrom('c-1', 'c-2'),
    }),
    { minLength: 1, maxLength: 16 },
  )
  .map((list) =>
    list.map(({ subject, type, ...data }, i): PlainEvent => {
      const receivedAtMs = start + i * 1_000;
      const given = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
      return { subject, type, id: `e-${i}`, source: '/test', timeMs: receivedAtMs, receivedAtMs, data: given };
    }),
  );

/** Whether what is last in the list completes it, in the plainest way. */
function completes(list: readonly PlainEvent[], same: (one: PlainEvent) => unknown): boolean {
  const now = list.at(-1)!;
  if (now.type !== 'b') return false;
  const before = list.filter((one) => one.type === 'a' && same(one) === same(now) && one.data['status'] !== undefined);
  return before.some((one, i) => one.data['status'] === 'x' && before[i - 1]?.data['status'] !== 'x');
}

test.each<[string, typeof KEY | undefined, (one: PlainEvent) => unknown]>([
  ['the subject', undefined, ({ subject }) => subject],
  ['another key', KEY, ({ data }) => data['listing']],
])('a change begins a sequence: by %s', (_, key, same) => {
  const set = setOf({ all: [began] }, key);
  let fired = 0;
  fc.assert(
    fc.property(events, (list) => {
      const run = key === undefined ? new LogicRun(set) : new RoutedRun(set, 2);
      for (const [i, plain] of list.entries()) {
        const decisions = run.decide(hermesEvent(plain));
        expect(decisions.length).toBe(completes(list.slice(0, i + 1), same) ? 1 : 0);
        fired += decisions.length;
      }
    }),
    { numRuns: 200 },
  );
  expect(fired).toBeGreaterThan(20);
});

test('an entry of a named list begins a sequence, by the list as it is then', () => {
  const entries = new Set(['c-1']);
  const list = () => ({ revision: 7, has: (entry: string) => entries.has(entry) });
  const run = new LogicRun(setOf(listed), {}, 'demo', undefined, list);
  const take = (id: number, type: string, who: string) => {
    const atMs = start + id * 1_000;
    return run.decide(
      hermesEvent({
        ...{ subject: 'deal:1', type, id: `e-${id}`, source: '/test' },
        ...{ timeMs: atMs, receivedAtMs: atMs, data: { who } },
      }),
    );
  };
  expect([take(1, 'a', 'c-2'), take(2, 'b', 'c-1')].flat()).toEqual([]);
  take(3, 'a', 'c-1');
  entries.clear();
  expect(take(4, 'b', 'c-1').map(({ lists }) => lists)).toEqual([{ vip: 7 }]);
});

test('what was before an event that is remembered is no question about the event in hand', () => {
  expect(asksOfChange(sequence({ all: [began] }))).toBe(false);
  expect(asksOfChange({ all: [began as Condition] })).toBe(true);
});
