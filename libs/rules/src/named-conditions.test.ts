/** Guards: a named condition in a rule says what it said when the rule was saved, and nobody takes it for something else. */
import type { Condition } from '@hermes/contracts/rule';
import { describe, expect, test } from 'vitest';
import { canonicalName } from './canonical-condition.ts';
import { checkRule } from './check-rule.ts';
import { MAX_DEPTH } from './rule-limits.ts';
import { compileCondition } from './condition.ts';
import { conditionRefsIn, conditionsNamed, type KnownConditions, withNamedConditions } from './named-conditions.ts';
import { referenceVerdict } from './reference.ts';
import { FALSE, TRUE } from './verdict.ts';

const leaf = (value: number): Condition => ({ fact: 'event', path: '$.data.x', operator: 'equal', value });
const versions: Record<string, readonly Condition[]> = {
  small: [{ any: [leaf(1)] }, { any: [leaf(1), leaf(2)] }],
  odd: [{ all: [{ any: [leaf(1), leaf(3)] }] }],
  nested: [{ all: [{ any: [leaf(1)], condition: { id: 'small', version: 1 } }] }],
  asking: [
    {
      all: [
        { fact: 'feature', params: { id: 'deals' }, operator: 'equal', value: 1 },
        { fact: 'event', path: '$.data.s', operator: 'became', value: 'x' },
      ],
    },
  ],
};
const known: KnownConditions = {
  ids: Object.keys(versions),
  newest: (id) =>
    Object.hasOwn(versions, id) ? { version: versions[id]!.length, conditions: versions[id]!.at(-1)! } : undefined,
  version: ({ id, version }) => versions[id]?.[version - 1],
};
const resolved = (input: unknown, self?: string) =>
  withNamedConditions(input, '/conditions', known, { deepest: MAX_DEPTH, ...(self === undefined ? {} : { self }) });
const said = (input: unknown, self?: string): readonly string[] =>
  resolved(input, self).problems.map(({ code, pointer }) => `${code} ${pointer}`);

test('a name becomes what the condition says now, with its version, and the rule passes and means that', async () => {
  const { conditions, problems } = resolved({
    all: [{ condition: 'small', name: 'a small one' }, { not: { condition: 'odd' } }],
  });
  expect(problems).toEqual([]);
  expect(conditions).toEqual({
    all: [
      { any: [leaf(1), leaf(2)], name: 'a small one', condition: { id: 'small', version: 2 } },
      { not: { ...versions['odd']![0], condition: { id: 'odd', version: 1 } } },
    ],
  });
  const draft = { name: 'r', eventTypes: ['t'], conditions, event: { type: 'e' }, severity: 'info' };
  expect(checkRule(draft).kind).toBe('ok');
  for (const [x, expected] of [
    [1, FALSE],
    [2, TRUE],
    [3, FALSE],
  ] as const) {
    const facts = { event: { type: 't', data: { x } } };
    expect(compileCondition(conditions as Condition).test(facts)).toBe(expected);
    expect(await referenceVerdict(conditions as Condition, facts)).toBe(expected);
  }
  const plain = { all: [{ any: [leaf(1), leaf(2)] }, { not: versions['odd']![0]! }] };
  expect(canonicalName(conditions as Condition)).toBe(canonicalName(plain as Condition));
});

test('the outermost condition may be one', () => {
  expect(resolved({ condition: 'small' }).conditions).toMatchObject({ condition: { id: 'small', version: 2 } });
});

test('saved again a rule has the newest, and what was written into it meanwhile makes no difference', () => {
  const kept = { all: [{ any: [leaf(1)], condition: { id: 'small', version: 1 } }] };
  expect(resolved(kept)).toMatchObject({
    problems: [],
    conditions: { all: [{ any: [leaf(1), leaf(2)], condition: { version: 2 } }] },
  });
  const [feature, change] = (versions['asking']![0] as { all: readonly Condition[] }).all;
  const written = {
    all: [
      { ...feature, params: { id: 'deals', version: 7 } },
      { ...change, params: { previous: { id: 'was_x', version: 1 } } },
    ],
    condition: { id: 'asking', version: 1 },
  };
  expect(said(written)).toEqual([]);
});

describe('is refused:', () => {
  test.each([
    [
      'a name that there is none of',
      { all: [{ condition: 'smal' }] },
      ['unknown-condition /conditions/all/0/condition'],
    ],
    ['what is no name', { any: [{ condition: 5 }] }, ['unknown-condition /conditions/any/0/condition']],
    [
      'a property of every object',
      { not: { condition: '__proto__' } },
      ['unknown-condition /conditions/not/condition'],
    ],
    [
      'what says something else than the version it names',
      { all: [leaf(9)], condition: { id: 'odd', version: 1 } },
      ['changed-condition /conditions'],
    ],
    [
      'a version that there was none of',
      { any: [leaf(1)], condition: { id: 'small', version: 9 } },
      ['changed-condition /conditions'],
    ],
    [
      'a comparison beside the name',
      { all: [{ condition: 'odd', fact: 'event' }] },
      ['unknown-field /conditions/all/0/fact'],
    ],
  ])('%s', (_, input, expected) => expect(said(input)).toEqual(expected));

  test('a condition that comes back to itself, straight or through another', () => {
    expect(said({ all: [{ condition: 'small' }] }, 'small')).toEqual(['condition-cycle /conditions/all/0/condition']);
    expect(said({ all: [{ condition: 'nested' }] }, 'small')).toEqual(['condition-cycle /conditions/all/0/condition']);
    expect(said({ all: [{ condition: 'small' }] }, 'other')).toEqual([]);
  });

  test('"condition" beside a group that is no reference, where nothing has resolved it', () => {
    const draft = {
      name: 'r',
      eventTypes: ['t'],
      conditions: { all: [], condition: 'small' },
      event: { type: 'e' },
      severity: 'info',
    };
    expect(checkRule(draft)).toMatchObject({ problems: [{ pointer: '/conditions/condition', code: 'invalid-field' }] });
  });
});

test('which ones are named is found, within others too', () => {
  const conditions = resolved({ all: [{ condition: 'nested' }, { condition: 'odd' }] }).conditions as Condition;
  expect(conditionsNamed(conditions)).toEqual([
    { id: 'nested', version: 1 },
    { id: 'small', version: 1 },
    { id: 'odd', version: 1 },
  ]);
  expect(conditionRefsIn({ all: [{ condition: 'odd' }, conditions] }, MAX_DEPTH)).toMatchObject({
    ids: ['odd', 'nested', 'small'],
  });
});

test('what nests without end is left to the check of its depth', () => {
  let deep: unknown = { condition: 'none' };
  for (let i = 0; i < 5_000; i++) deep = { not: deep };
  expect(resolved(deep).problems).toEqual([]);
});
