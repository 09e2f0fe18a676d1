import type { LookupRow } from '@hermes/stream-sql/operators/lookup';
import { expect, test } from 'vitest';
import { LookupCache } from './lookup-cache.ts';

const row = (value: string): LookupRow => ({ kind: 'row', values: [value] });
const cacheOf = (given: { expireMs?: number; maxRows?: number; cacheMissingKey?: boolean } = {}): LookupCache =>
  new LookupCache({ expireMs: 1_000, maxRows: 2, cacheMissingKey: true, ...given });

test('an answer is used until it is as old as is allowed, however often it was used', () => {
  const cache = cacheOf();
  cache.set('a', row('1'), 0);
  for (const nowMs of [0, 500, 999]) expect(cache.get('a', nowMs)).toEqual(row('1'));
  expect(cache.get('a', 1_000)).toBeUndefined();
  expect(cache.size).toBe(0);
});

test('the oldest answer makes room, and one that is renewed is new', () => {
  const cache = cacheOf();
  cache.set('a', row('1'), 0);
  cache.set('b', row('2'), 1);
  cache.set('a', row('3'), 2);
  cache.set('c', row('4'), 3);
  expect(['a', 'b', 'c'].map((key) => cache.get(key, 4))).toEqual([row('3'), undefined, row('4')]);
});

test('that a subject is not known is remembered only when it should be', () => {
  for (const cacheMissingKey of [true, false]) {
    const cache = cacheOf({ cacheMissingKey });
    cache.set('a', { kind: 'unknown' }, 0);
    expect(cache.get('a', 1)?.kind).toBe(cacheMissingKey ? 'unknown' : undefined);
  }
});

test('without a cache nothing is kept', () => {
  const cache = new LookupCache(null);
  cache.set('a', row('1'), 0);
  expect([cache.get('a', 0), cache.size]).toEqual([undefined, 0]);
});
