/** Guards: a segment holds what its condition says of features, what is wrong with one is said in words, and changes are told apart. */
import type { FeatureCompute, FeatureKey } from '@hermes/contracts/feature';
import type { FeatureValue } from '@hermes/contracts/profile';
import { Segment, type SegmentDraft } from '@hermes/contracts/profile-segment';
import type { Condition } from '@hermes/contracts/rule';
import { describe, expect, test } from 'vitest';
import { givenFeatures } from '../feature-fact.ts';
import { checkSegment, type SegmentFeature } from './check-segment.ts';
import { compileSegment, membershipChanges, SegmentSet } from './segment-set.ts';

const feature = (id: string, compute: FeatureCompute, key: FeatureKey = { kind: 'subject' }): SegmentFeature => ({
  id,
  compute,
  key,
});
const PUBLISHED: readonly SegmentFeature[] = [
  feature('deals', { kind: 'count' }),
  feature('spent', { kind: 'sum', path: '$.data.price' }),
  feature('share', { kind: 'ratio', numerator: 'deals', denominator: 'spent' }),
  feature('tier', { kind: 'set', writable: { type: 'string', allowed: ['gold', 'silver'] } }),
  feature('last_seen', { kind: 'last', path: '$.time' }),
  feature('of_listing', { kind: 'count' }, { kind: 'field', entity: 'listing', path: '$.data.listing' }),
];

const asks = (id: string, operator: string, value: unknown): Condition =>
  ({ fact: 'feature', params: { id }, operator, value }) as Condition;
const draftOf = (condition: unknown, more: Partial<SegmentDraft> = {}) => ({
  title: { en: 'Vip', zh: '贵宾' },
  condition,
  ...more,
});
const segmentOf = (condition: Condition, more: Partial<Segment> = {}): Segment =>
  Segment.parse({
    ...draftOf(condition),
    id: 'vip',
    project: 'demo',
    version: 1,
    publishedAt: '2026-03-01T00:00:00.000Z',
    ...more,
  });

const VIP: Condition = {
  any: [
    asks('tier', 'equal', 'gold'),
    { all: [asks('deals', 'greaterThan', 2), { not: asks('spent', 'lessThan', 100) }] },
  ],
};

test.each<[string, Readonly<Record<string, unknown>>, boolean]>([
  ['by an attribute', { tier: 'gold' }, true],
  ['by two features', { deals: 3, spent: 100 }, true],
  ['not by one of them', { deals: 3, spent: 99 }, false],
  ['not by what is null', { deals: null, tier: null, spent: null }, false],
  ['not by what is not there', {}, false],
])('a profile is in a segment %s', (_, values, expected) => {
  expect(compileSegment(segmentOf(VIP)).has('customer:c-1', givenFeatures(values))).toBe(expected);
});

test('a segment of one kind of subjects has no others, and what cannot be decided is in none', () => {
  const segment = compileSegment(segmentOf({ all: [asks('deals', 'greaterThan', 0)] }, { entity: 'customer' }));
  const busy = givenFeatures({ deals: 1 });
  expect([segment.has('customer:c-1', busy), segment.has('broker:b-1', busy)]).toEqual([true, false]);
  const undecidable = compileSegment(segmentOf({ all: [{ not: asks('deals', 'in', asks('spent', 'equal', 1)) }] }));
  expect(undecidable.has('customer:c-1', givenFeatures({ deals: 1, spent: 3 }))).toBe(false);
});

test('a set knows what its segments name, and another version of one is another revision', () => {
  const [vip, cold] = [segmentOf(VIP), segmentOf({ all: [asks('deals', 'equal', 0)] }, { id: 'cold' })];
  const set = new SegmentSet([vip, cold]);
  expect([...set.features].sort()).toEqual(['deals', 'spent', 'tier']);
  expect([...set.membershipsOf('customer:c-1', givenFeatures({ deals: 0, tier: 'gold' }))]).toEqual([
    ['cold', 1],
    ['vip', 1],
  ]);
  expect(new SegmentSet([cold, vip]).revision).toBe(set.revision);
  expect(new SegmentSet([cold, { ...vip, version: 2 }]).revision).not.toBe(set.revision);
});

const map = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .split(' ')
      .filter((one) => one !== '')
      .map((one) => [one.slice(0, 1), Number(one.slice(1))]),
  );
