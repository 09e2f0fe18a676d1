/** Guards: however rules are found, shared and put in order, each says of an event what it says by itself. */
import type { Condition, Rule } from '@hermes/contracts/rule';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileCondition } from './condition.ts';
import type { Facts } from './fact-reads.ts';
import { RuleIndex, type RuleIndexOptions } from './rule-index.ts';
import { branch, facts, scalar } from './testing/random-conditions.ts';
import { FALSE, TRUE, UNDECIDABLE, type Verdict } from './verdict.ts';

const rule = (number: number, conditions: unknown, more: Partial<Rule> = {}): Rule => ({
  id: `r-${String(number).padStart(3, '0')}`,
  project: 'demo',
  name: 'a rule',
  version: 1,
  eventTypes: ['t'],
  conditions: conditions as Condition,
  event: { type: 'fired' },
  severity: 'info',
  alert: false,
  publishedAt: '2026-03-01T08:00:00.000Z',
  ...more,
});

function told(index: RuleIndex, given: Facts, type = 't'): [string, Verdict][] {
  const those: [string, Verdict][] = [];
  index.evaluate(type, given, ({ id }, verdict) => those.push([id, verdict]));
  return those;
}

const alone = (rules: readonly Rule[], given: Facts): [string, Verdict][] =>
  rules
    .map(({ id, conditions }): [string, Verdict] => [id, compileCondition(conditions).explain(given, [])])
    .filter(([, verdict]) => verdict !== FALSE);

/** Conditions as people write them: mostly one of few values or bounds on one of few fields. */
const place = fc.constantFrom('$.data.a', '$.data.b', '$.data.price');
const common = fc.oneof(
  fc.record({ fact: fc.constant('event'), path: place, operator: fc.constantFrom('equal', 'notEqual'), value: scalar }),
  fc.record({
    fact: fc.constant('event'),
    path: place,
    operator: fc.constantFrom('in', 'notIn'),
    value: fc.array(scalar, { maxLength: 12 }),
  }),
  fc.record({
    fact: fc.constant('event'),
    path: place,
    operator: fc.constantFrom('lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'),
    value: fc.oneof(fc.integer({ min: -3, max: 6 }), scalar),
  }),
);
const usual = fc.letrec<{ node: unknown; branch: unknown }>((tie) => ({
  node: fc.oneof({ maxDepth: 2 }, common, tie('branch')),
  branch: fc.oneof(
    { weight: 4, arbitrary: fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }) },
    { weight: 2, arbitrary: fc.record({ any: fc.array(tie('node'), { maxLength: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ not: tie('node') }) },
  ),
})).branch;
/** What converts to nothing: an order with it cannot be decided. */
const hostile = fc.constant({ toString: 1 });
const event = fc.record({
  event: fc.record({
    data: fc.dictionary(fc.constantFrom('a', 'b', 'price'), fc.oneof({ weight: 8, arbitrary: scalar }, hostile)),
  }),
});

describe('rules of an index', () => {
  test.each<[string, RuleIndexOptions]>([
    ['whose first steps are taken at once', { askedRules: 0 }],
    ['asked one by one', { askedRules: Infinity }],
  ])('%s say what each says by itself, in their order', (_, options) => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 3, arbitrary: usual }, branch), { minLength: 9, maxLength: 40 }),
        fc.array(fc.oneof({ weight: 3, arbitrary: event }, facts), { minLength: 1, maxLength: 8 }),
        (conditions, events) => {
          const rules = conditions.map((condition, number) => rule(number, condition));
          const index = new RuleIndex(rules, options);
          for (const given of events) expect(told(index, given)).toEqual(alone(rules, given));
        },
      ),
      { seed: 11, numRuns: 1_500 },
    );
  });

  test('that share conditions say what each says by itself', () => {
    fc.assert(
      fc.property(
        fc.array(usual, { minLength: 2, maxLength: 4 }),
        fc.array(fc.tuple(fc.constantFrom('all', 'any'), fc.nat(3), fc.nat(3)), { minLength: 4, maxLength: 12 }),
        fc.array(event, { minLength: 1, maxLength: 4 }),
        (parts, combinations, events) => {
          const part = (at: number): unknown => parts[at % parts.length];
          const rules = combinations.map(([kind, a, b], number) =>
            rule(number, { [kind]: [part(a), { not: part(b) }] }),
          );
          const index = new RuleIndex(rules);
          for (const given of events) expect(told(index, given)).toEqual(alone(rules, given));
        },
      ),
      { seed: 13, numRuns: 500 },
    );
  });

  test('tell of their conditions what each saw, of the event in hand', () => {
    fc.assert(
      fc.property(
        fc.array(usual, { minLength: 9, maxLength: 12 }),
        fc.array(event, { minLength: 1 }),
        (all, events) => {
          const rules = all.map((condition, number) => rule(number, condition));
          const index = new RuleIndex(rules);
          for (const given of events) {
            index.evaluate('t', given, (fired) => {
              const trace: unknown[] = [];
              compileCondition(fired.conditions).explain(given, trace as never);
              expect(index.explain(fired)).toEqual(trace);
            });
          }
        },
      ),
      { seed: 12, numRuns: 200 },
    );
  });
});

