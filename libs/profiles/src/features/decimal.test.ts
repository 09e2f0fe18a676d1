import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Decimal, decimalNumber, decimalText, dividedBy } from './decimal.ts';

const decimals: fc.Arbitrary<Decimal> = fc.oneof(
  fc.maxSafeInteger(),
  fc.record({ unscaled: fc.oneof(fc.maxSafeInteger(), fc.bigInt()), scale: fc.integer({ min: 1, max: 30 }) }),
);

/** The quotient to 60 significant digits, as text for `Number`: far more than two doubles can be told apart by. */
function exactly(value: Decimal, count: number): number {
  const [unscaled, scale] = typeof value === 'number' ? [value, 0] : [value.unscaled, value.scale];
  return Number(`${String((BigInt(unscaled) * 10n ** 60n) / BigInt(count))}e${String(-60 - scale)}`);
}

test('the nearest double of a decimal is that of its text', () => {
  fc.assert(
    fc.property(decimals, (value) => {
      expect(decimalNumber(value)).toBe(Number(decimalText(value)));
    }),
    { seed: 1, numRuns: 2_000 },
  );
});

test('a decimal divided by a count is the double nearest to the exact quotient', () => {
  fc.assert(
    fc.property(decimals, fc.integer({ min: 1, max: 2 ** 40 }), (value, count) => {
      expect(dividedBy(value, count)).toBe(exactly(value, count));
    }),
    { seed: 2, numRuns: 5_000 },
  );
});
