/** Guards: an erasure finds what was counted of a subject in groups that nobody counts in any more. */
import { buildFeatureSet } from '@hermes/profiles/features/feature-set';
import { SubjectState } from '@hermes/profiles/features/subject-state';
import { featureOf } from '@hermes/profiles/testing/features';
import { expect, test } from 'vitest';
import { eraseInjection, groupsOf } from './erase-subject.ts';

test('groups of the past are erased as those of the present', () => {
  const features = [featureOf({ compute: { kind: 'count' }, group: 'now' }, 'f', 1)];
  const set = buildFeatureSet(7, features, { live: {}, subscribed: [], groups: ['before', 'now'] });
  const stored = new Map([
    ['broker:b-1 before', new SubjectState()],
    ['broker:b-1 now', new SubjectState()],
  ]);
  let removed = 0;
  const injection = eraseInjection('broker:b-1', 1_000, groupsOf(set), (values) => (removed = values));
  expect(injection.keys).toEqual(['broker:b-1', 'broker:b-1 now', 'broker:b-1 before']);
  injection.apply({
    get: (key) => stored.get(key),
    set: (key, value) => void stored.set(key, value as SubjectState),
    append: () => undefined,
  });
  expect(removed).toBe(2);
  expect([...stored.values()].map(({ erasedAtMs }) => erasedAtMs)).toEqual([1_000, 1_000, 1_000]);
});

test('before any set is known, only what holds the activity is erased', () => {
  expect(groupsOf(undefined)).toEqual(['main']);
});
