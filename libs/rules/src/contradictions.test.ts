/** Guards: contradictions that people write are found, at the place where they stand, and nothing is said of what can be. */
import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { describe, expect, test } from 'vitest';
import { MAX_RULE_LENGTH } from './rule-limits.ts';
import { contradictionsOf } from './contradictions.ts';
import { inTimeZone } from './in-time-zone.ts';

const leaf = (operator: string, value: unknown, path = '$.data.a'): LeafCondition => ({
  fact: 'event',
  path,
  operator,
  value,
});
const at = (path: string): object => ({ fact: 'event', path });
/** A comparison of a fact that is told apart by its params, as another fact than the event may be. */
const other = (name: string, value: unknown) =>
  ({ fact: 'other', params: { name }, operator: 'equal', value }) as unknown as LeafCondition;
const look = (condition: Condition) => contradictionsOf(inTimeZone(condition, 'Asia/Shanghai'), '/conditions');

describe('comparisons that can never hold together', () => {
  test.each<[string, ...LeafCondition[]]>([
    ['a range without a number', leaf('greaterThan', 10), leaf('lessThan', 5)],
    ['a range that ends where it begins', leaf('greaterThan', 10), leaf('lessThanInclusive', 10)],
    ['a range of texts', leaf('greaterThan', '2026-03-01'), leaf('lessThan', '2026-02-01')],
    ['numbers, one of them written as a text', leaf('equal', 7), leaf('greaterThan', '10')],
    ['not less, and less', leaf('not:lessThan', 10), leaf('lessThanInclusive', 9)],
    ['two values', leaf('equal', 'a'), leaf('equal', 'b')],
    ['a value and the same as a text', leaf('equal', 5), leaf('equal', '5')],
    ['a value that is in no list', leaf('equal', 'a'), leaf('in', ['b'])],
    ['lists without a common value', leaf('in', ['a', 'b']), leaf('in', ['c'])],
    ['lists of which nothing is left', leaf('in', ['a', 'b']), leaf('notEqual', 'a'), leaf('notIn', ['b', 'c'])],
    ['a value outside of its range', leaf('equal', 5), leaf('greaterThan', 5)],
    ['a value without its beginning', leaf('equal', 'Haidian'), leaf('startsWith', 'Chao')],
    ['an operator and its opposite', leaf('matches', '^a'), leaf('not:matches', '^a')],
    ['a text and a list', leaf('startsWith', 'a'), leaf('contains', 'a')],
    [
      'a place and a number',
      leaf('insidePolygon', [
        [0, 0],
        [1, 0],
        [1, 1],
      ]),
      leaf('lessThan', 5),
    ],
    ['two beginnings', leaf('startsWith', 'ab'), leaf('startsWith', 'b')],
    ['two ends', leaf('endsWith', 'ab'), leaf('endsWith', 'aa')],
    ['in a list and not', leaf('contains', 'a'), leaf('doesNotContain', 'a')],
    ['before and after', leaf('before', '2026-03-01'), leaf('after', '2026-03-02')],
    ['the instant itself', leaf('before', '2026-03-01T09:00'), leaf('not:before', '2026-03-01T01:00:00Z')],
    ['near to something and long after', leaf('within', { of: '2026-03-01', hours: 1 }), leaf('after', '2026-03-02')],
    ['other days', leaf('during', { days: ['monday'] }), leaf('during', { days: ['tuesday', 'sunday'] })],
    ['other hours', leaf('during', { from: '09:00', to: '12:00' }), leaf('during', { from: '12:00', to: '18:00' })],
    [
      'a night and the day after it',
      leaf('during', { days: ['friday'], from: '22:00', to: '02:00' }),
      leaf('during', { days: ['saturday'], from: '02:00', to: '22:00' }),
    ],
    [
      'weekdays that are none',
      leaf('during', { days: ['monday'] }),
      leaf('not:during', { days: ['monday', 'friday'] }),
    ],
    ['nothing in a list', leaf('in', [])],
    ['less and more than another place', leaf('lessThan', at('$.data.b')), leaf('greaterThan', at('$.data.b'))],
    ['the same from the other side', leaf('lessThan', at('$.data.b')), leaf('lessThan', at('$.data.a'), '$.data.b')],
    ['before and after another place', leaf('before', at('$.time')), leaf('after', at('$.time'))],
    ['equal to another place and less', leaf('equal', at('$.data.b')), leaf('lessThan', at('$.data.b'))],
    ['the same place written otherwise', leaf('equal', 1), leaf('equal', 2, "$['data'].a")],
  ])('%s', (_, ...leaves) => {
    const { findings, neverHolds } = look({ all: leaves });
    expect([findings.map(({ pointer }) => pointer), neverHolds]).toEqual([
      [`/conditions/all/${leaves.length - 1}`],
      true,
    ]);
  });

  test.each<[string, Condition, readonly string[], neverHolds: boolean]>([
    ['all in all', { all: [leaf('equal', 1), { all: [{ all: [leaf('equal', 2)] }] }] }, ['all/1/all/0/all/0'], true],
    ['under a not', { not: { any: [leaf('notEqual', 1), leaf('equal', 1)] } }, ['not/any/1'], true],
    ['not of a comparison', { all: [{ not: leaf('greaterThan', 5) }, leaf('greaterThan', 6)] }, ['all/1'], true],
    ['one branch', { any: [{ all: [leaf('equal', 1), leaf('equal', 2)] }, leaf('equal', 3)] }, ['any/0/all/1'], false],
    [
      'all branches',
      { any: [{ all: [leaf('equal', 1), leaf('equal', 2)] }, leaf('in', [])] },
      ['any/0/all/1', 'any/1'],
      true,
    ],
    [
      'a branch with what is around it',
      { all: [leaf('greaterThan', 10), { any: [leaf('lessThan', 5), leaf('equal', 'x', '$.data.b')] }] },
      ['all/1/any/0'],
      false,
    ],
    ['what need not hold', { not: { all: [leaf('equal', 1), leaf('equal', 2)] } }, [], false],
    [
      'an element that no list has',
      {
        all: [
          leaf('anyElement', {
            all: [
              { fact: 'element', operator: 'greaterThan', value: 5 },
              { fact: 'element', operator: 'lessThan', value: 3 },
            ],
          }),
        ],
      },
      ['all/0/value/all/1'],
      true,
    ],
    [
      'elements of a list that may be empty',
      { all: [leaf('allElements', { all: [{ fact: 'element', operator: 'in', value: [] }] })] },
      ['all/0/value/all/0'],
      false,
    ],
  ])('%s', (_, condition, pointers, never) => {
    const { findings, neverHolds } = look(condition);
    expect(findings.map(({ pointer }) => pointer)).toEqual(pointers.map((pointer) => `/conditions/${pointer}`));
    expect(neverHolds).toBe(never);
  });
});

