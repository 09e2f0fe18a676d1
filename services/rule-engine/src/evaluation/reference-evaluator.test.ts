/** Guards: json-rules-engine alone decides as the compiled rules do, and a thread that is lost loses no event. */
import type { Condition, Rule } from '@hermes/contracts/rule';
import { decide, type Decided, type EventFacts } from '@hermes/rules/decide';
import type { FeatureLookup } from '@hermes/rules/feature-fact';
import { isForReference, referenceVerdict } from '@hermes/rules/reference';
import { RuleIndex } from '@hermes/rules/rule-index';
import { branch, facts } from '@hermes/rules/testing/random-conditions';
import { UNDECIDABLE } from '@hermes/rules/verdict';
import { sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { StoppingError } from '@hermes/stream-runtime/stopping-error';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { LogicRun } from '../testing/logic-run.ts';
import { ReferenceEvaluator } from './reference-evaluator.ts';
import { ruleSetOf } from './rule-set.ts';

const ENTRY = new URL('../reference-evaluation.ts', import.meta.url);
const MORTAL = new URL('../testing/mortal-reference-thread.ts', import.meta.url);
const at = '2026-03-01T08:00:00.000Z';
const instants = { acceptedAt: at, decidedAt: at };

const opened: ReferenceEvaluator[] = [];
const errors: string[] = [];
function open(entry: URL, patienceMs = 30_000): ReferenceEvaluator {
  const logger = { error: (_: unknown, message: string) => void errors.push(message) } as never;
  opened.push(new ReferenceEvaluator(logger, { entry, patienceMs }));
  return opened.at(-1)!;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  errors.length = 0;
});

const ruleOf = (conditions: unknown, number: number, more: Partial<Rule> = {}): Rule => ({
  id: `r-${number}`,
  project: 'demo',
  name: 'a rule',
  version: 1,
  eventTypes: ['t'],
  conditions: conditions as Condition,
  event: { type: 'fired' },
  severity: 'info',
  alert: false,
  publishedAt: at,
  ...more,
});
const eventOf = (data: Record<string, unknown>, id = 'e-1') =>
  sampleEvent('demo', { id, type: 't', time: at, receivedat: at, data });
const over = (price: number) =>
  ruleOf({ all: [{ fact: 'event', path: '$.data.price', operator: 'greaterThan', value: price }] }, price);
const ids = ({ decisions }: Decided): readonly string[] => decisions.map(({ ruleId }) => ruleId);

test('300 random rules on random facts are decided as the compiled ones are, but where json-rules-engine throws', async () => {
  const rules = fc
    .sample(branch, { numRuns: 300, seed: 193 })
    .map((conditions, i) => ruleOf(conditions, i, { priority: 1 + (i % 7) }));
  const index = new RuleIndex(rules);
  const others = new Set(rules.filter(({ conditions }) => !isForReference(conditions)).map(({ id }) => id));
  const { verdictsOf } = open(ENTRY);
  const seen = { fired: 0, threw: 0 };
  for (const given of fc.sample(facts, { numRuns: 10, seed: 193 })) {
    // As it comes over Kafka: objects without a prototype are not in JSON.
    const { data } = JSON.parse(JSON.stringify(given['event'])) as { readonly data: Record<string, unknown> };
    const feature = given['feature'] as FeatureLookup | undefined;
    const those: EventFacts = { event: eventOf(data), ...(feature === undefined ? {} : { feature }) };
    const threw = new Set<string>();
    for (const { id, conditions } of rules)
      if (isForReference(conditions) && (await referenceVerdict(conditions, { ...those })) === UNDECIDABLE)
        threw.add(id);
    const compiled = decide(index, those, instants);
    const alone = decide(index, those, instants, undefined, verdictsOf);
    expect(alone.decisions).toEqual(compiled.decisions.filter(({ ruleId }) => !threw.has(ruleId)));
    // Those of which it has no operator are asked compiled.
    const compiledOnly = compiled.undecided.filter(({ ruleId }) => others.has(ruleId));
    expect(alone.undecided.map(({ ruleId }) => ruleId).sort()).toEqual(
      [...threw, ...compiledOnly.map(({ ruleId }) => ruleId)].sort(),
    );
    expect(alone.evaluated).toBe(compiled.evaluated);
    seen.fired += alone.decisions.length;
    seen.threw += threw.size;
  }
  expect(seen.fired).toBeGreaterThan(500);
  expect(seen.threw).toBeGreaterThan(100);
}, 60_000);

