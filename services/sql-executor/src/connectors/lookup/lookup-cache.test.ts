import { describe, expect, test } from 'vitest';
import { cacheSettings, type CacheSettings, LookupCache } from './lookup-cache.ts';

const SETTINGS: CacheSettings = {
  expireAfterWriteMs: 1_000,
  expireAfterAccessMs: Infinity,
  maxRows: 3,
  cacheMissingKey: true,
};
const rows = (n: number): (readonly [number])[] => Array.from({ length: n }, (_, i) => [i] as const);

describe('an answer is used again', () => {
  test('until it has aged since it came, however often it is used', () => {
    const cache = new LookupCache(SETTINGS);
    cache.set('a', rows(1), 0);
    expect(cache.get('a', 999)).toEqual(rows(1));
    expect(cache.get('a', 1_000)).toBeUndefined();
    expect(cache.get('a', 0)).toBeUndefined();
  });

  test('until it has not been used for a while', () => {
    const cache = new LookupCache({ ...SETTINGS, expireAfterWriteMs: Infinity, expireAfterAccessMs: 100 });
    cache.set('a', rows(1), 0);
    expect(cache.get('a', 90)).toEqual(rows(1));
    expect(cache.get('a', 180)).toEqual(rows(1));
    expect(cache.get('a', 280)).toBeUndefined();
  });

  test('unless others needed the room: the one used longest ago goes, rows are counted', () => {
    const cache = new LookupCache(SETTINGS);
    cache.set('a', rows(1), 0);
    cache.set('b', rows(1), 0);
    cache.set('none', [], 0);
    expect(cache.get('a', 1)).toEqual(rows(1));
    cache.set('c', rows(1), 2);
    expect(cache.get('b', 3)).toBeUndefined();
    cache.set('d', rows(3), 4);
    expect([cache.get('a', 5), cache.get('c', 5), cache.get('none', 5)]).toEqual([undefined, undefined, undefined]);
    expect(cache.get('d', 5)).toEqual(rows(3));
  });

  test('also that there is none, where that is asked for, and never without a cache', () => {
    const cache = new LookupCache(SETTINGS);
    cache.set('none', [], 0);
    expect(cache.get('none', 1)).toEqual([]);
    const picky = new LookupCache({ ...SETTINGS, cacheMissingKey: false });
    picky.set('none', [], 0);
    expect(picky.get('none', 1)).toBeUndefined();
    const without = new LookupCache(null);
    without.set('a', rows(1), 0);
    expect(without.get('a', 0)).toBeUndefined();
  });
});

test('the options of a table say how long, how many, and whether at all', () => {
  expect(cacheSettings({ 'lookup.cache': 'NONE' })).toBeNull();
  expect(
    cacheSettings({
      'lookup.cache': 'PARTIAL',
      'lookup.partial-cache.expire-after-write': '2 s',
      'lookup.partial-cache.max-rows': '10',
      'lookup.partial-cache.cache-missing-key': 'false',
    }),
  ).toEqual({ expireAfterWriteMs: 2_000, expireAfterAccessMs: Infinity, maxRows: 10, cacheMissingKey: false });
});
