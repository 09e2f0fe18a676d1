/** Guards: rules ask for features of the subject, and decisions say what they were. */
import type { HermesEvent } from '@hermes/contracts/event';
import type { FeatureValue } from '@hermes/contracts/profile';
import type { Condition, LeafCondition, Rule } from '@hermes/contracts/rule';
import { describe, expect, test } from 'vitest';
import { checkCondition } from './check-rule.ts';
import { decide } from './decide.ts';
import { type FeatureLookup, givenFeatures } from './feature-fact.ts';
import { featuresNamed, withFeatureVersions } from './features-named.ts';
import { RuleIndex } from './rule-index.ts';

const at = '2026-03-01T01:00:00.000Z';
const event = (price: number, n = 1): HermesEvent => ({
  specversion: '1.0',
  id: `e-${n}`,
  source: '/test',
  type: 'deal.signed',
  subject: 'customer:c-1',
  time: at,
  project: 'p',
  receivedat: at,
  data: { price },
});
const feature = (id: string, more: Partial<LeafCondition> = {}): LeafCondition => ({
  fact: 'feature',
  params: { id },
  operator: 'greaterThan',
  value: 3,
  ...more,
});
const expensive: LeafCondition = { fact: 'event', path: '$.data.price', operator: 'greaterThan', value: 100 };
const rule = (id: string, conditions: Condition, more: Partial<Rule> = {}): Rule => ({
  id,
  project: 'p',
  version: 1,
  name: id,
  eventTypes: ['deal.signed'],
  conditions,
  event: { type: id },
  severity: 'info',
  alert: false,
  publishedAt: at,
  ...more,
});
const decided = (rules: readonly Rule[], lookup: FeatureLookup, price = 200): readonly string[] =>
  decide(
    new RuleIndex(rules),
    { event: event(price), feature: lookup },
    { acceptedAt: at, decidedAt: at },
  ).decisions.map(({ ruleId }) => ruleId);

describe('a rule', () => {
  test('fires on what a feature is, alone, beside the event and compared with it', () => {
    const lookup = givenFeatures({ showings_7d: 4, budget: 150, last_5: ['a', 'b'] });
    const rules = [
      rule('alone', { all: [feature('showings_7d')] }),
      rule('too-few', { all: [feature('showings_7d', { value: 4 })] }),
      rule('with-event', { all: [expensive, feature('showings_7d')] }),
      rule('over-budget', {
        all: [{ ...expensive, value: { fact: 'feature', params: { id: 'budget' } } }],
      }),
      rule('in-list', { all: [feature('last_5', { path: '$[1]', operator: 'equal', value: 'b' })] }),
      rule('element', {
        all: [
          feature('last_5', {
            operator: 'anyElement',
            value: { all: [{ fact: 'element', operator: 'equal', value: 'a' }, feature('showings_7d')] },
          }),
        ],
      }),
    ];
    expect(decided(rules, lookup)).toEqual(['alone', 'element', 'in-list', 'over-budget', 'with-event']);
  });

  test('says what each feature was that it asks for, and the trace which one it compared', () => {
    const seen: FeatureValue = { value: 4, version: 3, interval: { from: '2026-02-22T00:00:00.000Z', to: at } };
    const conditions = { all: [feature('showings_7d', { params: { id: 'showings_7d', version: 3 } })] };
    const [decision] = decide(
      new RuleIndex([rule('r', conditions)]),
      { event: event(1), feature: (id, version) => (id === 'showings_7d' && version === 3 ? seen : undefined) },
      { acceptedAt: at, decidedAt: at },
    ).decisions;
    expect(decision?.features).toEqual({ showings_7d: seen });
    expect(decision?.trace[1]).toMatchObject({ fact: 'feature', params: { id: 'showings_7d', version: 3 }, actual: 4 });
  });

  test('sees the version that it names: two of one feature are two facts', () => {
    const asks = (version: number): Condition => ({
      all: [feature('f', { params: { id: 'f', version }, operator: 'equal', value: 1 })],
    });
    const lookup: FeatureLookup = (_, version = 0) => ({ value: version, version, interval: { from: null, to: null } });
    expect(decided([rule('one', asks(1)), rule('two', asks(2))], lookup)).toEqual(['one']);
  });

  test('asks for no feature where the event decides already, among few rules and among many', () => {
    const asked: string[] = [];
    const lookup: FeatureLookup = (id) => {
      asked.push(id);
      return undefined;
    };
    const many = Array.from({ length: 150 }, (_, i) =>
      rule(`r-${i}`, { all: [feature(`f_${i}`), { ...expensive, value: i === 7 ? 5 : 100 + i }] }),
    );
    decided(many, lookup, 50);
    expect(asked).toEqual(['f_7']);
    asked.length = 0;
    decided(many.slice(7, 9), lookup, 50);
    expect(asked).toEqual(['f_7']);
  });

  test('on the next event sees what the features are then, within elements of lists too', () => {
    const conditions: Condition = {
      all: [
        {
          fact: 'event',
          path: '$.data.prices',
          operator: 'anyElement',
          value: {
            all: [{ fact: 'element', operator: 'greaterThan', value: { fact: 'feature', params: { id: 'f' } } }],
          },
        },
      ],
    };
    const index = new RuleIndex([rule('r', conditions)]);
    const one = { ...event(1), data: { prices: [5] } };
    const fires = (f: number): number =>
      decide(index, { event: one, feature: givenFeatures({ f }) }, { acceptedAt: at, decidedAt: at }).decisions.length;
    expect([fires(4), fires(6), fires(4)]).toEqual([1, 0, 1]);
  });
});

describe('what is checked', () => {
  test.each([
    [{}, '/c/all/0/params/id'],
    [{ id: 'Not An Id' }, '/c/all/0/params/id'],
    [{ id: 'f', window: '7d' }, '/c/all/0/params/window'],
    [{ id: 'f', version: 0 }, '/c/all/0/params/version'],
  ])('params %j are refused at %s', (params, pointer) => {
    expect(checkCondition({ all: [feature('f', { params })] }, '/c').map((problem) => problem.pointer)).toEqual([
      pointer,
    ]);
    const reference = { ...expensive, value: { fact: 'feature', params } };
    expect(checkCondition({ all: [reference] }, '/c').map((problem) => problem.pointer)).toEqual([
      pointer.replace('/0/', '/0/value/'),
    ]);
  });

  test('a condition that may name the event only refuses a feature', () => {
    expect(checkCondition({ all: [feature('f')] }, '/filter', 'en', ['event'])).toMatchObject([
      { code: 'unknown-fact' },
    ]);
  });
});

test('features that a condition names are found and given their versions wherever they stand', () => {
  const conditions: Condition = {
    any: [
      { not: feature('a') },
      { ...expensive, value: { fact: 'feature', params: { id: 'b', version: 1 }, path: '$.x' } },
      {
        fact: 'event',
        path: '$.time',
        operator: 'within',
        value: { of: { fact: 'feature', params: { id: 'c' } }, hours: 1 },
      },
      { fact: 'event', path: '$.data.l', operator: 'noElement', value: { all: [feature('d')] } },
      expensive,
    ],
  };
  const versioned = withFeatureVersions(conditions, (id) => id.charCodeAt(0));
  expect(featuresNamed(versioned)).toEqual([
    { id: 'a', version: 97 },
    { id: 'b', version: 98 },
    { id: 'c', version: 99 },
    { id: 'd', version: 100 },
  ]);
  expect(versioned).toMatchObject({
    any: [{}, { value: { path: '$.x' } }, { value: { hours: 1 } }, {}, expensive],
  });
});