test.each<[string, ...LeafCondition[]]>([
  ['a point', leaf('greaterThanInclusive', 5), leaf('lessThanInclusive', 5)],
  [
    'a point that is excluded as a number and may be a text',
    leaf('greaterThanInclusive', 5),
    leaf('lessThanInclusive', 5),
    leaf('notEqual', 5),
  ],
  [
    'numbers as texts are in another order',
    leaf('greaterThan', '10'),
    leaf('lessThan', 5),
    leaf('not:startsWith', '1'),
  ],
  ['what is not less may be no number', leaf('not:lessThan', 10), leaf('not:greaterThan', 5)],
  ['what is not before may be no instant', leaf('not:before', '2026-03-02'), leaf('not:after', '2026-03-01')],
  ['one beginning within another', leaf('startsWith', 'a'), leaf('startsWith', 'ab')],
  ['in a list and not out of it', leaf('contains', 'a'), leaf('not:doesNotContain', 'a')],
  ['neither in a list', leaf('not:contains', 'a'), leaf('not:doesNotContain', 'a')],
  [
    'at least and at most another place',
    leaf('lessThanInclusive', at('$.data.b')),
    leaf('greaterThanInclusive', at('$.data.b')),
  ],
  // A fact that is told apart by more than its path.
  ['places told apart by params', other('a', 1), other('b', 2)],
  ['other places', leaf('equal', 1), leaf('equal', 2, '$.data.b')],
  [
    'hours of two time zones',
    leaf('during', { from: '09:00', to: '12:00', timeZone: 'UTC' }),
    leaf('during', { from: '13:00', to: '18:00' }),
  ],
  [
    'a night and the next morning',
    leaf('during', { days: ['friday'], from: '22:00', to: '02:00' }),
    leaf('during', { days: ['saturday'] }),
  ],
])('nothing is said of %s', (_, ...leaves) => {
  expect(look({ all: leaves })).toEqual({ findings: [], neverHolds: false });
});

