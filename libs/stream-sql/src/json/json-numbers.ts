import type { Integer } from '../values/data-type.ts';

/** The digits of a decimal number: `unscaled` times ten to the minus `scale`. */
export interface DecimalText {
  readonly unscaled: bigint;
  readonly scale: number;
}

const DECIMAL = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/;
/** Beyond it a number of a few bytes would have millions of digits. */
const MAX_EXPONENT = 10_000;

/** Reads a number as java.math.BigDecimal does; `undefined` for anything else, and for exponents that no column can hold. */
export function decimalText(text: string): DecimalText | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = match[4] ?? '', , exponent = '0'] = match;
  const power = Number(exponent);
  if (Math.abs(power) > MAX_EXPONENT) return undefined;
  const digits = BigInt(`${whole}${fraction}` || '0');
  return { unscaled: sign === '-' ? -digits : digits, scale: fraction.length - power };
}

/** An `Integer` of digits with a sign, within `bits`; `undefined` beyond. */
export function integerOfDigits(text: string, bits: number): Integer | undefined {
  const number = Number(text);
  if (Number.isSafeInteger(number))
    return bits >= 53 || Math.abs(number + 0.5) <= 2 ** (bits - 1) ? number + 0 : undefined;
  const exact = BigInt(text.replace(/^\+/, ''));
  return BigInt.asIntN(bits, exact) === exact ? exact : undefined;
}

/** The unscaled digits at the column's scale, rounded half up; null when they are too many (as Flink's DecimalData.fromBigDecimal). */
export function scaled(read: DecimalText, precision: number, scale: number): Integer | null {
  const shift = scale - read.scale;
  let unscaled: bigint;
  if (shift >= 0) unscaled = shift > 2 * MAX_EXPONENT ? 0n : read.unscaled * 10n ** BigInt(shift);
  else {
    const unit = 10n ** BigInt(-shift);
    const half = read.unscaled < 0n ? -(unit / 2n) : unit / 2n;
    unscaled = (read.unscaled + half) / unit;
  }
  if (unscaled >= 10n ** BigInt(precision) || unscaled <= -(10n ** BigInt(precision))) return null;
  const number = Number(unscaled);
  return Number.isSafeInteger(number) ? number : unscaled;
}
