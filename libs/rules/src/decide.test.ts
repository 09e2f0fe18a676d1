import { Decision } from '@hermes/contracts/decision';
import type { HermesEvent } from '@hermes/contracts/event';
import type { Condition, Rule } from '@hermes/contracts/rule';
import { describe, expect, test } from 'vitest';
import { decide, dryRun, type Evaluator } from './decide.ts';
import { decisionId } from './decision-id.ts';
import { RuleIndex } from './rule-index.ts';
import { MAX_TRACE_VALUE_LENGTH } from './trace-value.ts';
import { FALSE, TRUE, UNDECIDABLE, type Verdict } from './verdict.ts';

const at = '2026-03-01T08:00:00.000Z';
const instants = { acceptedAt: '2026-03-01T08:00:00.010Z', decidedAt: '2026-03-01T08:00:00.020Z' };
const event = (data: Record<string, unknown>, type = 'deal.signed'): HermesEvent => ({
  specversion: '1.0',
  id: 'e-1',
  source: '/test',
  type,
  subject: 'broker:b-17',
  time: at,
  project: 'demo',
  receivedat: at,
  data,
});
const rule = (id: string, conditions: Condition, more: Partial<Rule> = {}): Rule => ({
  id,
  project: 'demo',
  name: id,
  version: 1,
  eventTypes: ['deal.signed'],
  conditions,
  event: { type: id },
  severity: 'info',
  alert: true,
  publishedAt: at,
  ...more,
});
const price = (operator: string, value: unknown): Condition => ({
  fact: 'event',
  path: '$.data.price',
  operator,
  value,
});
const always: Condition = { all: [] };

