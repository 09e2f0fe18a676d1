import { describe, expect, test } from 'vitest';
import { KeyDraft } from './console-api.ts';

const faults = (draft: object): readonly string[] => {
  const result = KeyDraft.safeParse({ name: 'app', scopes: ['profiles:read'], ...draft });
  return result.success ? [] : result.error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`);
};

describe('a key that reads profiles', () => {
  test('may be limited to features and to a number of reads a minute', () => {
    expect(faults({ features: ['showings_7d', 'tier'], readsPerMinute: 10_000_000 })).toEqual([]);
    expect(faults({ scopes: ['profiles:write'], features: ['tier'] })).toEqual([]);
    expect(faults({ readsPerMinute: 1 })).toEqual([]);
  });

  test.each<[string, object, string]>([
    [
      'features without a profiles scope',
      { scopes: ['events:write'], features: ['tier'] },
      '/features: features limit',
    ],
    [
      'a quota without reads',
      { scopes: ['profiles:write'], readsPerMinute: 5 },
      '/readsPerMinute: a quota counts reads',
    ],
    ['an id that no feature can have', { features: ['tier', 'Tier 2'] }, '/features/1: a feature id is 1 to 64'],
    ['no feature at all', { features: [] }, '/features: name at least one feature'],
    ['a quota of nothing', { readsPerMinute: 0 }, '/readsPerMinute: a quota is at least 1'],
    ['a quota beyond the largest', { readsPerMinute: 10_000_001 }, '/readsPerMinute: a quota is at most 10,000,000'],
    ['half a read', { readsPerMinute: 0.5 }, '/readsPerMinute: a quota is a whole number'],
  ])('is refused in words with %s', (_, draft, words) => expect(faults(draft)[0]).toContain(words));
});
