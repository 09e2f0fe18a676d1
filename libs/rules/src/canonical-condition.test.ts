/** Guards: conditions that are called the same say the same of every event, and rewriting one that changes no outcome does not change its name. */
import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalName } from './canonical-condition.ts';
import { compileCondition } from './condition.ts';
import { conditionHash, sameConditions } from './same-rules.ts';
import { branch, facts } from './testing/random-conditions.ts';

const leaf = (operator: string, value: unknown, path = '$.data.a'): LeafCondition => ({
  fact: 'event',
  path,
  operator,
  value,
});
const [one, two, three] = [leaf('equal', 1), leaf('greaterThan', 2, '$.data.b'), leaf('equal', 'x', '$.data.c')];

describe('conditions that say the same have one name', () => {
  test.each<[string, Condition, Condition]>([
    ['in another order', { all: [one, two, three] }, { all: [three, one, two] }],
    [
      'with names and priorities',
      { all: [one] },
      { name: 'first', priority: 3, all: [{ ...one, name: 'x', priority: 9 }] },
    ],
    ['nested', { all: [one, { all: [two, { all: [three] }] }] }, { all: [one, two, three] }],
    ['of one branch', { all: [{ any: [one] }] }, { any: [one] }],
    ['twice', { any: [one, two, one] }, { any: [one, two] }],
    ['not of not', { not: { not: { all: [one, two] } } }, { all: [one, two] }],
    ['not all, any not', { not: { all: [one, two] } }, { any: [{ not: one }, { not: two }] }],
    ['not equal', { not: { all: [one] } }, { all: [leaf('notEqual', 1)] }],
    ['a decorator', { all: [leaf('not:equal', 1)] }, { all: [leaf('notEqual', 1)] }],
    ['a list in another order', { all: [leaf('in', [1, 'a'])] }, { all: [leaf('in', ['a', 1, 1])] }],
    ['a list of one', { all: [leaf('notIn', ['a'])] }, { all: [leaf('notEqual', 'a')] }],
    ['a path written otherwise', { all: [one] }, { all: [leaf('equal', 1, "$['data'].a")] }],
    [
      'of another offset',
      { all: [leaf('before', '2026-03-01T08:00:00+08:00')] },
      { all: [leaf('before', '2026-03-01T00:00:00Z')] },
    ],
    [
      'fields of a value in another order',
      { all: [leaf('within', { of: '2026-03-01T08:00:00+08:00', hours: 1, minutes: 2 })] },
      { all: [leaf('within', { minutes: 2, hours: 1, of: '2026-03-01T00:00:00Z' })] },
    ],
    [
      'days in another order',
      { all: [leaf('during', { days: ['monday', 'friday'], timeZone: 'UTC' })] },
      { all: [leaf('during', { timeZone: 'UTC', days: ['friday', 'monday'] })] },
    ],
    [
      'of elements',
      { all: [leaf('anyElement', { all: [one, { ...two, fact: 'element' }] })] },
      { all: [leaf('anyElement', { all: [{ ...two, fact: 'element' }, one] })] },
    ],
  ])('%s', (_, a, b) => expect(canonicalName(a)).toBe(canonicalName(b)));

  test.each<[string, Condition, Condition]>([
    ['all and any', { all: [one, two] }, { any: [one, two] }],
    ['another value', { all: [one] }, { all: [leaf('equal', '1')] }],
    ['another place', { all: [one] }, { all: [leaf('equal', 1, '$.data.b')] }],
    ['an empty list within any', { any: [one, { any: [] }] }, { any: [one] }],
    ['not of an empty list', { all: [one, { not: { any: [] } }] }, { all: [one] }],
    ['another list of corners', { all: [leaf('insidePolygon', [[1, 2]])] }, { all: [leaf('insidePolygon', [[2, 1]])] }],
    ['what is in no list, and does not contain', { not: leaf('contains', 1) }, { all: [leaf('doesNotContain', 1)] }],
    ['a list of values under a decorator', { all: [leaf('swap:in', [1])] }, { all: [leaf('equal', 1)] }],
    [
      'a list that is like a place',
      { all: [leaf('someValue:equal', ['event', '$.data.b'])] },
      { all: [leaf('someValue:equal', { fact: 'event', path: '$.data.b' })] },
    ],
    [
      'lists, of which the first that is none decides nothing',
      { all: [leaf('someValue:in', [5, ['a']])] },
      { all: [leaf('someValue:in', [['a'], 5])] },
    ],
    [
      'how many elements',
      { all: [leaf('countElements', { that: one, atLeast: 2 })] },
      { all: [leaf('countElements', { that: one, atMost: 2 })] },
    ],
  ])('but not %s', (_, a, b) => expect(canonicalName(a)).not.toBe(canonicalName(b)));
});

