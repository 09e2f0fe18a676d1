import { describe, expect, test } from 'vitest';
import { checkRule, MAX_CONDITIONS, MAX_DEPTH, MAX_RULE_LENGTH } from './check-rule.ts';

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
    ['no event type', { ...draft, eventTypes: [] }, '/eventTypes invalid-field'],
    ['a severity that is none', { ...draft, severity: 'loud' }, '/severity invalid-field'],
    ['no object', 'rule', 'not-a-rule'],
  ])('%s', (_, input, expected) => {
    expect(problemsOf(input).join('\n')).toContain(expected);
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
