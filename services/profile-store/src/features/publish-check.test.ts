import { FeatureDraft, type FeatureKey } from '@hermes/contracts/feature';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import {
  MAX_FEATURES,
  MAX_FEATURES_OF_A_GROUP,
  type PublishedFeature,
  publishRefusal,
  ratiosOn,
} from './publish-check.ts';

const HOME: FeatureKey = { kind: 'field', path: '$.data.home', entity: 'home' };
const FLAT: FeatureKey = { ...HOME, entity: 'flat' };
const published = (id: string, more: Partial<PublishedFeature> = {}): PublishedFeature => ({
  id,
  key: { kind: 'subject' },
  compute: { kind: 'count' },
  group: 'main',
  ...more,
});
const draft = (more: Partial<z.input<typeof FeatureDraft>> = {}): FeatureDraft =>
  FeatureDraft.parse({ name: 'A feature', eventTypes: ['a'], compute: { kind: 'count' }, ...more });
const ratio = (numerator: string, denominator: string, more: Partial<FeatureDraft> = {}): FeatureDraft =>
  draft({ eventTypes: [], compute: { kind: 'ratio', numerator, denominator }, ...more });

const KNOWN = [
  published('showings_7d'),
  published('deals_7d', { compute: { kind: 'sum', path: '$.data.n' } }),
  published('last_word', { compute: { kind: 'last', path: '$.data.w' } }),
  published('homes', { key: HOME }),
  published('flats', { key: FLAT }),
  published('homes_of_another_field', { key: { ...HOME, path: '$.data.other' } }),
];

test.each<[string, FeatureDraft, string | undefined]>([
  ['two published numbers of the same key', ratio('deals_7d', 'showings_7d'), undefined],
  ['numbers of the same entity by other fields', ratio('homes', 'homes_of_another_field', { key: HOME }), undefined],
  ['a mistyped part', ratio('deal_7d', 'showings_7d'), 'did you mean "deals_7d"?'],
  ['a part that answers no number', ratio('deals_7d', 'last_word'), '"last_word" is of the kind last'],
  ['a part of another key', ratio('homes', 'showings_7d'), '"homes" belongs to "home"'],
  ['a part of another entity', ratio('homes', 'flats', { key: FLAT }), '"homes" belongs to "home"'],
  ['itself', ratio('r', 'showings_7d'), 'no published feature is called "r"'],
])('a ratio of %s', (_, input, message) => {
  const refusal = publishRefusal('r', input, [...KNOWN, published('r')]);
  if (message === undefined) return expect(refusal).toBeUndefined();
  expect(refusal).toMatchObject({
    kind: 'invalid',
    problems: [{ message: expect.stringContaining(message) as string }],
  });
});

test('a part of a published ratio stays a number of its key', () => {
  const all = [
    ...KNOWN,
    published('r', { compute: { kind: 'ratio', numerator: 'deals_7d', denominator: 'showings_7d' } }),
  ];
  expect(ratiosOn('deals_7d', all).map(({ id }) => id)).toEqual(['r']);
  expect(publishRefusal('deals_7d', draft({ compute: { kind: 'max', path: '$.data.n' } }), all)).toBeUndefined();
  const inUse = { kind: 'in-use', by: ['r'] };
  expect(publishRefusal('deals_7d', draft({ compute: { kind: 'last', path: '$.data.n' } }), all)).toEqual(inUse);
  expect(publishRefusal('showings_7d', draft({ key: HOME }), all)).toEqual(inUse);
});

test('a project and a group have so many features, and a new version of one is none more', () => {
  const many = (count: number, group: (i: number) => string): PublishedFeature[] =>
    Array.from({ length: count }, (_, i) => published(`f-${i}`, { group: group(i) }));
  const full = many(MAX_FEATURES, (i) => `g-${i % 10}`);
  expect(publishRefusal('new', draft({ group: 'other' }), full)).toMatchObject({ kind: 'too-many', limit: 500 });
  expect(publishRefusal('f-3', draft({ group: 'other' }), full)).toBeUndefined();
  expect(publishRefusal('new', draft({ group: 'other' }), full.slice(1))).toBeUndefined();
  const group = many(MAX_FEATURES_OF_A_GROUP, () => 'main');
  expect(publishRefusal('new', draft(), group)).toEqual({ kind: 'too-many', limit: 200, group: 'main' });
  expect(publishRefusal('f-3', draft(), group)).toBeUndefined();
  expect(publishRefusal('new', draft({ group: 'other' }), group)).toBeUndefined();
});
