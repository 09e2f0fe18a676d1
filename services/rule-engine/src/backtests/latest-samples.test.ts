/** Guards: of all hits the latest are shown, whatever order they come in, and no more of them than a page and a row can take. */
import type { BacktestSample } from '@hermes/contracts/rule-backtest';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LatestSamples } from './latest-samples.ts';

const sampleOf = (atMs: number, id: number, characters = 10): BacktestSample => ({
  at: new Date(atMs).toISOString(),
  subject: 's:1',
  event: {
    id: `e-${String(id).padStart(6, '0')}`,
    source: '/t',
    type: 'a',
    time: new Date(atMs).toISOString(),
    data: { text: 'x'.repeat(characters) },
  },
  liveDecision: null,
  trace: [],
  other: [],
  otherSuppressed: false,
});
const latestFirst = (samples: readonly BacktestSample[]): BacktestSample[] =>
  samples.toSorted((a, b) => (a.at === b.at ? (a.event.id < b.event.id ? -1 : 1) : a.at > b.at ? -1 : 1));

function keptOf(samples: readonly BacktestSample[]): BacktestSample[] {
  const latest = new LatestSamples();
  for (const sample of samples) if (latest.wants(sample.at)) latest.add(sample);
  return latest.result();
}
const sizeOf = (samples: readonly BacktestSample[]): number =>
  samples.reduce((sum, sample) => sum + JSON.stringify(sample).length, 0);

test('the latest fifty, in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 400 }), (instants) => {
      const samples = instants.map((atMs, i) => sampleOf(atMs, i));
      expect(keptOf(samples)).toEqual(latestFirst(samples).slice(0, 50));
    }),
  );
});

test('of large ones as many of the latest as are half a megabyte, in any order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.constantFrom(10, 4_000, 60_000, 240_000)), {
        minLength: 1,
        maxLength: 60,
      }),
      (hits) => {
        const samples = hits.map(([atMs, characters], i) => sampleOf(atMs, i, characters));
        const kept = keptOf(samples);
        const all = latestFirst(samples);
        expect(kept).toEqual(all.slice(0, kept.length));
        expect(sizeOf(kept)).toBeLessThanOrEqual(500_000);
        if (kept.length < Math.min(50, all.length))
          expect(sizeOf(all.slice(0, kept.length + 1))).toBeGreaterThan(500_000);
      },
    ),
    { numRuns: 50 },
  );
});

test('one that fits is shown, however large the one was that was left out before it came', () => {
  const hits = [
    [0, 60_000],
    [2, 240_000],
    [2, 240_000],
    [0, 240_000],
    [0, 240_000],
    [1, 10],
  ] as const;
  expect(keptOf(hits.map(([atMs, characters], i) => sampleOf(atMs, i, characters)))).toHaveLength(3);
});

test('one that is larger than all may be is shown by itself', () => {
  expect(keptOf([sampleOf(1, 1), sampleOf(2, 2, 900_000), sampleOf(0, 3)])).toHaveLength(1);
});
