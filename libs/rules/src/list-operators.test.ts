/** Guards: what a rule says of named lists, in every way that one can be asked. */
import { type Condition, type LeafCondition, Rule } from '@hermes/contracts/rule';
import { describe, expect, test } from 'vitest';
import { canonicalName } from './canonical-condition.ts';
import { checkCondition, checkRule } from './check-rule.ts';
import { compileCondition } from './condition.ts';
import { contradictionsOf } from './contradictions.ts';
import { decide } from './decide.ts';
import { givenLists, type ListLookup } from './list-operators.ts';
import { listsNamed } from './lists-named.ts';
import { referenceVerdict } from './reference.ts';
import { RuleIndex } from './rule-index.ts';
import { failedTests } from './rule-tests.ts';
import { FALSE, TRUE, UNDECIDABLE } from './verdict.ts';

const none: ListLookup = () => undefined;
const list = givenLists({ vip: ['c-1', 17, '1.5', '海淀'] }, none);
const asks = (operator: string, id = 'vip', path = '$.data.x'): Condition => ({
  all: [{ fact: 'event', path, operator, value: { list: id } }],
});
const event = (x: unknown) => ({ event: { type: 't', data: x === undefined ? {} : { x } }, list });

describe('inList and notInList', () => {
  test.each([
    ['a text that stands in it', 'c-1', TRUE],
    ['another text', 'c-2', FALSE],
    ['the beginning of one', 'c-', FALSE],
    ['another case', 'C-1', FALSE],
    ['a number that stands in it', 17, TRUE],
    ['the text of a number that stands in it', '17', TRUE],
    ['the number of a text that stands in it', 1.5, TRUE],
    ['the text of a number, written otherwise', '17.0', FALSE],
    ['Chinese', '海淀', TRUE],
    ['an empty text', '', FALSE],
    ['nothing', undefined, FALSE],
    ['null', null, FALSE],
    ['a boolean', true, FALSE],
    ['an object', { has: true }, FALSE],
    ['a list of entries', ['c-1'], FALSE],
    ['a property of every object', '__proto__', FALSE],
  ])('%s', (_, x, expected) => {
    for (const ask of [
      compileCondition(asks('inList')).test,
      (facts: object) => compileCondition(asks('inList')).explain({ ...facts }, []),
    ])
      expect(ask(event(x))).toBe(expected);
    expect(compileCondition(asks('notInList')).test(event(x))).toBe(1 - expected);
    expect(compileCondition(asks('not:inList')).test(event(x))).toBe(1 - expected);
  });

  test.each(['inList', 'notInList'])('"%s" of a list that is not there cannot be decided', (operator) => {
    expect(compileCondition(asks(operator, 'other')).test(event('c-1'))).toBe(UNDECIDABLE);
    expect(compileCondition(asks(operator)).test({ event: event('c-1').event })).toBe(UNDECIDABLE);
  });

  test.each([
    ['someFact:inList', ['a', 'c-1'], TRUE],
    ['someFact:inList', ['a'], FALSE],
    ['everyFact:inList', ['c-1', 17], TRUE],
    ['everyFact:notInList', ['c-1', 'a'], FALSE],
  ])('%s goes through the elements of %j', (operator, x, expected) => {
    expect(compileCondition(asks(operator)).test(event(x))).toBe(expected);
  });

  test('they are asked within a condition on elements too', () => {
    const condition: Condition = {
      all: [
        {
          fact: 'event',
          path: '$.data.x',
          operator: 'anyElement',
          value: { all: [{ fact: 'element', path: '$.id', operator: 'inList', value: { list: 'vip' } }] },
        },
      ],
    };
    expect(compileCondition(condition).test(event([{ id: 'a' }, { id: 17 }]))).toBe(TRUE);
    expect(compileCondition(condition).test(event([{ id: 'a' }]))).toBe(FALSE);
    expect(listsNamed(condition)).toEqual(['vip']);
  });

  test('the trace has the value that was looked up and the list by its name', () => {
    const trace: object[] = [];
    compileCondition(asks('inList')).explain(event('c-9'), trace as never);
    expect(trace[1]).toEqual({
      path: '/conditions/all/0',
      fact: 'event',
      factPath: '$.data.x',
      operator: 'inList',
      actual: 'c-9',
      expected: { list: 'vip' },
      outcome: 'false',
    });
  });

  test('json-rules-engine has no lists, so it contradicts nothing', async () => {
    expect(await referenceVerdict(asks('inList'), event('c-1'))).toBe(UNDECIDABLE);
  });
});

