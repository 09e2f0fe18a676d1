import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../bytes.ts';
import type { Aggregate } from './aggregate.ts';
import { type Distinct, distinctCount, EXACT_VALUES, ranksOf, STANDARD_ERROR } from './distinct-count.ts';
import { hash53 } from './hash.ts';
import { countersOf, topK, type Summary } from './top-k.ts';

const seen = (value: unknown) => ({ timeMs: 0, receivedAtMs: 0, id: 'e', value });
const context = { nowMs: 0, fromMs: null, toMs: null };
const all = <S>(aggregate: Aggregate<S>, values: Iterable<unknown>): S | undefined => {
  let state: S | undefined;
  for (const value of values) state = aggregate.add(state, seen(value)) ?? state;
  return state;
};
const stored = <S>(aggregate: Aggregate<S>, state: S): S => {
  const writer = new ByteWriter();
  aggregate.write(writer, state);
  return aggregate.read(new ByteReader(writer.take()));
};
const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `listing:l-${from + i}`);

describe('a distinct count', () => {
  const countOf = (state: Distinct | undefined) => distinctCount.value(state, context);

  test('is exact up to its limit, values that look alike included', () => {
    expect(countOf(all(distinctCount, [1, '1', 1, true, 'true', { a: 1 }, { a: 1 }, null, undefined]))).toEqual({
      value: 5,
    });
    expect(countOf(all(distinctCount, range(0, EXACT_VALUES)))).toEqual({ value: EXACT_VALUES });
    expect(countOf(undefined)).toEqual({ value: 0 });
  });

  test.each([600, 1_000, 5_000, 20_000, 200_000])('of %i values is within the bound that it names', (size) => {
    let worst = 0;
    for (let round = 0; round < (size > 50_000 ? 4 : 12); round++) {
      const { value, bound } = countOf(all(distinctCount, range(round * 1_000_000, round * 1_000_000 + size)));
      worst = Math.max(worst, Math.abs((value as number) - size) / size);
      expect(bound).toBeCloseTo(3 * STANDARD_ERROR, 9);
    }
    expect(worst).toBeLessThan(3 * STANDARD_ERROR);
  });

  test('merged and stored is that of all values, in any cut, exact ones and sketches mixed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_500 }), { minLength: 2, maxLength: 6 }), (sizes) => {
        const parts = sizes.map((size, i) => all(distinctCount, range(i * 700, i * 700 + size)));
        let merged: Distinct | undefined;
        for (const part of parts)
          if (part !== undefined) merged = distinctCount.merge(merged, stored(distinctCount, part));
        const whole = all(
          distinctCount,
          sizes.flatMap((size, i) => range(i * 700, i * 700 + size)),
        );
        expect(countOf(merged)).toEqual(countOf(whole));
        for (const state of [merged, whole])
          if (state?.kind === 'sketch') expect(state.ranks).toEqual(ranksOf(state.packed));
      }),
      { seed: 1, numRuns: 25 },
    );
  });

  test('of registers as they were stored once, without their ranks, is the same', () => {
    const state = all(distinctCount, range(0, 3_000))!;
    const writer = new ByteWriter();
    writer.byte(1);
    if (state.kind === 'sketch') writer.raw(state.packed);
    expect(countOf(distinctCount.read(new ByteReader(writer.take())))).toEqual(countOf(state));
  });

  test('does not change what was merged into it', () => {
    const small = all(distinctCount, range(0, 10))!;
    const before = countOf(small);
    const merged = distinctCount.merge(undefined, small);
    distinctCount.add(merged, seen('one more'));
    expect(countOf(small)).toEqual(before);
  });
});

test('hashes of similar texts spread evenly over 53 bits', () => {
  const buckets = new Array<number>(64).fill(0);
  for (let i = 0; i < 64_000; i++) buckets[Math.floor(hash53(`"c-${i}"`) / 2 ** 47)]! += 1;
  // 1,000 each; five standard deviations.
  for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(160);
});

describe('top k', () => {
  const top2 = topK(2);

  test('is exact while there are no more values than counters', () => {
    const values = range(0, countersOf(2)).flatMap((value, i) => Array.from({ length: 1 + (i % 7) }, () => value));
    const { value, bound } = top2.value(all(top2, values), context);
    expect(bound).toBeUndefined();
    expect(value).toEqual([
      { value: 'listing:l-13', count: 7 },
      { value: 'listing:l-20', count: 7 },
    ]);
  });

  test('beyond them no count is off by more than the bound that it names, however states are merged', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 1_000 }), (cuts, seed) => {
        const true_ = new Map<string, number>();
        const values = Array.from(
          { length: 6_000 },
          (_, i) => `v${Math.floor(((i * 7_919 + seed) % 1_000) ** 2 / 2_000)}`,
        );
        for (const value of values) true_.set(value, (true_.get(value) ?? 0) + 1);
        let merged: Summary | undefined;
        for (let i = 0; i < cuts; i++) {
          const part = all(
            top2,
            values.filter((_, at) => at % cuts === i),
          )!;
          merged = top2.merge(merged, stored(top2, part));
        }
        const { value, bound } = top2.value(merged, context);
        expect(bound).toBeLessThanOrEqual(values.length / (countersOf(2) + 1));
        for (const { value: one, count } of value as { value: string; count: number }[]) {
          expect(count).toBeLessThanOrEqual(true_.get(one)!);
          expect(count + bound!).toBeGreaterThanOrEqual(true_.get(one)!);
        }
      }),
      { seed: 2, numRuns: 15 },
    );
  });
});
