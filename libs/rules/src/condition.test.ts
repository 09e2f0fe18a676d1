/** Guards: a comparison says of any value what its operator says, at the edges of numbers too; what cannot be decided hides no answer. */
import type { Condition } from '@hermes/contracts/rule';
import { describe, expect, test } from 'vitest';
import { MAX_CONDITIONS, MAX_DEPTH } from './rule-limits.ts';
import { compileCondition } from './condition.ts';
import { operatorOf } from './operators.ts';
import { FALSE, TRUE, UNDECIDABLE } from './verdict.ts';

const compare = (operator: string, value: unknown): Condition => ({
  fact: 'event',
  path: '$.data.a',
  operator,
  value,
});
const given = (value: unknown): Record<string, unknown> => ({ event: { data: { a: value } } });

const numbers = [
  ...[0, -0, 1, -1, 1.5, 5, Number.MIN_VALUE, -Number.MIN_VALUE, Number.EPSILON, 1 + Number.EPSILON],
  ...[2 ** 53, 2 ** 53 + 2, -(2 ** 53), Number.MAX_VALUE, -Number.MAX_VALUE, Infinity, -Infinity, Number.NaN],
];
const others: readonly unknown[] = [
  ...['', ' ', '5', ' 5 ', '5 km', '0x10', '1e3', 'Infinity', 'abc', 'null', undefined, null, true, false, [], [5]],
  ...[[5, 6], {}, 5n, 2n ** 60n, Symbol('s'), { toString: 1 }, { valueOf: () => 5, toString: () => 'x' }, new Date(5)],
];

describe('a comparison with a literal says what its operator says', () => {
  const orders = ['lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'];
  test.each([...orders, 'equal', 'notEqual', 'not:lessThan', 'swap:greaterThan'])('%s, of any value', (operator) => {
    for (const expected of [...numbers, '5', 'abc', null, true]) {
      const condition = compileCondition({ all: [compare(operator, expected)] });
      for (const actual of [...numbers, ...others]) {
        const verdict = operatorOf(operator)!(actual, expected);
        expect([actual, expected, condition.test(given(actual))]).toEqual([actual, expected, verdict]);
        expect(condition.explain(given(actual), [])).toBe(verdict);
      }
    }
  });

  test.each(['in', 'notIn', 'not:in'])('%s, of short and long lists', (operator) => {
    for (const list of [[], [1, '1', null], [...numbers, 'a', 'b', {}]]) {
      const condition = compileCondition({ all: [compare(operator, list)] });
      for (const actual of [...numbers, ...others])
        expect([actual, condition.test(given(actual))]).toEqual([actual, operatorOf(operator)!(actual, list)]);
    }
  });
});

describe('texts', () => {
  test.each<[string, unknown, unknown, number]>([
    ['startsWith', '朝阳区', '朝阳', TRUE],
    ['startsWith', '朝阳区', '阳', FALSE],
    ['endsWith', 'Haidian district', 'district', TRUE],
    ['endsWith', 'Haidian', '', TRUE],
    ['matches', '13800138000', '^1[3-9]\\d{9}$', TRUE],
    ['matches', 'call 13800138000 now', '1[3-9]\\d{9}', TRUE],
    ['matches', '12345', '^1[3-9]\\d{9}$', FALSE],
    ['not:matches', '12345', '^1[3-9]\\d{9}$', TRUE],
    ['someFact:endsWith', ['a.pdf', 'b.jpg'], '.jpg', TRUE],
    ['everyFact:endsWith', ['a.pdf', 'b.jpg'], '.jpg', FALSE],
    ['someValue:startsWith', 'b-17', ['a-', 'b-'], TRUE],
    ['swap:startsWith', 'b', 'b-17', TRUE],
    ['startsWith', 5, '5', FALSE],
    ['startsWith', undefined, '', FALSE],
    ['startsWith', '5', 5, UNDECIDABLE],
    ['swap:matches', '(', 'a', UNDECIDABLE],
  ])('%s of %j and %j', (operator, actual, expected, verdict) => {
    expect(compileCondition({ all: [compare(operator, expected)] }).test(given(actual))).toBe(verdict);
  });

  test('a pattern that makes others hang takes no longer than the text is long', () => {
    const condition = compileCondition({ all: [compare('matches', '^(a+)+$')] });
    const startedMs = performance.now();
    expect(condition.test(given(`${'a'.repeat(20_000)}b`))).toBe(FALSE);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});

test('conditions as deep and as many as a rule may have are compiled in a moment', () => {
  let deep = compare('equal', 0);
  for (let depth = 1; depth < MAX_DEPTH; depth++) {
    const beside = Array.from({ length: MAX_CONDITIONS / MAX_DEPTH - 2 }, (_, i) =>
      compare('notEqual', depth * 100 + i),
    );
    deep = depth % 2 === 0 ? { all: [deep, ...beside] } : { any: [...beside, deep] };
  }
  const startedMs = performance.now();
  expect(compileCondition(deep).test(given(0))).toBe(compileCondition(deep).explain(given(0), []));
  expect(performance.now() - startedMs).toBeLessThan(500);
});

describe('what cannot be decided', () => {
  const [yes, no, unknown] = [compare('equal', 1), compare('equal', 2), compare('in', { fact: 'event', path: '$.x' })];
  test.each<[string, Condition, number]>([
    ['all: false beside it', { all: [unknown, no] }, FALSE],
    ['all: false before it', { all: [no, unknown] }, FALSE],
    ['all: true beside it', { all: [yes, unknown, yes] }, UNDECIDABLE],
    ['any: true beside it', { any: [unknown, yes] }, TRUE],
    ['any: true before it', { any: [yes, unknown] }, TRUE],
    ['any: false beside it', { any: [no, unknown, no] }, UNDECIDABLE],
    ['not', { not: unknown }, UNDECIDABLE],
    ['deep', { any: [{ all: [yes, { not: unknown }] }, { all: [unknown, no] }] }, UNDECIDABLE],
  ])('decides nothing and hides nothing: %s', (_, condition, verdict) => {
    const compiled = compileCondition(condition);
    expect(compiled.test(given(1))).toBe(verdict);
    expect(compiled.explain(given(1), [])).toBe(verdict);
  });

  test('is unknown in the trace', () => {
    const trace: { path: string; outcome: string }[] = [];
    compileCondition({ all: [unknown, yes] }).explain(given(1), trace as never);
    expect(trace.map(({ path, outcome }) => `${path} ${outcome}`)).toEqual([
      '/conditions unknown',
      '/conditions/all/0 unknown',
      '/conditions/all/1 true',
    ]);
  });
});