test('features and lookups are seen as they are on the event, and rules with facts that it has not are asked compiled', () => {
  const lookup = { fact: 'lookup', params: { id: 'crm', key: 'k' }, operator: 'equal', value: 'vip' };
  const feature = { fact: 'feature', params: { id: 'deals', version: 1 }, operator: 'greaterThan', value: 2 };
  const list = { fact: 'event', path: '$.data.who', operator: 'inList', value: { list: 'known' } };
  const element = { fact: 'event', path: '$.data.all', operator: 'anyElement' };
  const value = { all: [{ fact: 'element', operator: 'equal', value: 5 }] };
  const rules = [{ all: [lookup, feature] }, { all: [list] }, { all: [{ ...element, value }] }, { not: list }];
  const index = new RuleIndex(rules.map((conditions, i) => ruleOf(conditions, i)));
  const given: EventFacts = {
    event: eventOf({ who: 'b-1', all: [1, 5] }),
    feature: () => ({ value: 3, version: 1, interval: { from: null, to: null } }),
    lookup: () => ({ value: 'vip', from: 'source' }),
    list: () => ({ revision: 1, has: (entry) => entry === 'b-1' }),
  };
  const compiled = decide(index, given, instants);
  expect(ids(compiled)).toEqual(['r-0', 'r-1', 'r-2']);
  const { verdictsOf } = open(ENTRY);
  expect(verdictsOf(index.rulesOf('t'), given)).toEqual([1, undefined, undefined, undefined]);
  expect(decide(index, given, instants, undefined, verdictsOf)).toEqual(compiled);
});

test.each([
  ['ends', 30_000, 'the thread of json-rules-engine has ended; another is started'],
  ['hangs', 2_000, 'the thread of json-rules-engine has asked one rule for 2000 ms; another is started'],
])(
  'a thread that %s on an event stops who asks, and the same event is decided by the next one',
  (fate, patienceMs, message) => {
    const { verdictsOf } = open(MORTAL, patienceMs);
    const index = new RuleIndex([over(1), over(9)]);
    const asked = (data: Record<string, unknown>): Decided =>
      decide(index, { event: eventOf({ price: 5, ...data }) }, instants, undefined, verdictsOf);
    expect(ids(asked({}))).toEqual(['r-1']);
    for (let i = 0; i < 2; i++) {
      expect(() => asked({ fate })).toThrow(new StoppingError(message));
      expect(ids(asked({}))).toEqual(['r-1']);
    }
  },
);

test('many rules are waited for as long as the thread gets on', () => {
  const rules = Array.from({ length: 8_000 }, (_, price) => over(price));
  const ask = ({ verdictsOf }: ReferenceEvaluator): { readonly said: string; readonly tookMs: number } => {
    verdictsOf([over(1)], { event: eventOf({}) });
    const fromMs = performance.now();
    const said = verdictsOf(rules, { event: eventOf({ price: 5 }) }).join('');
    return { said, tookMs: performance.now() - fromMs };
  };
  const patient = ask(open(ENTRY));
  expect(patient.said).toBe('1'.repeat(5) + '0'.repeat(7_995));
  const patienceMs = patient.tookMs / 3;
  const impatient = ask(open(ENTRY, patienceMs));
  expect(impatient.said).toBe(patient.said);
  expect(impatient.tookMs).toBeGreaterThan(patienceMs);
});

test('a thread that ends between two events is told, and the next event is decided', async () => {
  const { verdictsOf } = open(MORTAL);
  const index = new RuleIndex([over(1)]);
  const asked = (data: Record<string, unknown>): Decided =>
    decide(index, { event: eventOf({ price: 5, ...data }) }, instants, undefined, verdictsOf);
  expect(ids(asked({ fate: 'ends later' }))).toEqual(['r-1']);
  await vi.waitFor(() => expect(errors).toEqual([expect.stringMatching(/has ended; the next event/)]), 10_000);
  expect(ids(asked({}))).toEqual(['r-1']);
});

test('suppression, the shadow and actions are as with the compiled rules', () => {
  const conditions = { all: [{ fact: 'event', path: '$.data.price', operator: 'greaterThan', value: 1 }] };
  const rules = [
    ruleOf(conditions, 0, { suppression: { hours: 1 } }),
    ruleOf(conditions, 1, { shadow: true }),
    ruleOf({ not: conditions }, 2),
  ];
  const set = ruleSetOf(
    1,
    rules.map((one) => ({ id: one.id, value: Buffer.from(JSON.stringify(one)) })),
  );
  const { verdictsOf } = open(ENTRY);
  const decided = (run: LogicRun) => [5, 6, 0].map((price, i) => run.decide(eventOf({ price }, `e-${i}`)));
  const compiled = decided(new LogicRun(set));
  expect(compiled.map((those) => those.map(({ ruleId }) => ruleId))).toEqual([['r-0', 'r-1'], ['r-1'], ['r-2']]);
  expect(decided(new LogicRun(set, {}, 'demo', verdictsOf))).toEqual(compiled);
});
