/** Guards: what a rule asks for is found, or it is said why it cannot be. */
import type { Feature } from '@hermes/contracts/feature';
import type { KeyField } from '@hermes/contracts/key-field';
import { RuleDraft } from '@hermes/contracts/rule';
import { buildFeatureSet } from '@hermes/profiles/features/feature-set';
import { featureOf } from '@hermes/profiles/testing/features';
import { expect, test } from 'vitest';
import { findFeatures } from './rule-features.ts';

const field = (entity: string): KeyField => ({ entity, path: `$.data.${entity}` });
const of = (id: string, slot: number, entity?: string): Feature =>
  featureOf(
    { compute: { kind: 'count' }, ...(entity === undefined ? {} : { key: { kind: 'field', ...field(entity) } }) },
    id,
    slot,
  );
const FEATURES = [
  of('mine', 1),
  ...['listing', 'listing', 'customer', 'shop', 'team'].map((entity, i) => of(`of_${i}`, i + 2, entity)),
];
const SHARE = featureOf(
  { compute: { kind: 'ratio', numerator: 'of_0', denominator: 'mine' }, eventTypes: [] },
  'share',
  9,
);
const published = buildFeatureSet(1, [...FEATURES, SHARE], {
  live: Object.fromEntries([...FEATURES, SHARE].map(({ id }) => [id, 1])),
  subscribed: [],
});
const asking = (ids: readonly string[], key: KeyField | undefined): RuleDraft =>
  RuleDraft.parse({
    name: 'Asks',
    eventTypes: ['a'],
    key,
    conditions: { all: ids.map((id) => ({ fact: 'feature', params: { id }, operator: 'greaterThan', value: 1 })) },
    event: { type: 'asked' },
    severity: 'info',
  });

test.each([
  ['features of other keys', ['mine', 'of_0', 'of_2'], undefined, undefined],
  ['four of them, of which two are of one key', ['of_0', 'of_1', 'of_2', 'of_3', 'of_4'], undefined, undefined],
  ['three beside its own key', ['of_0', 'of_2', 'of_3'], field('device'), undefined],
  ['its own key’s among four', ['of_0', 'of_2', 'of_3', 'of_4'], field('team'), undefined],
  [
    'four beside its own key',
    ['of_0', 'of_2', 'of_3', 'of_4'],
    field('device'),
    'at most 4 keys beside the subject, its own and those of its features, and this one 5: device at $.data.device, listing at $.data.listing,',
  ],
  ['one that is not there', ['of_9'], undefined, 'no published feature is called "of_9"; did you mean "of_0"'],
] as const)('a rule that asks for %s', (_, ids, key, message) => {
  const found = findFeatures(asking(ids, key), published);
  if (message === undefined) expect(found).toMatchObject({ kind: 'found', features: ids.map((id) => ({ id })) });
  else
    expect(found).toMatchObject({
      kind: 'rejected',
      problems: [{ text: { en: expect.stringContaining(message), zh: expect.stringMatching(/特征/u) } }],
    });
});

test('a ratio is found with the two features that it divides, which are written into the rule, and can be found again', () => {
  const found = findFeatures(asking(['share', 'mine'], undefined), published);
  if (found.kind === 'rejected') throw new Error(found.problems[0]?.text.en);
  expect(found.features.map(({ id }) => id)).toEqual(['of_0', 'mine']);
  expect(found.draft.conditions).toMatchObject({
    all: [
      {
        params: {
          id: 'share',
          version: 1,
          numerator: { id: 'of_0', version: 1 },
          denominator: { id: 'mine', version: 1 },
        },
      },
      { params: { id: 'mine', version: 1 } },
    ],
  });
  expect(findFeatures(found.draft, published)).toEqual(found);
});
