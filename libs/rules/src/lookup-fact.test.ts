/** Guards: rules ask for what other systems say, only where the event leaves it open, and decisions say what was answered. */
import type { HermesEvent } from '@hermes/contracts/event';
import type { Condition, LeafCondition, Rule } from '@hermes/contracts/rule';
import { describe, expect, test } from 'vitest';
import { checkCondition, checkRule } from './check-rule.ts';
import { decide, dryRun } from './decide.ts';
import { type Lookups } from './lookup-fact.ts';
import { LookupQuestions } from './lookup-questions.ts';
import { lookupsNamed } from './lookups-named.ts';
import { referenceVerdict } from './reference.ts';
import { failedTests } from './rule-tests.ts';
import { RuleIndex } from './rule-index.ts';
import { TRUE } from './verdict.ts';

const at = '2026-03-01T01:00:00.000Z';
const event = (data: Record<string, unknown>): HermesEvent => ({
  specversion: '1.0',
  id: 'e-1',
  source: '/test',
  type: 'deal.signed',
  subject: 'customer:c-1',
  time: at,
  project: 'p',
  receivedat: at,
  data,
});
const customer = { fact: 'event', path: '$.data.customerId' };
const credit = (more: Partial<LeafCondition> = {}): LeafCondition => ({
  fact: 'lookup',
  params: { id: 'credit', key: customer },
  path: '$.score',
  operator: 'lessThan',
  value: 500,
  ...more,
});
const expensive: LeafCondition = { fact: 'event', path: '$.data.price', operator: 'greaterThan', value: 100 };
const rule = (id: string, conditions: Condition): Rule => ({
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
});
const withoutFrame = ({ id: _, project: _p, version: _v, publishedAt: _a, ...draft }: Rule) => draft;
const SCORES: Lookups = (id, key) =>
  id === 'credit' && key === 'c-7' ? { value: { score: 410 }, version: 2, from: 'source' } : undefined;
const decided = (rules: readonly Rule[], data: Record<string, unknown>, lookup: Lookups = SCORES) =>
  decide(new RuleIndex(rules), { event: event(data), lookup }, { acceptedAt: at, decidedAt: at }).decisions;

describe('a rule', () => {
  test('takes into its actions what was looked up for them, which is asked though no condition does', () => {
    const score = { fact: 'lookup' as const, params: credit().params, path: '$.score' };
    const acts: Rule = {
      ...rule('acts', { all: [expensive] }),
      actions: [{ kind: 'set-attribute', attribute: 'score', value: score }],
    };
    const data = { customerId: 'c-7', price: 200 };
    expect(checkRule(JSON.parse(JSON.stringify(withoutFrame(acts)))).kind).toBe('ok');
    expect(new LookupQuestions([acts]).of(event(data))).toEqual([{ id: 'credit', key: 'c-7' }]);
    expect(new LookupQuestions([acts]).of(event({ ...data, price: 1 }))).toEqual([]);
    expect(decided([acts], data)[0]).toMatchObject({
      actions: [{ kind: 'set-attribute', value: 410 }],
      lookups: [{ id: 'credit', key: 'c-7', value: { score: 410 } }],
    });
    expect(decided([acts], { ...data, customerId: 'c-8' })[0]?.actions).toMatchObject([{ code: 'missing-value' }]);
    const dry = dryRun(acts, event(data), { lookups: { credit: { score: 1 } } });
    expect(dry.actions).toMatchObject([{ value: 1 }]);
  });

  test('fires on what was answered to the key that its event has, and its decision says what that was', () => {
    const rules = [
      rule('compared', {
        all: [
          { ...expensive, path: '$.data.limit', value: { fact: 'lookup', params: credit().params, path: '$.score' } },
        ],
      }),
      rule('poor', { all: [expensive, credit()] }),
      rule('rich', { all: [credit({ operator: 'greaterThan', value: 700 })] }),
    ];
    const [compared, poor, ...others] = decided(rules, { customerId: 'c-7', price: 200, limit: 411 });
    expect([compared?.ruleId, poor?.ruleId, others]).toEqual(['compared', 'poor', []]);
    expect(poor?.lookups).toEqual([{ id: 'credit', key: 'c-7', version: 2, value: { score: 410 }, from: 'source' }]);
    expect(poor?.trace.at(-1)).toMatchObject({ fact: 'lookup', params: credit().params, actual: 410 });
  });

  test.each([
    ['nothing is known of the key', { customerId: 'c-8' }],
    ['the event has no key', {}],
    ['the key is no scalar', { customerId: { id: 'c-7' } }],
    ['the key is longer than keys are', { customerId: 'c'.repeat(257) }],
  ])('sees undefined where %s', (_, data) => {
    expect(decided([rule('r', { all: [credit({ operator: 'equal', value: 410 })] })], data)).toEqual([]);
    expect(decided([rule('r', { all: [credit({ operator: 'notEqual', value: 410 })] })], data)).toHaveLength(1);
  });

  test('has tests and dry runs that say what lookups answer, and json-rules-engine says the same', async () => {
    const conditions: Condition = { all: [expensive, credit()] };
    const one = event({ price: 200, customerId: 'anybody' });
    expect(dryRun(rule('r', conditions), one, { lookups: { credit: { score: 1 } } }).outcome).toBe('fires');
    expect(dryRun(rule('r', conditions), one).outcome).toBe('does-not-fire');
    const tests = [{ name: 't', event: { data: one.data }, lookups: { credit: { score: 1 } }, fires: true }];
    expect(failedTests({ ...rule('r', conditions), tests })).toEqual([]);
    const facts = { event: event({ price: 200, customerId: 'c-7' }), lookup: SCORES };
    expect(await referenceVerdict(conditions, facts)).toBe(TRUE);
  });
});