test.each<[string, string, string, readonly string[]]>([
  ['nothing', '', '', []],
  ['who entered', 'a1', 'a1 b2', ['b2 in']],
  ['who left', 'a1 b2', 'b2', ['a1 out']],
  ['both', 'a1', 'b1', ['a1 out', 'b1 in']],
  ['not a newer version that says the same', 'a1', 'a2', []],
])('what is different is told: %s', (_, before, now, expected) => {
  const changes = membershipChanges(map(before), map(now));
  expect(changes.map(({ segment, version, isIn }) => `${segment}${version} ${isIn ? 'in' : 'out'}`)).toEqual(expected);
});

describe('at save', () => {
  const problems = (input: unknown, language: 'en' | 'zh' = 'en') => {
    const checked = checkSegment(input, PUBLISHED, 'Asia/Shanghai', language);
    return checked.kind === 'ok'
      ? []
      : checked.problems.map(({ pointer, code, message }) => `${pointer} ${code}: ${message}`);
  };
  const all = (...conditions: readonly unknown[]) => draftOf({ all: conditions });
  test.each<[string, unknown, string | undefined]>([
    ['a good one', draftOf(VIP), undefined],
    ['a ratio', all(asks('share', 'greaterThan', 0.5)), undefined],
    [
      'two features beside each other',
      all(asks('deals', 'greaterThan', { fact: 'feature', params: { id: 'spent' } })),
      undefined,
    ],
    ['no object', 'vip', ' not-a-segment: a segment is a JSON object'],
    ['no title', { condition: VIP }, '/title invalid-field'],
    ['a title in one language', draftOf(VIP, { title: { en: 'Vip' } as never }), '/title/zh invalid-field'],
    [
      'a field that is none',
      { ...draftOf(VIP), conditions: VIP },
      '/conditions unknown-field: unknown field "conditions"; did you mean "condition"?',
    ],
    [
      'an unknown feature',
      all(asks('deal', 'equal', 1)),
      '/condition/all/0/params/id unknown-feature: unknown feature "deal"; did you mean "deals"?',
    ],
    [
      'an unknown feature beside another',
      all(asks('deals', 'equal', { fact: 'feature', params: { id: 'spend' } })),
      '/condition/all/0/value/params/id unknown-feature',
    ],
    ['a feature of another key', all(asks('of_listing', 'equal', 1)), '/condition/all/0/params/id unfit-feature'],
    [
      'a count and a text',
      all(asks('deals', 'equal', '1')),
      '/condition/all/0 type-mismatch: "deals" is a whole number',
    ],
    ['a value that an attribute never has', all(asks('tier', 'equal', 'golden')), '/condition/all/0 unknown-value'],
    [
      'the event',
      all({ fact: 'event', path: '$.type', operator: 'equal', value: 'a' }),
      '/condition/all/0/fact unknown-fact',
    ],
    ['an operator that is none', all(asks('deals', 'more', 1)), '/condition/all/0/operator unknown-operator'],
    ['a named list', all(asks('deals', 'inList', { list: 'x' })), '/condition/all/0/operator no-lists'],
    [
      'a version',
      all({ ...asks('deals', 'equal', 1), params: { id: 'deals', version: 2 } }),
      '/condition/all/0/params/version unknown-field',
    ],
    ['nothing of features', draftOf({ all: [] }), '/condition no-feature'],
    [
      'what nobody can be',
      all(asks('deals', 'greaterThan', 5), asks('deals', 'lessThan', 3)),
      'never-holds: nobody could be in it',
    ],
  ])('%s', (_, input, expected) => {
    const found = problems(input);
    if (expected === undefined) expect(found).toEqual([]);
    else expect(found.join('\n')).toContain(expected);
  });

  test('is said in Chinese too', () => {
    expect(problems(all(asks('deal', 'equal', 1)), 'zh').join()).toContain('未知的特征“deal”；是不是“deals”？');
    expect(problems(all(asks('of_listing', 'equal', 1)), 'zh').join()).toContain('人群不能使用');
  });

  test('times are meant in the zone of the project from then on', () => {
    const checked = checkSegment(all(asks('last_seen', 'before', '2026-03-01')), PUBLISHED, 'Asia/Shanghai');
    expect(checked).toMatchObject({
      kind: 'ok',
      draft: { condition: { all: [{ value: '2026-03-01T00:00:00+08:00' }] } },
    });
  });
});

test('a feature value is a value with its interval', () => {
  const lookup = (id: string): FeatureValue | undefined =>
    id === 'deals' ? { value: 3, version: 9, interval: { from: null, to: null } } : undefined;
  expect(compileSegment(segmentOf({ all: [asks('deals', 'equal', 3)] })).has('a:b', lookup)).toBe(true);
});
