import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDecimals,
  decimalResult,
  divideDecimals,
  divideHalfUp,
  doubleOfDecimal,
  fit,
  formatDecimal,
  moduloDecimals,
  multiplyDecimals,
  parseDecimal,
  pow10,
  shiftDownCut,
  shiftDownHalfUp,
  subtractDecimals,
} from './decimal.ts';
import { normalise } from './integer.ts';

const shape = fc
  .tuple(fc.integer({ min: 1, max: 38 }), fc.integer({ min: 0, max: 18 }))
  .map(([precision, scale]) => ({ precision, scale: Math.min(precision, scale) }));
const number = shape.chain((of) =>
  fc
    .bigInt({ min: -(10n ** BigInt(of.precision)) + 1n, max: 10n ** BigInt(of.precision) - 1n })
    .map((digits) => ({ ...of, value: normalise(digits) })),
);

/** The exact quotient rounded to a scale, from one fraction of bigints. */
const expected = (numerator: bigint, denominator: bigint, to: { precision: number; scale: number }): bigint | null => {
  const value = divideHalfUp(numerator * pow10(to.scale), denominator);
  return (value < 0n ? -value : value) < pow10(to.precision) ? value : null;
};
const asBigint = (value: number | bigint | null): bigint | null => (value === null ? null : BigInt(value));

describe('decimal arithmetic is that of exact fractions, rounded half up to the type of the result', () => {
  test.each([
    ['+', decimalResult.sum, addDecimals, (a: bigint, x: bigint, b: bigint, y: bigint) => [a * y + b * x, x * y]],
    ['-', decimalResult.sum, subtractDecimals, (a: bigint, x: bigint, b: bigint, y: bigint) => [a * y - b * x, x * y]],
    ['*', decimalResult.product, multiplyDecimals, (a: bigint, x: bigint, b: bigint, y: bigint) => [a * b, x * y]],
    [
      '%',
      decimalResult.modulo,
      moduloDecimals,
      (a: bigint, x: bigint, b: bigint, y: bigint) => [(a * y) % (b * x), x * y],
    ],
  ] as const)('%s', (_, typeOf, operation, fraction) => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        if (b.value === 0) return;
        const to = typeOf(a, b);
        const [numerator, denominator] = fraction(BigInt(a.value), pow10(a.scale), BigInt(b.value), pow10(b.scale));
        const result = operation(a.value, a.scale, b.value, b.scale, to);
        expect(asBigint(result)).toBe(expected(numerator!, denominator!, to));
      }),
      { numRuns: 500 },
    );
  });

  test('/ rounds to 38 digits first and then to the type, as Flink does: within one last digit of the exact quotient', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        if (b.value === 0) return;
        const to = decimalResult.quotient(a, b);
        const result = divideDecimals(a.value, a.scale, b.value, b.scale, to);
        const exact = expected(BigInt(a.value) * pow10(b.scale), BigInt(b.value) * pow10(a.scale), to);
        if (result === null || exact === null) return;
        const difference = BigInt(result) - exact;
        const digits = Math.max(0, String(exact).replace('-', '').length - 38);
        expect(difference <= pow10(digits) && difference >= -pow10(digits)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('a number that is cut or rounded by a power of ten is the one that bigints give', () => {
    fc.assert(
      fc.property(number, fc.integer({ min: 0, max: 20 }), ({ value }, drop) => {
        expect(BigInt(shiftDownHalfUp(value, drop))).toBe(divideHalfUp(BigInt(value), pow10(drop)));
        expect(BigInt(shiftDownCut(value, drop))).toBe(BigInt(value) / pow10(drop));
      }),
    );
  });

  test('texts read back to the number, and the double is the nearest', () => {
    fc.assert(
      fc.property(number, ({ value, scale, precision }) => {
        const text = formatDecimal(value, scale);
        const parsed = parseDecimal(text)!;
        expect(fit(parsed.unscaled, parsed.scale, { precision, scale })).toBe(value);
        expect(doubleOfDecimal(value, scale)).toBe(Number(text));
      }),
    );
  });

  test.each([['', '.', 'x', '1e', '--1', '1.2.3', '1e99999'].map((text) => [text] as const)].flat())(
    '%j is no number',
    (text) => expect(parseDecimal(text)).toBeUndefined(),
  );
});
