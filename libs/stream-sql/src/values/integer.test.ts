import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Integer } from './data-type.ts';
import {
  addExact,
  addLong,
  compareIntegers,
  divideLong,
  floorDivide,
  floorRemainder,
  integerOfText,
  multiplyExact,
  multiplyLong,
  negateLong,
  normalise,
  remainder,
  subtractExact,
  subtractLong,
  wrapLong,
} from './integer.ts';

const long = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -(2n ** 53n) - 5n, max: -(2n ** 53n) + 5n }),
    fc.bigInt({ min: 2n ** 53n - 5n, max: 2n ** 53n + 5n }),
    fc.bigInt({ min: -1000n, max: 1000n }),
    fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n),
  )
  .map(normalise);
const as64 = (value: bigint): bigint => BigInt.asIntN(64, value);
const isInOneForm = (value: Integer): boolean =>
  typeof value === 'number'
    ? Number.isSafeInteger(value) && !Object.is(value, -0)
    : !Number.isSafeInteger(Number(value));

const OPERATIONS: readonly [string, (a: Integer, b: Integer) => Integer, (a: bigint, b: bigint) => bigint][] = [
  ['addExact', addExact, (a, b) => a + b],
  ['subtractExact', subtractExact, (a, b) => a - b],
  ['multiplyExact', multiplyExact, (a, b) => a * b],
  ['addLong', addLong, (a, b) => as64(a + b)],
  ['subtractLong', subtractLong, (a, b) => as64(a - b)],
  ['multiplyLong', multiplyLong, (a, b) => as64(a * b)],
  ['divideLong', (a, b) => (b === 0 ? 0 : divideLong(a, b)), (a, b) => (b === 0n ? 0n : as64(a / b))],
  ['remainder', (a, b) => (b === 0 ? 0 : remainder(a, b)), (a, b) => (b === 0n ? 0n : a % b)],
  ['negateLong', (a) => negateLong(a), (a) => as64(-a)],
];

describe('integers are exact, and in their one form', () => {
  test.each(OPERATIONS)('%s is what bigints give', (_, operation, expected) => {
    fc.assert(
      fc.property(long, long, (a, b) => {
        const result = operation(a, b);
        expect(BigInt(result)).toBe(expected(BigInt(a), BigInt(b)));
        expect(isInOneForm(result)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('dividing down leaves a rest from 0 to the divisor', () => {
    fc.assert(
      fc.property(long, fc.constantFrom(1000, 1_000_000, 86_400_000), (a, by) => {
        const [quotient, rest] = [floorDivide(a, by), floorRemainder(a, by)];
        expect(rest >= 0 && rest < by && isInOneForm(quotient)).toBe(true);
        expect(BigInt(quotient) * BigInt(by) + BigInt(rest)).toBe(BigInt(a));
      }),
    );
  });

  test('texts, wrapping and order agree with bigints', () => {
    fc.assert(
      fc.property(long, long, (a, b) => {
        expect(integerOfText(String(a))).toBe(a);
        expect(wrapLong(BigInt(a) + 2n ** 64n)).toBe(a);
        expect(compareIntegers(a, b)).toBe(BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0);
      }),
    );
  });
});
