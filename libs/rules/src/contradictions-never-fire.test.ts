/** Guards: what is called a contradiction is true of no event, as the engine evaluates it, whatever the event has. */
import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileCondition } from './condition.ts';
import { contradictionsOf } from './contradictions.ts';
import { inTimeZone } from './in-time-zone.ts';
import { branch, facts } from './testing/random-conditions.ts';
import { TRUE } from './verdict.ts';

const leaf = (operator: string, value: unknown, path = '$.data.a'): LeafCondition => ({
  fact: 'event',
  path,
  operator,
  value,
});
const RUNS = 2_000;
const value = fc.constantFrom<unknown>(
  0,
  1,
  2,
  5,
  7.5,
  '1',
  '2',
  '10',
  '5 km',
  'abc',
  'ab',
  '',
  '2026-01-02',
  true,
  null,
);
const instant = fc.constantFrom(
  '2026-03-01T00:00:00Z',
  '2026-03-01T08:00:00+08:00',
  '2026-03-02T10:00:00Z',
  '2026-03-07',
);
const day = fc.constantFrom('monday', 'saturday', 'sunday');
const clock = fc.constantFrom('00:00', '08:00', '09:30', '23:00');
const path = fc.constantFrom('$.data.a', "$.data['a']", '$.data.b');
const place = path.map((name) => ({ fact: 'event', path: name }));
const literals: readonly (readonly [readonly string[], fc.Arbitrary<unknown>])[] = [
  [['equal', 'notEqual', 'contains', 'doesNotContain', 'someFact:equal', 'swap:lessThan'], fc.oneof(value, instant)],
  [['lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'], fc.oneof(value, place)],
  [['equal', 'notEqual', 'before', 'after'], place],
  [['in', 'notIn', 'someValue:equal', 'everyValue:notEqual'], fc.array(value, { maxLength: 3 })],
  [['startsWith', 'endsWith', 'matches'], fc.constantFrom('a', 'ab', '1', '5', '2026', 'c')],
  [['before', 'after'], instant],
  [['within'], fc.record({ of: instant, hours: fc.constantFrom(1, 30, 200) })],
  [
    ['during'],
    fc
      .record({ days: fc.array(day, { minLength: 1 }), from: clock, to: clock }, { requiredKeys: ['days'] })
      .filter(({ from, to }) => from === undefined || from !== to),
  ],
  [['withinKm'], fc.constant({ of: { longitude: 1, latitude: 1 }, km: 100 })],
];
const comparison = fc.oneof(
  ...literals.map(([operators, literal]) =>
    fc
      .tuple(path, fc.constantFrom(...operators.flatMap((name) => [name, name, `not:${name}`])), literal)
      .map(([where, operator, what]): Condition => leaf(operator, what, where)),
  ),
);
const condition: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition; list: Condition }>((tie) => ({
  node: fc.oneof({ maxDepth: 2 }, { weight: 4, arbitrary: comparison }, { weight: 1, arbitrary: tie('list') }),
  list: fc.oneof(
    fc.array(tie('node'), { minLength: 1, maxLength: 4 }).map((all) => ({ all })),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    tie('node').map((not) => ({ not })),
  ),
})).list;
const held = fc.oneof(
  { weight: 4, arbitrary: value },
  { weight: 2, arbitrary: instant },
  { weight: 1, arbitrary: fc.array(value, { maxLength: 2 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      { longitude: 1, latitude: 1 },
      { toString: 1 },
      undefined,
      [['5']],
      '2026-03-07T12:00:00Z',
      '6',
      '0x10',
    ),
  },
);

/** What is called a contradiction among random conditions, held against the same events each. */
function expectNoneFires(conditions: fc.Arbitrary<Condition>, given: readonly Record<string, unknown>[], seed: number) {
  let told = 0;
  fc.assert(
    fc.property(conditions, (written) => {
      const placed = inTimeZone(written, 'Asia/Shanghai');
      if (!contradictionsOf(placed, '').neverHolds) return;
      told += 1;
      const compiled = compileCondition(placed);
      for (const one of given) expect(compiled.test(one)).not.toBe(TRUE);
    }),
    { numRuns: RUNS, seed },
  );
  expect(told).toBeGreaterThan(RUNS / 20);
}

test('what is called a contradiction never fires: each of those among 2,000 conditions, on 300 events', () => {
  const events = fc.sample(fc.record({ a: held, b: held }), { numRuns: 300, seed: 150 });
  expectNoneFires(
    condition,
    events.map((data) => ({ event: { data } })),
    150,
  );
});

/** Some comparisons on one place, each of them as it is or negated. */
const together = (operators: readonly string[], literal: fc.Arbitrary<unknown>): fc.Arbitrary<Condition> =>
  fc
    .array(fc.tuple(fc.constantFrom(...operators.flatMap((name) => [name, `not:${name}`])), literal), {
      minLength: 2,
      maxLength: 4,
    })
    .map((those) => ({ all: those.map(([operator, what]) => leaf(operator, what)) }));

test('neither do orders of numbers and texts, as they are and negated', () => {
  const bounds = [2, 5, 10, '10', '2', '9', '5 km', 'abc', 'b'] as const;
  const held = [
    ...bounds,
    1,
    3.5,
    7,
    12,
    '1',
    '3.5',
    '2 km',
    '9 km',
    '95',
    '5e1',
    null,
    undefined,
    true,
    {},
    [],
    [7],
    ['10'],
  ];
  const orders = ['lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'];
  expectNoneFires(
    together(orders, fc.constantFrom(...bounds)),
    held.map((a) => ({ event: { data: { a } } })),
    155,
  );
});

test('neither do instants, at the very millisecond', () => {
  const at = ['2026-03-02T00:00:00Z', '2026-03-02T08:00:00.001+08:00', '2026-03-02T01:00:00Z', '2026-03-03T00:00:00Z'];
  const near = fc.record({ of: fc.constantFrom(...at), hours: fc.constantFrom(1, 23) });
  const days = fc.constantFrom(
    { days: ['monday'] },
    { days: ['tuesday'], from: '08:00' },
    { from: '08:00', to: '09:00' },
  );
  const one = fc.oneof(
    together(['before', 'after'], fc.constantFrom(...at)),
    together(['within'], near),
    together(['during'], days),
  );
  const held = [...at, '2026-03-01T23:59:59.999Z', '2026-03-01T12:00:00Z', '2026-03-04T00:00:00Z', 'never', 5, null];
  expectNoneFires(
    fc.array(one, { minLength: 1, maxLength: 2 }).map((all) => ({ all })),
    held.map((a) => ({ event: { data: { a } } })),
    156,
  );
});

test('neither does it among conditions and facts of all kinds, nonsense included', () => {
  const wild = fc.array(branch, { minLength: 2, maxLength: 3 }).map((all) => ({ all }) as Condition);
  expectNoneFires(wild, fc.sample(facts, { numRuns: 300, seed: 151 }), 151);
});

test('of equality, lists and ranges of numbers each contradiction is found: what is not called one fires for some event', () => {
  const number = fc.integer({ min: 0, max: 4 });
  const one = fc.oneof(
    fc.tuple(
      fc.constantFrom('equal', 'notEqual', 'lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'),
      number,
    ),
    fc.tuple(fc.constantFrom('in', 'notIn'), fc.array(fc.oneof(number, fc.constantFrom('1', 'x')), { maxLength: 3 })),
  );
  const inHalves = Array.from({ length: 13 }, (_, i) => i / 2 - 1);
  const witnesses: readonly unknown[] = [...inHalves, ...inHalves.map(String), 'x', 'y'];
  const seen = { contradictions: 0, others: 0 };
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 5 }), (those) => {
      const written: Condition = { all: those.map(([operator, what]) => leaf(operator, what)) };
      const compiled = compileCondition(written);
      const fires = witnesses.some((a) => compiled.test({ event: { data: { a } } }) === TRUE);
      expect(contradictionsOf(written, '').neverHolds).toBe(!fires);
      seen[fires ? 'others' : 'contradictions'] += 1;
    }),
    { numRuns: 2_000, seed: 152 },
  );
  expect(Math.min(seen.contradictions, seen.others)).toBeGreaterThan(300);
});
