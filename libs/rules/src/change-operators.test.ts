/** Guards: what a rule says of a value that changes, first values, late events and wrong kinds included. */
import { type Condition, Rule } from '@hermes/contracts/rule';
import { describe, expect, test } from 'vitest';
import { canonicalName } from './canonical-condition.ts';
import { checkCondition } from './check-rule.ts';
import { compileCondition } from './condition.ts';
import { contradictionsOf } from './contradictions.ts';
import { dryRun } from './decide.ts';
import type { FeatureLookup } from './feature-fact.ts';
import { featuresCounted, featuresOfRule } from './features-of-rule.ts';
import { referenceVerdict } from './reference.ts';
import { RuleIndex } from './rule-index.ts';
import { failedTests } from './rule-tests.ts';
import { FALSE, TRUE, UNDECIDABLE, type Verdict } from './verdict.ts';

const path = '$.data.status';
const previous = { id: 'was_x', version: 1 };
const asks = (operator: string, value: unknown): Condition => ({
  all: [{ fact: 'event', path, operator, value, params: { previous } }],
});
/** What the feature keeps: the event in hand first, unless it comes late. */
const keeping =
  (...kept: readonly (readonly [string, unknown])[]): FeatureLookup =>
  (id) =>
    id === previous.id ? { value: kept, version: 1, interval: { from: null, to: null } } : undefined;
const facts = (status: unknown, feature: FeatureLookup) => ({
  event: { id: 'now', type: 't', data: { status } },
  feature,
});

describe('with a value before it', () => {
  test.each<[string, unknown, unknown, unknown, Verdict]>([
    ['became', 'signed', 'viewed', 'signed', TRUE],
    ['became', 'signed', 'signed', 'signed', FALSE],
    ['became', 'signed', 'viewed', 'cancelled', FALSE],
    ['became', 5, '5', 5, TRUE],
    ['became', 'signed', ['signed'], 'signed', TRUE],
    ['was', 'viewed', 'viewed', 'signed', TRUE],
    ['was', 'viewed', 'viewed', 'viewed', TRUE],
    ['was', 'viewed', 'signed', 'viewed', FALSE],
    ['was', 5, '5', 6, FALSE],
    ['changed', true, 'viewed', 'signed', TRUE],
    ['changed', true, 'signed', 'signed', FALSE],
    ['changed', false, 'signed', 'signed', TRUE],
    ['changed', false, 1, true, FALSE],
    ['not:became', 'signed', 'viewed', 'signed', FALSE],
    ['not:became', 'signed', 'signed', 'signed', TRUE],
  ])('%s %j, from %j to %j: %i', (operator, value, before, now, expected) => {
    const condition = compileCondition(asks(operator, value));
    const given = facts(now, keeping(['now', now], ['before', before]));
    expect(condition.test(given)).toBe(expected);
    const trace: { actual?: unknown; previous?: unknown; expected?: unknown }[] = [];
    expect(condition.explain(given, trace as never)).toBe(expected);
    expect(trace[1]).toMatchObject({ actual: now, previous: before, expected: value });
  });
});

test.each<[string, unknown, Verdict]>([
  ['became', 'signed', TRUE],
  ['was', 'signed', FALSE],
  ['changed', true, FALSE],
  ['changed', false, FALSE],
])('of a first value "%s" %j is %i', (operator, value, expected) => {
  expect(compileCondition(asks(operator, value)).test(facts('signed', keeping(['now', 'signed'])))).toBe(expected);
});

test.each<[string, unknown]>([
  ['became', 'signed'],
  ['was', 'viewed'],
  ['changed', true],
  ['changed', false],
])('an event that comes late has changed nothing: "%s" %j is false', (operator, value) => {
  const later = keeping(['later', 'cancelled'], ['now', 'signed']);
  expect(compileCondition(asks(operator, value)).test(facts('signed', later))).toBe(FALSE);
});

test.each([[undefined], [null], [['signed']], [{ a: 1 }]])('of %j nothing has changed', (now) => {
  for (const [operator, value] of [
    ['became', 'signed'],
    ['was', 'viewed'],
    ['changed', true],
  ] as const)
    expect(compileCondition(asks(operator, value)).test(facts(now, keeping(['now', now], ['before', 'viewed'])))).toBe(
      FALSE,
    );
});

test('what is not counted cannot be decided', async () => {
  const uncounted = facts('signed', () => undefined);
  expect(compileCondition(asks('became', 'signed')).test(uncounted)).toBe(UNDECIDABLE);
  expect(await referenceVerdict(asks('became', 'signed'), uncounted)).toBe(UNDECIDABLE);
});