describe('what an index evaluates', () => {
  /** An event that counts how often its field is read. */
  function counting(value: unknown): { readonly given: Facts; readonly reads: () => number } {
    let reads = 0;
    const data = {
      get a() {
        reads += 1;
        return value;
      },
    };
    return { given: { event: { data } }, reads: () => reads };
  }
  const equal = (value: unknown): Condition => ({ fact: 'event', path: '$.data.a', operator: 'equal', value });

  test('a field is read once for each event, however many conditions look at it', () => {
    const rules = Array.from({ length: 20 }, (_, number) => rule(number, { any: [equal(number), equal('x')] }));
    for (const askedRules of [0, Infinity]) {
      const { given, reads } = counting('x');
      expect(told(new RuleIndex(rules, { askedRules }), given)).toHaveLength(20);
      expect(reads()).toBe(1);
    }
  });

  test('a condition that rules share is evaluated once for each event', () => {
    let conversions = 0;
    const price = {
      toString() {
        conversions += 1;
        return '1';
      },
    };
    const shared: Condition = { fact: 'event', path: '$.data.a', operator: 'lessThan', value: 3 };
    const conversionsOf = (count: number): number => {
      const rules = Array.from({ length: count }, (_, number) =>
        rule(number, { all: [shared, { not: equal(number) }] }),
      );
      const index = new RuleIndex(rules, { askedRules: Infinity });
      const before = conversions;
      expect(told(index, { event: { data: { a: price } } })).toHaveLength(count);
      return conversions - before;
    };
    expect(conversionsOf(1)).toBeGreaterThan(0);
    expect(conversionsOf(20)).toBe(conversionsOf(1));
  });

  test('a named list is asked once for each event, and not at all where what is likelier to settle a rule does', () => {
    let asked = 0;
    const list = () => ({ revision: 1, has: (entry: string) => (asked++, entry === 'x') });
    const inList = { fact: 'event', path: '$.data.a', operator: 'inList', value: { list: 'vip' } };
    const numbers = Array.from({ length: 200 }, (_, number) => number);
    const alone = new RuleIndex(numbers.map((number) => rule(number, { all: [inList] })));
    const beside = new RuleIndex(
      numbers.map((number) => rule(number, { all: [inList, { ...equal(number), path: '$.data.b' }] })),
    );
    const askedFor = (index: RuleIndex, data: object, fires: number): number => {
      asked = 0;
      expect(told(index, { event: { data }, list })).toHaveLength(fires);
      return asked;
    };
    expect([askedFor(alone, { a: 'x' }, 200), askedFor(alone, { a: 'y' }, 0)]).toEqual([1, 1]);
    expect([askedFor(beside, { a: 'x', b: -1 }, 0), askedFor(beside, { a: 'x', b: 7 }, 1)]).toEqual([0, 1]);
    // A process that has not read the list yet.
    expect(told(alone, { event: { data: { a: 'x' } } })[0]?.[1]).toBe(UNDECIDABLE);
  });

  test('what was before is read only where the value is what it may have become', () => {
    let read = 0;
    const previous = () => (read++, { kind: 'first' as const });
    const became = (value: unknown): Condition => ({ ...equal(value), operator: 'became' }) as Condition;
    const index = new RuleIndex(Array.from({ length: 200 }, (_, number) => rule(number, { any: [became(number)] })));
    expect(told(index, { event: { data: { a: 7 } }, previous })).toEqual([['r-007', TRUE]]);
    expect(read).toBe(1);
    expect(told(index, { event: { data: { a: 'x' } }, previous })).toEqual([]);
    expect(read).toBe(1);
  });

  test('a list in a rule may be long, and may be asked after another condition', () => {
    const upTo = (count: number) => Array.from({ length: count }, (_, number) => `v${String(number)}`);
    const inList = (count: number, operator = 'in'): Condition =>
      ({ ...equal(0), operator, value: [...upTo(count), { v: 1 }] }) as Condition;
    const first: Condition = { ...equal(1), path: '$.data.b' };
    const rules = [inList(40), inList(70), inList(70, 'notIn')].map((list, number) =>
      rule(number, { all: [first, list] }),
    );
    for (const askedRules of [0, Infinity]) {
      const firedOn = (a: unknown): string =>
        told(new RuleIndex(rules, { askedRules }), { event: { data: { a, b: 1 } } })
          .map(([id]) => id.at(-1))
          .join('');
      expect(['v0', 'v31', 'v32', 'v39', 'v40', 'v69', 'v70', undefined].map(firedOn)).toEqual([
        '01',
        '01',
        '01',
        '01',
        '1',
        '1',
        '2',
        '2',
      ]);
    }
  });

  test('however many rules look at one place, what is kept to settle them grows as they do', () => {
    const order = (bound: number): Condition => ({ ...equal(bound), operator: 'greaterThan' }) as Condition;
    const index = new RuleIndex(Array.from({ length: 3_000 }, (_, number) => rule(number, { all: [order(number)] })));
    expect(told(index, { event: { data: { a: 2_500 } } })).toHaveLength(2_500);
    expect(told(index, { event: { data: { a: Infinity } } })).toHaveLength(3_000);
    expect(told(index, { event: { data: { a: 'none' } } })).toHaveLength(0);
    expect(told(index, { event: { data: { a: { toString: 1 } } } })).toHaveLength(3_000);
  });

  test('rules of other types are not told of', () => {
    const index = new RuleIndex([rule(1, { all: [] }, { eventTypes: ['u'] }), rule(2, { all: [] })]);
    expect(
      [told(index, {}, 't'), told(index, {}, 'u'), told(index, {}, 'v')].map((those) => those.map(([id]) => id)),
    ).toEqual([['r-002'], ['r-001'], []]);
    expect(['t', 'u', 'v'].map((type) => index.interested(type))).toEqual([1, 1, 0]);
  });

  test('two versions of one rule are told apart: what they say, and how long and under which name their firings are kept', () => {
    const [hour, minute] = [{ suppression: { hours: 1 } }, { suppression: { minutes: 1 } }];
    const candidate = { shadow: true, candidate: true } as const;
    const index = new RuleIndex([
      rule(1, equal(1), { ...hour, rollout: { percent: 0.000_001 } }),
      rule(1, { any: [equal(1), equal(2)] }, { version: 2, ...minute, ...candidate }),
      rule(2, equal(1), { ...hour, shadow: true }),
    ]);
    const of = (number: number, ruleVersion: number) => ({ ruleId: `r-00${number}`, ruleVersion });
    expect(told(index, { event: { data: { a: 1 } } }).map(([id]) => id)).toEqual(['r-001', 'r-001', 'r-002']);
    expect(told(index, { event: { data: { a: 2 } } }).map(([id]) => id)).toEqual(['r-001']);
    expect([of(1, 1), of(1, 2), of(2, 1), of(1, 3)].map((version) => index.suppressionOf(version))).toEqual([
      { name: 'r-001', periodMs: 3_600_000 },
      { name: 'r-001@2', periodMs: 60_000 },
      { name: '~r-002', periodMs: 3_600_000 },
      undefined,
    ]);
    expect(index.within([of(1, 1), of(1, 2)], 'deal:1', 0)).toEqual([of(1, 2)]);
  });
});
