/** Guards: what has to hold of an event that a fact remembers may ask named lists, what was before and named conditions, in what is saved and in what is evaluated. */
import { type Condition, RuleDraft } from '@hermes/contracts/rule';
import { describe, expect, test } from 'vitest';
import { checkCondition } from '../check-rule.ts';
import { featuresCounted, featuresOfRule } from '../features-of-rule.ts';
import { withListFactsTurned } from '../list-facts.ts';
import type { ListLookup } from '../list-operators.ts';
import { listsNamed } from '../lists-named.ts';
import { conditionRefsIn, conditionsNamed, type KnownConditions, withNamedConditions } from '../named-conditions.ts';
import { failedTests } from '../rule-tests.ts';
import { eventAt, MemoryRun } from '../testing/memory-run.ts';
import { memoryDefinitionOf } from './memory-definition.ts';
import { memoryOf } from './memory-set.ts';

const IN_LIST = { fact: 'event', path: '$.data.who', operator: 'inList', value: { list: 'vip' } };
const BECAME = { fact: 'event', path: '$.data.status', operator: 'became', value: 'open' };
const HOUR = { within: { hours: 1 } };
const sequence = (first: unknown, then: unknown = {}): { all: [Condition] } => ({
  all: [
    {
      ...{ fact: 'sequence', operator: 'equal', value: true },
      params: { first: { type: 'a', that: first }, then: { type: 'b', ...(then as object) }, ...HOUR },
    } as Condition,
  ],
});

describe('when a rule is saved', () => {
  test.each<[string, unknown, readonly string[]]>([
    ['a named list', IN_LIST, []],
    ['what was before', BECAME, []],
    ['a feature', { fact: 'feature', params: { id: 'f' }, operator: 'equal', value: 1 }, ['unknown-fact']],
    [
      'what was before of an element',
      {
        ...{ fact: 'event', path: '$.data.l', operator: 'anyElement' },
        value: { all: [{ ...BECAME, fact: 'element' }] },
      },
      ['no-changes'],
    ],
  ])('%s in what a sequence remembers: %j', (_, that, expected) => {
    expect(checkCondition(sequence(that), '').map(({ code }) => code)).toEqual(expected);
  });

  test('neither can be asked where there are no lists and nothing is kept', () => {
    const facts = ['event', 'sequence'];
    expect(checkCondition(sequence({ all: [IN_LIST, BECAME] }), '', 'en', facts).map(({ code }) => code)).toEqual([
      'no-lists',
      'no-changes',
    ]);
  });

  test('the places of which it is asked what was before are counted for each type of events', () => {
    const many = (count: number) => ({
      any: Array.from({ length: count }, (_, i) => ({ ...BECAME, path: `$.data.p${String(i)}` })),
    });
    const codes = (condition: Condition) => checkCondition(condition, '').map(({ code }) => code);
    expect(codes(sequence(many(5), { that: many(5) }))).toEqual([]);
    expect(codes(sequence(many(5), { that: many(6) }))).toEqual(['too-many-changes']);
  });

  test('the lists and what is kept are named by the rule', () => {
    const previous = { id: 'was_x', version: 1 };
    const conditions = sequence(IN_LIST, { that: { all: [{ ...BECAME, params: { previous } }] } });
    expect(listsNamed(conditions)).toEqual(['vip']);
    expect(featuresCounted({ conditions })).toEqual([previous]);
    expect(featuresOfRule({ conditions })).toEqual([]);
  });

  test('a list written as json-rules-engine has it is turned', () => {
    const written = {
      ...{ fact: 'list', params: { id: 'vip' }, operator: 'contains' },
      value: { fact: 'event', path: '$.data.who' },
    };
    expect(withListFactsTurned(sequence({ any: [written] }), 20)).toEqual(sequence({ any: [IN_LIST] }));
  });
});