const joined = (key: 'all' | 'any', parts: readonly Condition[]): Condition =>
  key === 'all' ? { all: parts } : { any: parts };

/** The same said otherwise, by what the numbers choose. */
function rewritten(condition: Condition, choose: () => number): Condition {
  const otherwise = (): Condition => {
    if ('not' in condition) return { not: rewritten(condition.not, choose) };
    if ('fact' in condition) return { ...condition, priority: 2 };
    const [key, opposite] = 'all' in condition ? (['all', 'any'] as const) : (['any', 'all'] as const);
    const parts = ('all' in condition ? condition.all : condition.any)
      .map((child) => ({ child: rewritten(child, choose), at: choose() }))
      .sort((a, b) => a.at - b.at)
      .map(({ child }) => child);
    if (parts.length < 2 || choose() > 0.5) return joined(key, parts);
    if (choose() > 0.5) return joined(key, [joined(key, parts.slice(0, 2)), ...parts.slice(2)]);
    const negated = parts.map((child) => ({ not: child }));
    return { not: joined(opposite, negated) };
  };
  const said = otherwise();
  return choose() > 0.8 ? { not: { not: said } } : choose() > 0.8 ? { any: [said] } : said;
}

test('a condition said otherwise has the same name, and says the same of random facts', () => {
  fc.assert(
    fc.property(
      branch,
      fc.array(facts, { minLength: 5, maxLength: 5 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (written, given, numbers) => {
        const condition = written as Condition;
        const other = rewritten(condition, () => numbers.next().value as number);
        expect(canonicalName(other)).toBe(canonicalName(condition));
        const [a, b] = [compileCondition(condition), compileCondition(other)];
        for (const those of given) expect(b.test(those)).toBe(a.test(those));
      },
    ),
    { numRuns: 1_000, seed: 153 },
  );
});

test('of conditions from a few comparisons, those with one name say the same of every event', () => {
  const small = fc.constantFrom<Condition>(
    one,
    leaf('notEqual', 1),
    leaf('in', [1]),
    leaf('in', [1, 2]),
    leaf('lessThan', 2),
    leaf('in', 'x'),
    leaf('contains', 1),
    leaf('doesNotContain', 1),
  );
  const tree = fc.letrec<{ node: Condition }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      { weight: 2, arbitrary: small },
      { weight: 1, arbitrary: fc.array(tie('node'), { maxLength: 3 }).map((all) => ({ all })) },
      { weight: 1, arbitrary: fc.array(tie('node'), { maxLength: 3 }).map((any) => ({ any })) },
      { weight: 1, arbitrary: tie('node').map((not) => ({ not })) },
    ),
  })).node;
  const values: readonly unknown[] = [0, 1, 2, '1', 'x', null, undefined, [], [1], [2], {}, { toString: 1 }];
  const verdicts = new Map<string, string>();
  let met = 0;
  fc.assert(
    fc.property(tree, (condition) => {
      const compiled = compileCondition({ all: [condition] });
      const said = values.map((a) => compiled.test({ event: { data: { a } } })).join('');
      const name = canonicalName(condition);
      if (verdicts.has(name)) met += 1;
      expect(verdicts.get(name) ?? said).toBe(said);
      verdicts.set(name, said);
    }),
    { numRuns: 3_000, seed: 154 },
  );
  expect(met).toBeGreaterThan(500);
});

test('rules that fire on the same events have one hash, whatever the order of their types and conditions; others have another', () => {
  const hash = conditionHash({ eventTypes: ['a.b', 'c.d'], conditions: { all: [one, two] } });
  expect(hash).toMatch(/^[0-9a-f]{64}$/u);
  const same = { eventTypes: ['c.d', 'a.b', 'c.d'], conditions: { all: [two, { all: [one] }] } };
  expect(conditionHash(same)).toBe(hash);
  expect(conditionHash({ ...same, eventTypes: ['a.b'] })).not.toBe(hash);
  expect(conditionHash({ ...same, conditions: { any: [one, two] } })).not.toBe(hash);
});

test('rules that have the same condition are named in both languages', () => {
  expect(sameConditions([{ id: 'same', name: 'Rule same' }])).toEqual([
    {
      pointer: '/conditions',
      code: 'same-condition',
      text: {
        en: 'the rule "Rule same" (same) has the same condition: both fire on the same events',
        zh: '规则“Rule same”（same）的条件完全相同：两者会在相同的事件上触发',
      },
    },
  ]);
});
