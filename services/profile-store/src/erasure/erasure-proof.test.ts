import { ERASURE_STORES, type ErasureReport } from '@hermes/contracts/erasure';
import type { ErasureView } from '@hermes/contracts/erasure-api';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { brokenLink, erasureDigest, erasureLimits, missingStores, storesOf, withReport } from './erasure-proof.ts';

const AT = '2026-03-01T00:00:00.000Z';
const report = (store: string, given: Partial<ErasureReport> = {}): ErasureReport => ({
  erasureId: 'er-1',
  subjectHash: 'a'.repeat(64),
  store,
  removed: 0,
  remaining: 0,
  at: AT,
  ...given,
});

test('canonical JSON does not depend on the order of members', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined, é: 'ü' })).toBe(
    '{"b":[1,{"c":"x","d":null}],"é":"ü"}',
  );
});

describe('reports', () => {
  test('the same one twice counts once, and work that is done again does not hide what was removed first', () => {
    const first = report('profiles', { removed: 7 });
    const again = report('profiles', { removed: 0, at: '2026-03-02T00:00:00.000Z' });
    const reports = withReport([first], { ...first });
    expect(reports).toHaveLength(1);
    expect(storesOf(withReport(reports, again))).toEqual([{ ...again, removed: 7 }]);
    expect(storesOf(withReport([again], first))).toEqual([{ ...again, removed: 7 }]);
  });

  test('an erasure waits until each store has said that nothing remains', () => {
    const all = ERASURE_STORES.map((store) => report(store));
    expect(missingStores(all)).toEqual([]);
    expect(missingStores(all.slice(1))).toEqual([ERASURE_STORES[0]]);
    const relapse = report('decisions', { remaining: 2, at: '2026-03-02T00:00:00.000Z' });
    expect(missingStores([...all, relapse])).toEqual(['decisions']);
  });
});

test('dead letters stay longest in Kafka, and a segment longer than its records', () => {
  const { kafkaGoneAfter, text } = erasureLimits(Date.parse(AT));
  expect(kafkaGoneAfter).toBe('2026-03-22T00:00:00.000Z');
  expect(text).toContain('24 h');
});

describe('a chain', () => {
  const link = (number: number, previous: string | null): ErasureView => {
    const view = {
      id: `er-${number}`,
      project: 'demo',
      subjectHash: 'b'.repeat(64),
      erasedAt: AT,
      requestedBy: 'owner@example.org',
      reason: null,
      status: 'complete' as const,
      completedAt: AT,
      stores: ERASURE_STORES.map((store) => report(store, { removed: number })),
      missing: [],
    };
    const proof = { number, previous, notCovered: erasureLimits(Date.parse(AT)) };
    return { ...view, proof: { ...proof, digest: erasureDigest({ ...view, proof }) } };
  };
  const first = link(1, null);
  const second = link(2, first.proof!.digest);
  const third = link(3, second.proof!.digest);

  test('holds as it was made', () => expect(brokenLink([first, second, third])).toBeUndefined());

  test.each<[string, readonly ErasureView[], string]>([
    ['something was changed', [first, { ...second, requestedBy: 'nobody' }, third], 'er-2'],
    ['a figure was changed', [first, { ...second, stores: [report('profiles', { removed: 99 })] }, third], 'er-2'],
    ['one was left out', [first, third], 'er-3'],
    ['the first was left out', [second, third], 'er-2'],
    ['one was made anew with another content', [first, link(2, null), third], 'er-2'],
  ])('breaks where %s', (_, chain, brokenAt) => expect(brokenLink(chain)).toBe(brokenAt));
});
