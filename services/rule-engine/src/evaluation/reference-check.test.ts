/** Guards: json-rules-engine is asked in its turn, and a rule that says the other is told for as long as it is in force. */
import type { HermesEvent } from '@hermes/contracts/event';
import type { Rule } from '@hermes/contracts/rule';
import { type Decided, decide } from '@hermes/rules/decide';
import { RuleIndex } from '@hermes/rules/rule-index';
import type { BeatingComponent } from '@hermes/service-kit/metrics';
import { expect, test, vi } from 'vitest';
import { ReferenceCheck, type RulesInForce } from './reference-check.ts';

const at = '2026-03-01T08:00:00.000Z';
const event = (id: string, price: unknown): HermesEvent => ({
  specversion: '1.0',
  id,
  source: '/test',
  type: 'deal.signed',
  subject: 'broker:b-1',
  time: at,
  project: 'demo',
  receivedat: at,
  data: { price },
});
const over = (number: number, version = 1): Rule => ({
  id: `over-${String(number)}`,
  project: 'demo',
  name: `Over ${String(number)}`,
  version,
  eventTypes: ['deal.signed'],
  conditions: { all: [{ fact: 'event', path: '$.data.price', operator: 'greaterThan', value: number }] },
  event: { type: 'big-deal' },
  severity: 'info',
  alert: false,
  publishedAt: at,
});

const inForce = (index: RuleIndex): RulesInForce => ({
  has: ({ id, version }) => index.rulesOf('deal.signed').some((rule) => rule.id === id && rule.version === version),
});

function watched(everyEvents: number) {
  const told: string[] = [];
  const counts = { checked: 0, contradictions: 0 };
  const check = new ReferenceCheck({
    project: 'demo',
    everyEvents,
    metrics: {
      component: (name, project, fault) => {
        told.push(`${name} ${project ?? ''}: ${fault ?? 'well'}`);
        return {
          stop: () => Promise.resolve(void told.push('stopped')),
          leave: () => void told.push('left'),
        } as Partial<BeatingComponent> as BeatingComponent;
      },
    },
    observer: {
      onChecked: (rules) => void (counts.checked += rules),
      onContradiction: () => void (counts.contradictions += 1),
    },
    logger: { error: () => undefined },
  });
  /** The event and what is decided on it; answers when that was checked. */
  const look = async (one: HermesEvent, index: RuleIndex, said: Decided | undefined = undefined): Promise<void> => {
    const before = counts.checked;
    check.look(
      { event: one },
      index,
      said ?? decide(index, { event: one }, { acceptedAt: at, decidedAt: at }),
      inForce(index),
    );
    await vi.waitFor(() => expect(counts.checked).toBeGreaterThan(before));
  };
  return { check, told, counts, look };
}

test('of two versions of a rule each is held against what it says itself', async () => {
  const { counts, told, look } = watched(1);
  const index = new RuleIndex([over(10), { ...over(20), id: over(10).id, version: 2, shadow: true, candidate: true }]);
  await look(event('e', 15), index);
  expect([counts, told]).toEqual([{ checked: 2, contradictions: 0 }, []]);
});

test('all rules of an event type come to their turn, twenty an event, and what agrees is not told', async () => {
  const { counts, told, look } = watched(1);
  const index = new RuleIndex(Array.from({ length: 45 }, (_, number) => over(number)));
  const checked: number[] = [];
  for (const price of [30, '30', { toString: 1 }, undefined]) {
    await look(event('e', price), index);
    checked.push(counts.checked);
  }
  expect([checked, told]).toEqual([[20, 40, 45, 65], []]);
});

test('one event in so many is looked at, the first of them, and with 0 none', async () => {
  const index = new RuleIndex([over(1)]);
  const [third, never] = [watched(3), watched(0)];
  for (let i = 0; i < 7; i++) {
    const decided = decide(index, { event: event('e', 5) }, { acceptedAt: at, decidedAt: at });
    third.check.look({ event: event('e', 5) }, index, decided, inForce(index));
    never.check.look({ event: event('e', 5) }, index, decided, inForce(index));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect([third.counts.checked, never.counts.checked]).toEqual([3, 0]);
});

test('a rule that says the other is told with its event, once, until that version is out of force', async () => {
  const { check, told, counts, look } = watched(1);
  const nothing: Decided = { evaluated: 1, decisions: [], undecided: [] };
  await look(event('e-1', 5), new RuleIndex([over(1)]), nothing);
  await look(event('e-2', 5), new RuleIndex([over(1)]), nothing);
  expect(told).toEqual([
    'rules/demo/reference demo: rule "over-1", version 1, does not fire on event "e-1" of "/test", and by json-rules-engine it fires',
  ]);
  expect(counts.contradictions).toBe(2);
  await look(event('e-3', 5), new RuleIndex([over(1, 2)]));
  expect(told.slice(1)).toEqual(['stopped']);
  check.close();
  expect(told).toHaveLength(2);
});

test('a rule that cannot be decided here has to be so there', async () => {
  const { counts, look } = watched(1);
  const index = new RuleIndex([over(1)]);
  await look(event('e-1', 0), index, {
    evaluated: 1,
    decisions: [],
    undecided: [{ ruleId: 'over-1', ruleVersion: 1 }],
  });
  expect(counts.contradictions).toBe(1);
});

test('a rule that asks for features is checked with what they were on its event, whatever they are since', async () => {
  const { counts, told, check } = watched(1);
  const rule: Rule = {
    ...over(1),
    conditions: { all: [{ fact: 'feature', params: { id: 'f', version: 1 }, operator: 'equal', value: 1 }] },
  };
  const index = new RuleIndex([rule]);
  let value = 1;
  const facts = {
    event: event('e-1', 5),
    feature: () => ({ value, version: 1, interval: { from: null, to: null } }),
  };
  const decided = decide(index, facts, { acceptedAt: at, decidedAt: at });
  expect(decided.decisions).toHaveLength(1);
  check.look(facts, index, decided, inForce(index));
  value = 2;
  await vi.waitFor(() => expect(counts.checked).toBe(1));
  expect([counts.contradictions, told]).toEqual([0, []]);
});