describe('what is asked for an event', () => {
  const questions = (conditions: Condition, data: Record<string, unknown>) =>
    new LookupQuestions([rule('r', conditions)]).of(event(data));
  const asked = [{ id: 'credit', key: 'c-7' }];

  test.each<[string, Condition, Record<string, unknown>, readonly unknown[]]>([
    ['where the event lets the rule fire', { all: [expensive, credit()] }, { price: 200, customerId: 'c-7' }, asked],
    ['not where it does not', { all: [expensive, credit()] }, { price: 50, customerId: 'c-7' }, []],
    ['under a "not" too', { all: [expensive, { not: credit() }] }, { price: 200, customerId: 'c-7' }, asked],
    ['where one of several may hold', { any: [expensive, credit()] }, { price: 50, customerId: 'c-7' }, asked],
    [
      'where a feature leaves it open',
      { all: [{ fact: 'feature', params: { id: 'f' }, operator: 'equal', value: 1 }, credit()] },
      { customerId: 'c-7' },
      asked,
    ],
    [
      'where a list leaves it open',
      { all: [{ fact: 'event', path: '$.data.customerId', operator: 'inList', value: { list: 'vip' } }, credit()] },
      { customerId: 'c-7' },
      asked,
    ],
    [
      'where what was before leaves it open',
      { all: [{ fact: 'event', path: '$.data.customerId', operator: 'became', value: 'c-1' }, credit()] },
      { customerId: 'c-7' },
      asked,
    ],
    ['not without a key', { all: [credit()] }, {}, []],
    ['each once', { any: [credit(), credit({ value: 3 })] }, { customerId: 'c-7' }, asked],
    ['a number as its text', { all: [credit()] }, { customerId: 7 }, [{ id: 'credit', key: '7' }]],
    ['a literal', { all: [credit({ params: { id: 'rates', key: 'CNY' } })] }, {}, [{ id: 'rates', key: 'CNY' }]],
  ])('%s', (_, conditions, data, expected) => {
    expect(questions(conditions, data)).toEqual(expected);
  });

  test('nothing of types that no rule with lookups looks at', () => {
    const some = new LookupQuestions([rule('plain', expensive), rule('r', { all: [credit()] })]);
    expect([some.askOf('deal.signed'), some.askOf('broker.location')]).toEqual([true, false]);
    expect(some.of({ ...event({ customerId: 'c-7' }), type: 'broker.location' })).toEqual([]);
  });
});

test('lookups are found wherever they stand in a condition', () => {
  const conditions: Condition = {
    any: [
      { not: credit() },
      { ...expensive, value: { fact: 'lookup', params: { id: 'rates', key: 'CNY' } } },
      {
        fact: 'event',
        path: '$.data.l',
        operator: 'anyElement',
        value: { all: [credit({ params: { id: 'x', key: 1 } })] },
      },
      credit({ path: '$.other' }),
    ],
  };
  expect(lookupsNamed({ conditions }).map(({ id }) => id)).toEqual(['credit', 'rates', 'x']);
});

describe('what is checked', () => {
  test.each([
    [{ key: customer }, '/c/all/0/params/id'],
    [{ id: 'Not An Id', key: 'k' }, '/c/all/0/params/id'],
    [{ id: 'credit' }, '/c/all/0/params/key'],
    [{ id: 'credit', key: '' }, '/c/all/0/params/key'],
    [{ id: 'credit', key: { fact: 'feature', params: { id: 'f' } } }, '/c/all/0/params/key/fact'],
    [{ id: 'credit', key: { fact: 'event', path: 'customerId' } }, '/c/all/0/params/key/path'],
    [{ id: 'credit', key: 'k', timeout: 5 }, '/c/all/0/params/timeout'],
  ])('params %j are refused at %s', (params, pointer) => {
    expect(checkCondition({ all: [credit({ params })] }, '/c').map((problem) => problem.pointer)).toEqual([pointer]);
  });
});
