import fc from 'fast-check';
import { expect, test } from 'vitest';
import { multiplyDecimal } from './decimal.ts';

test.each([
  ['a price in units of 10,000', '225.1', '10000', 2, '2251000.00'],
  ['what a double cannot hold', '0.1', '3', 2, '0.30'],
  ['more digits than a double has', '12345678901234567.89', '10000', 2, '123456789012345678900.00'],
  ['half away from zero', '0.125', '1', 2, '0.13'],
  ['half away from zero below it too', '-0.125', '1', 2, '-0.13'],
  ['a negative that rounds to nothing loses its sign', '-0.001', '1', 2, '0.00'],
  ['an exponent', '1.5e3', '1', 2, '1500.00'],
  ['a negative exponent', '15e-1', '1', 0, '2'],
  ['no digit before the point', '.5', '2', 1, '1.0'],
  ['a text that is no number', 'n/a', '10000', 2, undefined],
  ['a lone point', '.', '1', 2, undefined],
])('%s', (_, text, factor, places, expected) => expect(multiplyDecimal(text, factor, places)).toBe(expected));

test('whole cents times a whole factor are exact', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.bigInt({ min: 0n, max: 10n ** 9n }), (cents, factor) => {
      const text = `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
      const product = cents * factor;
      expect(multiplyDecimal(text, String(factor), 2)).toBe(
        `${product / 100n}.${String(product % 100n).padStart(2, '0')}`,
      );
    }),
  );
});