test('a rule is found by what a value became', () => {
  const values = ['viewed', 'signed', 'cancelled', 'x', 1, true];
  const rules = values.map((value, i) =>
    Rule.parse({
      ...{ id: `r-${i}`, project: 'demo', name: 'r', version: 1, eventTypes: ['t'], event: { type: 'e' } },
      ...{ severity: 'info', publishedAt: '2026-01-01T00:00:00Z', conditions: asks('became', value) },
    }),
  );
  const index = new RuleIndex(rules, { askedRules: 1 });
  for (const now of [...values, 'other', undefined]) {
    for (const feature of [keeping(['now', now], ['before', 'y']), keeping(['now', now]), () => undefined]) {
      const said: unknown[] = [];
      index.evaluate('t', facts(now, feature), ({ conditions }, verdict) => said.push([conditions, verdict]));
      const bySelf = rules.map(({ conditions }) => [
        conditions,
        compileCondition(conditions).test(facts(now, feature)),
      ]);
      expect(said).toEqual(bySelf.filter(([, verdict]) => verdict !== FALSE));
    }
  }
});

test('two rules that keep what was before of different events do not share an answer', () => {
  const other: Condition = {
    all: [
      { fact: 'event', path, operator: 'became', value: 'signed', params: { previous: { id: 'was_y', version: 1 } } },
    ],
  };
  const both: Condition = { all: [asks('became', 'signed'), { not: other }] };
  const lookup: FeatureLookup = (id) => ({
    value: [
      ['now', 'signed'],
      ['before', id === 'was_x' ? 'viewed' : 'signed'],
    ],
    version: 1,
    interval: { from: null, to: null },
  });
  expect(compileCondition(both).test(facts('signed', lookup))).toBe(TRUE);
});

describe('what is said at save', () => {
  const said = (leaf: object): readonly string[] =>
    checkCondition({ all: [{ fact: 'event', path, operator: 'became', value: 'signed', ...leaf }] }, '').map(
      ({ pointer, code }) => `${code} ${pointer}`,
    );
  test.each([
    [{}, []],
    [{ operator: 'not:was' }, []],
    [{ operator: 'changed', value: true }, []],
    [{ operator: 'changed', value: 'signed' }, ['wrong-value /all/0/value']],
    [{ value: null }, ['wrong-value /all/0/value']],
    [{ value: { fact: 'event', path } }, ['wrong-value /all/0/value']],
    [{ operator: 'someFact:became' }, ['decorated /all/0/operator']],
    [{ fact: 'feature', params: { id: 'x' } }, ['wrong-value /all/0']],
    [{ path: undefined }, ['wrong-value /all/0']],
  ])('%j: %j', (leaf, expected) => expect(said(leaf)).toEqual(expected));

  test('elements of lists and filters of features have no before', () => {
    const leaf = { fact: 'event', path, operator: 'became', value: 'signed' };
    const element = { all: [{ fact: 'event', path: '$.data.x', operator: 'anyElement', value: { all: [leaf] } }] };
    expect(checkCondition(element, '').map(({ code }) => code)).toEqual(['no-changes']);
    expect(checkCondition({ all: [leaf] }, '', 'en', ['event']).map(({ code }) => code)).toEqual(['no-changes']);
  });

  test('only so many places are kept', () => {
    const many = Array.from({ length: 12 }, (_, i) => ({
      fact: 'event',
      path: `$.data.f${i}`,
      operator: 'changed',
      value: true,
    }));
    expect(checkCondition({ all: many }, '').map(({ code }) => code)).toEqual(['too-many-changes']);
    expect(checkCondition({ all: [...many, ...many].slice(2, 12) }, '')).toEqual([]);
  });

  test('a value before and another now exclude nothing; to become and not to become do', () => {
    const leaf = (operator: string, value: unknown) => ({ fact: 'event' as const, path, operator, value });
    expect(
      contradictionsOf({ all: [leaf('was', 'viewed'), leaf('became', 'signed'), leaf('equal', 'signed')] }, '')
        .neverHolds,
    ).toBe(false);
    expect(contradictionsOf({ all: [leaf('not:became', 'signed'), leaf('became', 'signed')] }, '').neverHolds).toBe(
      true,
    );
  });

  test('the same is said in one way, whatever keeps it', () => {
    expect(canonicalName(asks('became', 'x'))).toBe(
      canonicalName({ all: [{ fact: 'event', path: "$['data'].status", operator: 'became', value: 'x' }] }),
    );
  });
});

test('what was before is counted for a rule, and is none of the features that it names', () => {
  expect(featuresCounted({ conditions: asks('became', 'signed') })).toEqual([previous]);
  expect(featuresOfRule({ conditions: asks('became', 'signed') })).toEqual([]);
});

test('tests and dry runs are told what was before', () => {
  const rule = { conditions: asks('became', 'signed'), eventTypes: ['t'] };
  const event = { type: 't', data: { status: 'signed' } };
  expect(dryRun(rule, event).outcome).toBe('fires');
  expect(dryRun(rule, event, { previous: { "$['data']['status']": 'signed' } }).outcome).toBe('does-not-fire');
  const tests = [
    { name: 'signs', event: { data: { status: 'signed' } }, previous: { [path]: 'viewed' }, fires: true },
    { name: 'again', event: { data: { status: 'signed' } }, previous: { [path]: 'signed' }, fires: false },
  ];
  expect(failedTests({ ...rule, tests } as never)).toEqual([]);
});