describe('named conditions', () => {
  const said: Condition = { all: [IN_LIST as Condition] };
  const known: KnownConditions = {
    ids: ['of-vips'],
    newest: (id) => (id === 'of-vips' ? { version: 2, conditions: said } : undefined),
    version: () => said,
  };
  const resolve = (input: unknown) => withNamedConditions(input, '/conditions', known, { deepest: 20 });
  const name = { condition: 'of-vips' };
  const kept = { ...said, condition: { id: 'of-vips', version: 2 } };

  test('stand in what a sequence remembers, and are taken into it', () => {
    const written = sequence({ any: [name] }, { that: name });
    expect(conditionRefsIn(written, 20).ids).toEqual(['of-vips']);
    const { conditions, problems } = resolve(written);
    expect(problems).toEqual([]);
    expect(conditions).toEqual(sequence({ any: [kept] }, { that: kept }));
    expect(conditionsNamed(conditions as Condition)).toEqual([{ id: 'of-vips', version: 2 }]);
    expect(checkCondition(conditions, '')).toEqual([]);
    expect(resolve(conditions)).toEqual({ conditions, problems: [] });
  });

  test('one that there is not, and one that was changed, are refused with their place', () => {
    const at = '/conditions/all/0/params/then/that';
    const codes = (that: unknown) =>
      resolve(sequence(said, { that })).problems.map(({ pointer, code }) => [pointer, code]);
    expect(codes({ condition: 'of-vip' })).toEqual([[`${at}/condition`, 'unknown-condition']]);
    expect(codes({ ...kept, all: [BECAME] })).toEqual([[at, 'changed-condition']]);
  });

  test('in the value of a comparison, too', () => {
    const place = {
      fact: 'sequence',
      path: '$.secondsApart',
      params: { first: { type: 'a', that: name }, then: { type: 'b' }, ...HOUR },
    };
    const leaf = { fact: 'event', path: '$.data.n', operator: 'greaterThan', value: place };
    const taken = { ...place, params: { ...place.params, first: { type: 'a', that: kept } } };
    expect(conditionRefsIn({ all: [leaf] }, 20).ids).toEqual(['of-vips']);
    expect(resolve({ all: [leaf] }).conditions).toEqual({ all: [{ ...leaf, value: taken }] });
  });

  test('what a rule remembers does not depend on the name of its condition', () => {
    const idOf = (that: unknown) =>
      memoryDefinitionOf('sequence', { first: { type: 'a', that }, then: { type: 'b' }, ...HOUR }).id;
    expect(idOf({ not: { any: [kept] } })).toBe(idOf({ not: { any: [said] } }));
    expect(idOf(kept)).not.toBe(idOf({ all: [BECAME] }));
  });
});

describe('a named list, as it is at each of the events', () => {
  const lists =
    (...entries: readonly string[]): ListLookup =>
    (id) =>
      id === 'vip' ? { revision: 1, has: (entry) => entries.includes(entry) } : undefined;
  const at = (minute: number, type: string) => eventAt(minute, type, { who: 'c-1' });
  const first = { type: 'a', that: { all: [IN_LIST] } };

  test.each<[string, ListLookup | undefined, boolean]>([
    ['an entry', lists('c-1'), true],
    ['no entry', lists('c-2'), false],
    ['a list that is not there', undefined, false],
  ])('a sequence: %s', (_, list, holds) => {
    const run = new MemoryRun(memoryOf(memoryDefinitionOf('sequence', { first, then: { type: 'b' }, ...HOUR })));
    run.send(at(0, 'a'), { list });
    expect(run.send(at(1, 'b'), { list: lists() }) !== undefined).toBe(holds);
  });

  test.each<[string, ListLookup, readonly string[]]>([
    ['what was waited for is in it', lists('c-1'), []],
    ['what came is not in it', lists(), ['b@0 @60']],
  ])('an absence: %s', (_, list, decided) => {
    const run = new MemoryRun(memoryOf(memoryDefinitionOf('absence', { after: { type: 'b' }, no: first, ...HOUR })));
    run.send(at(0, 'b'), { list });
    run.send(at(5, 'a'), { list });
    run.pass(Date.parse(at(61, 'x').receivedat));
    expect(run.decided).toEqual(decided);
  });
});

describe('in tests, before an event is the one of its type before it in the story', () => {
  const story = (...statuses: readonly unknown[]) =>
    statuses.map((status, i) => ({ type: 'a', before: { minutes: 50 - i }, data: { status, who: 'c-1' } }));
  const fires = (conditions: Condition, test: object): boolean => {
    const draft = RuleDraft.parse({
      ...{ name: 'R', eventTypes: ['b'], conditions, event: { type: 'r' }, severity: 'info' },
      tests: [{ name: 't', event: { data: {} }, fires: true, ...test }],
    });
    return failedTests(draft).length === 0;
  };

  test.each<[string, readonly unknown[], boolean]>([
    ['it was something else', ['shut', 'open'], true],
    ['there was none', ['open'], true],
    ['it never was', ['shut'], false],
    ['nothing stood there in between', ['shut', undefined, 'open'], true],
  ])('%s', (_, statuses, expected) => {
    expect(fires(sequence(BECAME), { earlier: story(...statuses) })).toBe(expected);
  });

  test('a first one of its type is not what it was before', () => {
    const was = { ...BECAME, operator: 'was', value: 'open' };
    expect(fires(sequence(was), { earlier: story('open') })).toBe(false);
    expect(fires(sequence(was), { earlier: story('open', 'shut') })).toBe(true);
  });

  test('of a list it is said what stands in it', () => {
    const earlier = story('open');
    expect(fires(sequence(IN_LIST), { earlier, lists: { vip: ['c-1'] } })).toBe(true);
    expect(fires(sequence(IN_LIST), { earlier })).toBe(false);
  });
});
