import { describe, expect, test } from 'vitest';
import { checkCondition, checkRule } from './check-rule.ts';
import { MAX_CONDITIONS, MAX_DEPTH, MAX_RULE_LENGTH, MAX_PATTERNS } from './rule-limits.ts';

const leaf = { fact: 'event', path: '$.data.totalPriceCny', operator: 'greaterThan', value: 10_000_000 };
const draft = {
  name: 'Big deal',
  eventTypes: ['deal.signed'],
  conditions: { all: [leaf] },
  event: { type: 'big-deal', params: { team: 'risk' } },
  severity: 'warning',
};
const withConditions = (conditions: unknown): unknown => ({ ...draft, conditions });
const problemsOf = (input: unknown): string[] => {
  const checked = checkRule(input);
  return checked.kind === 'ok'
    ? []
    : checked.problems.map(({ pointer, code, message }) => `${pointer} ${code}: ${message}`);
};
const nested = (depth: number): unknown => (depth === 0 ? leaf : { not: nested(depth - 1) });

describe('a good rule', () => {
  test('passes and gets its defaults', () => {
    expect(checkRule(draft)).toEqual({ kind: 'ok', draft: { ...draft, alert: true } });
  });

  test.each([
    ['empty lists, which are true as in json-rules-engine', { all: [], any: undefined } as unknown],
    ['nested branches', { any: [{ not: { all: [leaf] } }, leaf] }],
    ['a value from the event', { all: [{ ...leaf, value: { fact: 'event', path: '$.data.askingPriceCny' } }] }],
    ['decorated operators', { all: [{ ...leaf, operator: 'not:someFact:equal' }] }],
    ['a pattern', { all: [{ ...leaf, operator: 'matches', value: '^1[3-9]\\d{9}$' }] }],
    ['a date', { all: [{ ...leaf, operator: 'not:before', value: '2026-03-01' }] }],
    [
      'an instant of the event to be near to',
      { all: [{ ...leaf, operator: 'within', value: { of: { fact: 'event', path: '$.time' }, minutes: 30 } }] },
    ],
    [
      'days and hours',
      { all: [{ ...leaf, operator: 'not:during', value: { days: ['monday'], from: '09:00', to: '24:00' } }] },
    ],
    [
      'conditions on the elements of a list',
      {
        all: [
          {
            ...leaf,
            operator: 'anyElement',
            value: {
              all: [
                {
                  fact: 'element',
                  path: '$.price',
                  operator: 'lessThan',
                  value: { fact: 'event', path: '$.data.limit' },
                },
              ],
            },
          },
          { ...leaf, operator: 'countElements', value: { that: { all: [{ ...leaf, fact: 'element' }] }, atLeast: 3 } },
        ],
      },
    ],
    [
      'a place of the event to be near to',
      {
        all: [{ ...leaf, operator: 'not:withinKm', value: { of: { fact: 'event', path: '$.data.listing' }, km: 0.5 } }],
      },
    ],
    [
      'a polygon',
      {
        all: [
          {
            ...leaf,
            operator: 'insidePolygon',
            value: [
              [1, 2],
              [3, 4],
              [5, 7],
            ],
          },
        ],
      },
    ],
    [
      'names, priorities and params, as json-rules-engine has them',
      { name: 'big', priority: 2, all: [{ ...leaf, name: 'price', priority: 5, params: { a: 1 } }] },
    ],
    ['null as a value', { all: [{ ...leaf, operator: 'equal', value: null }] }],
  ])('may have %s', (_, conditions) => {
    expect(problemsOf(withConditions(JSON.parse(JSON.stringify(conditions))))).toEqual([]);
  });
});