const draft = (conditions: unknown, more: object = {}): object => ({
  name: 'r',
  eventTypes: ['t'],
  conditions,
  event: { type: 'e' },
  severity: 'info',
  ...more,
});
const rule = (conditions: Condition): Rule =>
  Rule.parse({ ...draft(conditions), id: 'r', project: 'demo', version: 1, publishedAt: '2026-01-01T00:00:00Z' });

test('a decision names the revision of each list that its rule asks', () => {
  const full = {
    ...event('c-1').event,
    id: '1',
    source: '/s',
    subject: 'a:b',
    time: '',
    receivedat: '',
    project: 'demo',
  } as never;
  const instants = { acceptedAt: '', decidedAt: '' };
  const index = new RuleIndex([rule(asks('inList'))]);
  const live: ListLookup = () => ({ revision: 42, has: () => true });
  expect(decide(index, { event: full, list: live }, instants).decisions[0]?.lists).toEqual({ vip: 42 });
  expect(decide(index, { event: full }, instants).undecided).toHaveLength(1);
});

describe('what is said at save', () => {
  const said = (leaf: object): readonly string[] =>
    checkCondition({ all: [{ fact: 'event', path: '$.data.x', ...leaf }] }, '').map(
      ({ pointer, code }) => `${code} ${pointer}`,
    );
  test.each([
    [{ operator: 'inList', value: { list: 'vip' } }, []],
    [{ operator: 'inList', value: 'vip' }, ['wrong-value /all/0/value']],
    [{ operator: 'inList', value: { list: 'No Such' } }, ['wrong-value /all/0/value/list']],
    [{ operator: 'inList', value: {} }, ['wrong-value /all/0/value/list']],
    [{ operator: 'inList', value: { list: 'vip', more: 1 } }, ['unknown-field /all/0/value/more']],
    [
      { operator: 'inList', value: { fact: 'event' } },
      ['unknown-field /all/0/value/fact', 'wrong-value /all/0/value/list'],
    ],
    [{ operator: 'swap:inList', value: { list: 'vip' } }, ['decorated /all/0/operator']],
    [{ operator: 'someValue:inList', value: { list: 'vip' } }, ['decorated /all/0/operator']],
    [{ operator: 'inlist', value: { list: 'vip' } }, ['unknown-operator /all/0/operator']],
  ])('%j: %j', (leaf, expected) => expect(said(leaf)).toEqual(expected));

  test('a filter of a feature has no lists', () => {
    expect(checkCondition(asks('inList'), '', 'en', ['event']).map(({ code }) => code)).toEqual(['no-lists']);
  });

  test('a list as the fact, as json-rules-engine has it, is turned around', () => {
    const leaf = { fact: 'list', params: { id: 'vip' }, value: { fact: 'event', path: '$.data.x' } };
    const saved = (operator: string) => checkRule(draft({ any: [{ not: { ...leaf, operator } }] }));
    expect(saved('contains')).toMatchObject({ draft: { conditions: { any: [{ not: asksLeaf('inList') }] } } });
    expect(saved('doesNotContain')).toMatchObject({ draft: { conditions: { any: [{ not: asksLeaf('notInList') }] } } });
    expect(saved('equal')).toMatchObject({
      kind: 'rejected',
      problems: [{ pointer: '/conditions/any/0/not/fact', code: 'unfit-fact' }],
    });
    expect(checkRule(draft({ all: [{ ...leaf, operator: 'contains', value: 'c-1' }] }))).toMatchObject({
      kind: 'rejected',
    });
  });
  const asksLeaf = (operator: string): object => ({
    fact: 'event',
    path: '$.data.x',
    operator,
    value: { list: 'vip' },
  });

  test('to be in a list and not to be excludes each other; two lists do not, nor does a value', () => {
    const never = (...leaves: Pick<LeafCondition, 'operator' | 'value'>[]): boolean =>
      contradictionsOf({ all: leaves.map((leaf) => ({ fact: 'event', path: '$.data.x', ...leaf })) }, '').neverHolds;
    const vip = { operator: 'inList', value: { list: 'vip' } };
    expect(never(vip, { operator: 'notInList', value: { list: 'vip' } })).toBe(true);
    expect(never(vip, { operator: 'notInList', value: { list: 'staff' } })).toBe(false);
    expect(never(vip, { operator: 'equal', value: 'c-9' })).toBe(false);
  });

  test('not to be in a list is said in one way', () => {
    expect(canonicalName({ not: asks('notInList') })).toBe(canonicalName(asks('inList')));
  });
});

test('a test gives lists, and one that it does not give is empty', () => {
  const tests = [
    { name: 'in', event: { data: { x: 17 } }, lists: { vip: ['17'] }, fires: true },
    { name: 'out', event: { data: { x: 17 } }, fires: false },
  ];
  expect(failedTests(rule(asks('inList')) && ({ ...rule(asks('inList')), tests } as never))).toEqual([]);
});