describe('decide', () => {
  test('a decision carries the rule, its version, the event and why', () => {
    const rules = new RuleIndex([
      rule('big', { all: [price('greaterThan', 5), { any: [price('equal', 9), price('equal', 8)] }] }, { version: 3 }),
    ]);
    const { decisions } = decide(rules, { event: event({ price: 9 }) }, instants);
    expect(decisions).toHaveLength(1);
    expect(Decision.parse(decisions[0])).toEqual({
      id: decisionId({ project: 'demo', ruleId: 'big', ruleVersion: 3, eventSource: '/test', eventId: 'e-1' }),
      project: 'demo',
      ruleId: 'big',
      ruleName: 'big',
      ruleVersion: 3,
      severity: 'info',
      alert: true,
      outcome: { type: 'big' },
      subject: 'broker:b-17',
      event: { id: 'e-1', source: '/test', type: 'deal.signed', time: at, data: { price: 9 } },
      trace: [
        { path: '/conditions', outcome: 'true' },
        {
          path: '/conditions/all/0',
          fact: 'event',
          factPath: '$.data.price',
          operator: 'greaterThan',
          actual: 9,
          expected: 5,
          outcome: 'true',
        },
        { path: '/conditions/all/1', outcome: 'true' },
        {
          path: '/conditions/all/1/any/0',
          fact: 'event',
          factPath: '$.data.price',
          operator: 'equal',
          actual: 9,
          expected: 9,
          outcome: 'true',
        },
        {
          path: '/conditions/all/1/any/1',
          fact: 'event',
          factPath: '$.data.price',
          operator: 'equal',
          outcome: 'skipped',
        },
      ],
      receivedAt: at,
      ...instants,
    });
  });

  test('only rules of the event type are evaluated', () => {
    const rules = new RuleIndex([rule('a', always), rule('b', always, { eventTypes: ['showing.booked'] })]);
    const decided = decide(rules, { event: event({}) }, instants);
    expect(decided.evaluated).toBe(1);
    expect(decided.decisions.map((d) => d.ruleId)).toEqual(['a']);
    expect(decide(rules, { event: event({}, 'unheard.of') }, instants)).toEqual({
      evaluated: 0,
      decisions: [],
      undecided: [],
    });
  });

  test('a rule that names a type twice fires once', () => {
    const rules = new RuleIndex([rule('a', always, { eventTypes: ['deal.signed', 'deal.signed'] })]);
    expect(decide(rules, { event: event({}) }, instants).decisions).toHaveLength(1);
  });

  test('higher priority comes first, then the id, whatever the order of publication', () => {
    const rules = [rule('c', always), rule('b', always, { priority: 5 }), rule('a', always)];
    for (const order of [rules, rules.toReversed()]) {
      expect(decide(new RuleIndex(order), { event: event({}) }, instants).decisions.map((d) => d.ruleId)).toEqual([
        'b',
        'a',
        'c',
      ]);
    }
  });

  test('a rule that cannot be decided fires neither straight nor negated, and holds nobody up', () => {
    const broken: Condition = {
      fact: 'event',
      path: '$.type',
      operator: 'in',
      value: { fact: 'event', path: '$.data.price' },
    };
    const rules = new RuleIndex([
      rule('broken', { all: [broken] }),
      rule('negated', { not: broken }),
      rule('well', always),
    ]);
    const decided = decide(rules, { event: event({ price: 5 }) }, instants);
    expect(decided.decisions.map((d) => d.ruleId)).toEqual(['well']);
    expect(decided.undecided.map((u) => u.ruleId)).toEqual(['broken', 'negated']);
  });

  test('values with a hostile toString decide nothing and throw nothing', () => {
    const hostile = JSON.parse('{"price": {"toString": 1, "valueOf": 2}}') as Record<string, unknown>;
    const rules = new RuleIndex([
      rule('less', { all: [price('lessThan', 5)] }),
      rule('in', { all: [price('in', 'abc')] }),
    ]);
    expect(decide(rules, { event: event(hostile) }, instants)).toMatchObject({
      decisions: [],
      undecided: [{ ruleId: 'in' }, { ruleId: 'less' }],
    });
  });

  test('another evaluator is asked instead, the compiled rules where it says nothing, and all fire in their order', () => {
    const rules = new RuleIndex([
      rule('denied', always),
      rule('asserted', { all: [price('equal', 1)] }),
      rule('broken', always),
      rule('left', { all: [price('equal', 2)] }),
      rule('left-and-false', { all: [price('equal', 1)] }),
      rule('urgent', { all: [price('equal', 1)] }, { priority: 9 }),
    ]);
    const says: Readonly<Record<string, Verdict>> = {
      denied: FALSE,
      asserted: TRUE,
      broken: UNDECIDABLE,
      urgent: TRUE,
    };
    const evaluator: Evaluator = (asked) => asked.map(({ id }) => says[id]);
    const decided = decide(rules, { event: event({ price: 2 }) }, instants, undefined, evaluator);
    expect(decided).toMatchObject({ evaluated: 6, undecided: [{ ruleId: 'broken' }] });
    expect(decided.decisions.map(({ ruleId, trace }) => [ruleId, trace[1]?.actual])).toEqual([
      ['urgent', 2],
      ['asserted', 2],
      ['left', 2],
    ]);
    const only = rules.rulesOf('deal.signed').filter(({ id }) => id !== 'urgent');
    const some = decide(rules, { event: event({ price: 1 }, 'other') }, instants, only, evaluator);
    expect(some.decisions.map(({ ruleId, trace }) => [ruleId, trace[1]?.actual])).toEqual([
      ['asserted', 1],
      ['left-and-false', 1],
    ]);
  });

  test('a long value is cut in the trace, with a mark', () => {
    const long = 'x'.repeat(MAX_TRACE_VALUE_LENGTH + 1);
    const [decision] = decide(
      new RuleIndex([rule('a', { all: [price('equal', long)] })]),
      { event: event({ price: long }) },
      instants,
    ).decisions;
    expect(decision?.trace[1]?.actual).toEqual({ $cut: long.length + 2, begins: `"${'x'.repeat(63)}` });
  });
});

describe('ids', () => {
  const of = { project: 'demo', ruleId: 'big', ruleVersion: 1, eventSource: '/s', eventId: 'e' };
  test('are stable for ever: this very value', () => expect(decisionId(of)).toBe('6e63de449982ca542785a18ad8bfa0c0'));
  test.each([
    ['the project', { project: 'other' }],
    ['the rule', { ruleId: 'small' }],
    ['the version', { ruleVersion: 2 }],
    ['the source', { eventSource: '/s2' }],
    ['the event', { eventId: 'e2' }],
    ['where a part ends', { eventSource: '/s","e', eventId: '' }],
  ])('differ by %s', (_, change) => expect(decisionId({ ...of, ...change })).not.toBe(decisionId(of)));
});

describe('dry run', () => {
  test('shows every condition, the first true and those skipped', () => {
    const run = dryRun(
      rule('a', { any: [price('equal', 1), { not: price('equal', 1) }, price('equal', 3)] }),
      event({ price: 2 }),
    );
    expect(run).toMatchObject({ interested: true, outcome: 'fires' });
    expect(run.trace.map((t) => `${t.path} ${t.outcome}`)).toEqual([
      '/conditions true',
      '/conditions/any/0 false',
      '/conditions/any/1 true',
      '/conditions/any/1/not false',
      '/conditions/any/2 skipped',
    ]);
  });

  test('says that the rule does not look at the type, and evaluates all the same', () => {
    expect(dryRun(rule('a', always), event({}, 'other.type'))).toMatchObject({ interested: false, outcome: 'fires' });
  });
});