describe('what is wrong is said with its place and what to do', () => {
  test.each([
    [
      'an unknown operator',
      withConditions({ all: [{ ...leaf, operator: 'greatherThan' }] }),
      '/conditions/all/0/operator unknown-operator: unknown operator "greatherThan"; did you mean "greaterThan"?',
    ],
    [
      'an unknown decorator',
      withConditions({ all: [{ ...leaf, operator: 'somFact:equal' }] }),
      '/conditions/all/0/operator unknown-operator: unknown decorator "somFact"; did you mean "someFact"?',
    ],
    ['an operator of the prototype', withConditions({ all: [{ ...leaf, operator: 'toString' }] }), 'unknown-operator'],
    [
      'an unknown fact',
      withConditions({ all: [{ ...leaf, fact: 'evnt' }] }),
      'unknown fact "evnt"; did you mean "event"?',
    ],
    [
      'an unknown fact in a value',
      withConditions({ all: [{ ...leaf, value: { fact: 'prototype' } }] }),
      '/conditions/all/0/value/fact unknown-fact',
    ],
    [
      'a mistyped field of a comparison',
      withConditions({ all: [{ ...leaf, valeu: 3 }] }),
      'unknown field "valeu"; did you mean "value"?',
    ],
    [
      'a mistyped field of the rule',
      { ...draft, eventType: ['a'] },
      '/eventType unknown-field: unknown field "eventType"; did you mean "eventTypes"?',
    ],
    [
      'no value',
      withConditions({ all: [{ fact: 'event', operator: 'equal' }] }),
      '/conditions/all/0/value missing-field',
    ],
    ['a bare comparison at the root', withConditions(leaf), '/conditions no-root'],
    ['two branches in one', withConditions({ all: [], any: [] }), 'ambiguous'],
    ['all without a list', withConditions({ all: leaf }), '/conditions/all not-a-list'],
    ['not with a list', withConditions({ not: [leaf] }), '/conditions/not not-a-condition'],
    [
      'a path that is none',
      withConditions({ all: [{ ...leaf, path: 'data.x' }] }),
      '/conditions/all/0/path invalid-path',
    ],
    ['in without a list', withConditions({ all: [{ ...leaf, operator: 'in', value: 5 }] }), 'needs a list'],
    ['equality with a list', withConditions({ all: [{ ...leaf, operator: 'equal', value: [1] }] }), 'never equal'],
    [
      'a text operator without a text',
      withConditions({ all: [{ ...leaf, operator: 'startsWith', value: 5 }] }),
      'text',
    ],
    [
      'a pattern that is none',
      withConditions({ all: [{ ...leaf, operator: 'matches', value: '(' }] }),
      '/conditions/all/0/value invalid-pattern: the pattern "(" is no regular expression',
    ],
    [
      'a pattern that could hang an engine that backtracks, under decorators',
      withConditions({ all: [{ ...leaf, operator: 'not:someFact:matches', value: '(a+)\\1' }] }),
      'references to groups',
    ],
    [
      'a pattern in a list',
      withConditions({ all: [{ ...leaf, operator: 'someValue:matches', value: ['^a', '(?=b)'] }] }),
      'without look-around',
    ],
    [
      'a date that is none',
      withConditions({ all: [{ ...leaf, operator: 'not:before', value: '1 March' }] }),
      '/conditions/all/0/value wrong-value: "before" needs a date, or a date and a time',
    ],
    [
      'a day that no month has',
      withConditions({ all: [{ ...leaf, operator: 'after', value: '2026-02-30' }] }),
      'needs a date',
    ],
    [
      'a span without a length',
      withConditions({ all: [{ ...leaf, operator: 'within', value: { of: { fact: 'event', path: '$.time' } } }] }),
      'how far from it at most',
    ],
    [
      'a span of nothing that is known',
      withConditions({ all: [{ ...leaf, operator: 'within', value: { of: { fact: 'evnt' }, minutes: 5 } }] }),
      '/conditions/all/0/value/of/fact unknown-fact: unknown fact "evnt"; did you mean "event"?',
    ],
    [
      'a mistyped unit',
      withConditions({ all: [{ ...leaf, operator: 'within', value: { of: '2026-03-01', minuts: 5 } }] }),
      'unknown field "minuts"; did you mean "minutes"?',
    ],
    [
      'a mistyped day',
      withConditions({ all: [{ ...leaf, operator: 'during', value: { days: ['Monday'] } }] }),
      'unknown day "Monday"; did you mean "monday"?',
    ],
    [
      'hours that are none',
      withConditions({ all: [{ ...leaf, operator: 'during', value: { from: '9', to: '18:00' } }] }),
      'times of the day such as "09:00"',
    ],
    [
      'a time zone that is none',
      withConditions({ all: [{ ...leaf, operator: 'during', value: { from: '09:00', timeZone: 'Beijing' } }] }),
      '"Beijing" is no time zone',
    ],
    [
      'days without a day',
      withConditions({ all: [{ ...leaf, operator: 'someValue:during', value: [{ days: [] }] }] }),
      'list of days',
    ],
    [
      'a place with its degrees the wrong way round',
      withConditions({
        all: [{ ...leaf, operator: 'withinKm', value: { of: { longitude: 39.9, latitude: 116.4 }, km: 1 } }],
      }),
      '/conditions/all/0/value wrong-value: "withinKm" needs a place and how far',
    ],
    [
      'a distance in another unit',
      withConditions({ all: [{ ...leaf, operator: 'withinKm', value: { of: { fact: 'event' }, m: 1 } }] }),
      'needs a place and how far',
    ],
    [
      'a polygon with two corners',
      withConditions({
        all: [
          {
            ...leaf,
            operator: 'not:insidePolygon',
            value: [
              [1, 2],
              [3, 4],
            ],
          },
        ],
      }),
      'needs 3 to 1000 corners',
    ],
    [
      'a swapped operator of times',
      withConditions({
        all: [{ ...leaf, operator: 'swap:within', value: { of: { fact: 'event', path: '$.a[?(@.b)]' } } }],
      }),
      '/conditions/all/0/value decorated',
    ],
    [
      'a priority that no number is exact about',
      withConditions({ all: [{ ...leaf, priority: 1e20 }] }),
      '/conditions/all/0/priority invalid-field',
    ],
    [
      'a day that cannot be shown',
      withConditions({ all: [{ ...leaf, operator: 'during', value: { days: [{ toString: 1 }] } }] }),
      'list of days',
    ],
    [
      'a priority that is none',
      withConditions({ all: [{ ...leaf, priority: 'high' }] }),
      '/conditions/all/0/priority invalid-field: a priority is a whole number from 1',
    ],
    ['a name of a group that is none', withConditions({ all: [], name: 5 }), '/conditions/name invalid-field'],
    [
      'params that are none',
      withConditions({ all: [{ ...leaf, params: [1] }] }),
      '/conditions/all/0/params invalid-field',
    ],
    [
      'an element outside of a list',
      withConditions({ all: [{ ...leaf, fact: 'element' }] }),
      '/conditions/all/0/fact unknown-fact: unknown fact "element"',
    ],
    [
      'an element outside of a list, behind a list',
      withConditions({
        all: [
          { ...leaf, operator: 'noElement', value: { all: [] } },
          { ...leaf, fact: 'element' },
        ],
      }),
      '/conditions/all/1/fact unknown-fact',
    ],
    [
      'a fault in a condition on elements',
      withConditions({ all: [{ ...leaf, operator: 'allElements', value: { all: [{ ...leaf, fact: 'elment' }] } }] }),
      '/conditions/all/0/value/all/0/fact unknown-fact: unknown fact "elment"; did you mean "element"?',
    ],
    [
      'elements compared with a value',
      withConditions({ all: [{ ...leaf, operator: 'anyElement', value: 5 }] }),
      '/conditions/all/0/value not-a-condition',
    ],
    [
      'a list of lists',
      withConditions({
        all: [
          {
            ...leaf,
            operator: 'anyElement',
            value: { all: [{ ...leaf, operator: 'anyElement', value: { all: [] } }] },
          },
        ],
      }),
      '/conditions/all/0/value/all/0/operator list-in-list',
    ],
    [
      'a decorated operator of elements',
      withConditions({ all: [{ ...leaf, operator: 'not:anyElement', value: { all: [] } }] }),
      '/conditions/all/0/operator decorated',
    ],
    [
      'a count of nothing',
      withConditions({ all: [{ ...leaf, operator: 'countElements', value: { atLeast: 3 } }] }),
      'needs a condition and how many',
    ],
    [
      'a count without a number',
      withConditions({ all: [{ ...leaf, operator: 'countElements', value: { that: { all: [] } } }] }),
      'needs "atLeast", "atMost" or both',
    ],
    [
      'a count that no list has',
      withConditions({
        all: [{ ...leaf, operator: 'countElements', value: { that: { all: [] }, atLeast: 3, atMost: 2 } }],
      }),
      'at least 3 and at most 2',
    ],
    [
      'a mistyped bound of a count',
      withConditions({
        all: [{ ...leaf, operator: 'countElements', value: { that: { all: [] }, atleast: 3, atMost: 2 } }],
      }),
      'unknown field "atleast"; did you mean "atLeast"?',
    ],
    [
      'a pattern that is too long',
      withConditions({ all: [{ ...leaf, operator: 'matches', value: 'a'.repeat(501) }] }),
      'at most 500',
    ],
    ['an order comparison with a truth value', withConditions({ all: [{ ...leaf, value: true }] }), 'needs a number'],
    ['conditions nested too deep', withConditions(nested(MAX_DEPTH + 1)), 'too-deep'],
    [
      'too many conditions',
      withConditions({ all: Array.from({ length: MAX_CONDITIONS }, () => leaf) }),
      'too-many-conditions',
    ],
    ['a rule that is too long', { ...draft, name: 'x'.repeat(MAX_RULE_LENGTH) }, 'too-long'],
    ['an event type that is none', { ...draft, eventTypes: ['Deal signed'] }, 'lower-case words joined by "."'],
    ['a suppression of nothing', { ...draft, suppression: { hours: 0 } }, 'from a second to 31 days'],
    ['no event type', { ...draft, eventTypes: [] }, '/eventTypes invalid-field'],
    ['a severity that is none', { ...draft, severity: 'loud' }, '/severity invalid-field'],
    ['no object', 'rule', 'not-a-rule'],
  ])('%s', (_, input, expected) => {
    expect(problemsOf(input).join('\n')).toContain(expected);
    // The same in Chinese: each at its place, none in English.
    const [english, chinese] = [checkRule(input), checkRule(input, 'zh')].map((checked) =>
      checked.kind === 'ok' ? [] : checked.problems,
    );
    const placesOf = (problems: typeof english) => problems?.map(({ pointer, code }) => `${pointer} ${code}`);
    expect(placesOf(chinese)).toEqual(placesOf(english));
    for (const { message } of chinese ?? []) expect(message).toMatch(/\p{Script=Han}/u);
  });

  test('everything is said at once', () => {
    expect(
      problemsOf({
        ...draft,
        severity: 'loud',
        conditions: {
          any: [
            { ...leaf, operator: 'eqal' },
            { ...leaf, path: 'x' },
          ],
        },
      }),
    ).toHaveLength(3);
  });
});

test('a rule has only so many patterns, wherever they stand: each has to be compiled', () => {
  const matching = (value: unknown, operator = 'matches'): object => ({
    fact: 'event',
    path: '$.data.a',
    operator,
    value,
  });
  const patterns = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `p${String(i)}`);
  const codes = (...all: readonly object[]): readonly string[] =>
    checkCondition({ all }, '/conditions').map(({ code }) => code);
  expect(codes(matching(patterns(MAX_PATTERNS), 'someValue:matches'))).toEqual([]);
  expect(codes(matching(patterns(MAX_PATTERNS), 'someValue:matches'), matching('one more'))).toEqual([
    'too-many-patterns',
  ]);
  expect(codes(matching(patterns(4_000), 'someValue:matches'))).toEqual(['too-many-patterns']);
});