test('only what excludes each other is named, in both languages', () => {
  const { findings } = look({
    all: [
      leaf('greaterThan', 10),
      leaf('notEqual', 12),
      leaf('equal', 1, '$.data.b'),
      { not: leaf('not:lessThan', 5) },
    ],
  });
  expect(findings).toEqual([
    {
      pointer: '/conditions/all/3/not',
      code: 'contradiction',
      text: {
        en: '"$.data.a greaterThan 10", "not $.data.a not:lessThan 5" never hold together',
        zh: '“$.data.a greaterThan 10”、“not $.data.a not:lessThan 5”不可能同时成立',
      },
    },
  ]);
});

const many = <T>(count: number, of: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => of(i));
const instants = many(1_500, (i) => `2026-03-01T00:00:00.${i}Z`);
const elsewhere = leaf('equal', 'x', '$.data.b');

test.each<[string, Condition]>([
  [
    'a long list of texts and many ends',
    {
      all: [
        leaf(
          'in',
          many(7_500, (i) => i.toString(36)),
        ),
        { any: many(60, (i) => leaf('endsWith', `-${i}`)) },
      ],
    },
  ],
  [
    'a long list of numbers beside much else, and many values',
    {
      all: [
        leaf(
          'in',
          many(8_000, (i) => i),
        ),
        ...many(47, (i) => leaf('notEqual', -i - 1)),
        elsewhere,
        { any: many(200, (i) => leaf('equal', -100 - i)) },
      ],
    },
  ],
  [
    'a long list beside many values and ranges',
    {
      all: [
        leaf(
          'in',
          many(8_000, (i) => i),
        ),
        ...many(200, (i) => leaf('notEqual', -i)),
        elsewhere,
        { any: many(60, (i) => leaf('greaterThan', 7_999 - i / 1_000)) },
      ],
    },
  ],
  [
    'instants and spans',
    { all: [leaf('in', instants), { any: many(200, () => leaf('within', { of: '2026-01-01T00:00:00Z', hours: 1 })) }] },
  ],
  [
    'instants and schedules',
    { all: [leaf('in', instants), { any: many(200, () => leaf('during', { from: '10:00', to: '10:01' })) }] },
  ],
  ['schedules', { all: many(400, (i) => leaf('during', { from: '00:00', to: `23:${10 + (i % 50)}` })) }],
  [
    'a long text and patterns',
    { all: [leaf('in', ['a'.repeat(50_000)]), { any: many(40, (i) => leaf('matches', `(a|aa)+(a?){${i + 800}}b`)) }] },
  ],
  [
    'values that are to be taken for patterns',
    {
      all: [
        leaf(
          'in',
          many(3_000, (i) => `(a|b${i})+`),
        ),
        leaf('swap:matches', 'c'),
      ],
    },
  ],
  [
    'places compared with others, and other comparisons',
    {
      all: [
        ...many(240, (i) => leaf('greaterThan', at(`$.data.c${i}`))),
        { any: many(250, (i) => leaf('lessThan', at(`$.data.c${i % 240}`))) },
      ],
    },
  ],
  [
    'values that are excluded one by one',
    { all: [...many(240, (i) => leaf('notEqual', i)), { any: many(250, (i) => leaf('equal', i % 240)) }] },
  ],
])('looking at %s ends in a moment, and says little: all of it fits in one rule', (_, condition) => {
  expect(JSON.stringify(condition).length).toBeLessThan(MAX_RULE_LENGTH);
  const placed = inTimeZone(condition, 'Asia/Shanghai');
  const startedMs = performance.now();
  const { findings } = contradictionsOf(placed, '/conditions');
  expect(performance.now() - startedMs).toBeLessThan(500);
  expect(JSON.stringify(findings).length).toBeLessThan(200_000);
});

test('among hundreds of comparisons those two are named that exclude each other', () => {
  const those = many(400, (i) => leaf('notEqual', i));
  const { findings } = look({ all: [...those, leaf('equal', 250)] });
  expect(findings.map(({ text }) => text.en)).toEqual([
    '"$.data.a notEqual 250", "$.data.a equal 250" never hold together',
  ]);
});

test('where more comparisons exclude each other than a sentence takes, it says how many', () => {
  const { findings } = look({
    all: [
      leaf(
        'in',
        many(20, (i) => i),
      ),
      ...many(20, (i) => leaf('notEqual', i)),
    ],
  });
  expect(findings.map(({ text }) => text.en)).toEqual([
    expect.stringMatching(/^"\$.data.a in \[.*"\$.data.a notEqual 8" and 11 more never hold together$/u),
  ]);
  expect(findings[0]?.text.zh).toMatch(/“\$.data.a notEqual 8”等 21 项不可能同时成立$/u);
});
