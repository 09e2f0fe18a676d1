import { describe, expect, test } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import { ZipfSampler, zipfShares } from './zipf.ts';

describe('Zipf shares', () => {
  test('nobody has more than the largest share, and all together have the whole', () => {
    const shares = zipfShares(100_000, 0.01);
    expect(shares[0]).toBeGreaterThan(0.0099);
    expect(Math.max(...shares)).toBeLessThanOrEqual(0.01 + 1e-6);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  });

  test('beyond the cut the share of a rank is inverse to the rank', () => {
    const shares = zipfShares(100_000, 0.01);
    expect(shares[999]! / shares[9_999]!).toBeCloseTo(10, 6);
  });

  test('without need nothing is cut', () => {
    expect([...zipfShares(3, 1)].map((share) => share / zipfShares(3, 1)[0]!)).toEqual([1, 1 / 2, 1 / 3]);
  });
});

describe('the sampler', () => {
  test('draws ranks as often as their shares say', () => {
    const sampler = new ZipfSampler(1_000, 0.05, seededRandom(7));
    const counts = new Array<number>(1_000).fill(0);
    for (let i = 0; i < 200_000; i++) counts[sampler.next()]! += 1;
    const shares = zipfShares(1_000, 0.05);
    for (const rank of [0, 1, 9, 99]) expect(counts[rank]! / 200_000 / shares[rank]!).toBeCloseTo(1, 0.7);
    expect(counts[0]! / 200_000).toBeCloseTo(0.05, 2);
  });

  test('draws the same ranks for the same seed, others for another', () => {
    const draw = (seed: number): number[] => {
      const sampler = new ZipfSampler(1_000, 0.05, seededRandom(seed));
      return Array.from({ length: 50 }, () => sampler.next());
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  test('draws only ranks that there are', () => {
    const sampler = new ZipfSampler(2, 1, () => 1 - Number.EPSILON / 2);
    expect(sampler.next()).toBe(1);
    expect(new ZipfSampler(2, 1, () => 0).next()).toBe(0);
  });
});
