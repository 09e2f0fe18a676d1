import { decimal, MAX_DECIMAL_PRECISION, type DataType } from './data-type.ts';

type DecimalType = DataType & { kind: 'DECIMAL' };
interface Shape {
  readonly precision: number;
  readonly scale: number;
}

const POWERS: bigint[] = [1n];
export function pow10(exponent: number): bigint {
  while (POWERS.length <= exponent) POWERS.push(POWERS[POWERS.length - 1]! * 10n);
  return POWERS[exponent]!;
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** Integer division rounding half away from zero (Java's HALF_UP). */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const rest = abs(numerator % denominator);
  if (rest * 2n < abs(denominator)) return quotient;
  return numerator < 0n === denominator < 0n ? quotient + 1n : quotient - 1n;
}

/** The same number with another scale, rounded half up. */
export function rescale(unscaled: bigint, from: number, to: number): bigint {
  if (to >= from) return unscaled * pow10(to - from);
  return divideHalfUp(unscaled, pow10(from - to));
}

/** `unscaled` (with scale `from`) as DECIMAL(precision, scale); null when it has too many digits, as Flink answers. */
export function fit(unscaled: bigint, from: number, to: Shape): bigint | null {
  const value = from === to.scale ? unscaled : rescale(unscaled, from, to.scale);
  return abs(value) < pow10(to.precision) ? value : null;
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** Reads a number's text without losing a digit; `undefined` when it is not one. Exponents past 10,000 are not numbers here. */
export function parseDecimal(text: string): { readonly unscaled: bigint; readonly scale: number } | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > 10_000) return undefined;
  const digits = BigInt(whole + fraction);
  const unscaled = sign === '-' ? -digits : digits;
  const scale = fraction.length - exponent;
  return scale >= 0 ? { unscaled, scale } : { unscaled: unscaled * pow10(-scale), scale: 0 };
}

/** `1234` with scale 2 is `12.34`. */
export function formatDecimal(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString();
  const digits = abs(unscaled)
    .toString()
    .padStart(scale + 1, '0');
  const at = digits.length - scale;
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, at)}.${digits.slice(at)}`;
}

/**
 * What a result with this precision and scale becomes when it passes 38 digits: the integer part is kept, at least six
 * decimals (or all, when fewer) stay. Source: Flink's LogicalTypeMerging.adjustPrecisionScale.
 */
function adjusted(precision: number, scale: number): DecimalType {
  if (precision <= MAX_DECIMAL_PRECISION) return decimal(precision, scale);
  const whole = precision - scale;
  return decimal(MAX_DECIMAL_PRECISION, Math.max(MAX_DECIMAL_PRECISION - whole, Math.min(scale, 6)));
}

/** Result types of decimal arithmetic. Source: Flink's LogicalTypeMerging. */
export const decimalResult = {
  sum(a: Shape, b: Shape): DecimalType {
    const scale = Math.max(a.scale, b.scale);
    return adjusted(Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale);
  },
  product(a: Shape, b: Shape): DecimalType {
    return adjusted(a.precision + b.precision + 1, a.scale + b.scale);
  },
  quotient(a: Shape, b: Shape): DecimalType {
    const scale = Math.max(6, a.scale + b.precision + 1);
    return adjusted(a.precision - a.scale + b.scale + scale, scale);
  },
  modulo(a: Shape, b: Shape): DecimalType {
    const scale = Math.max(a.scale, b.scale);
    return adjusted(Math.min(a.precision - a.scale, b.precision - b.scale) + scale, scale);
  },
  /** SUM(DECIMAL(p, s)) */
  sumOf: (scale: number): DecimalType => decimal(MAX_DECIMAL_PRECISION, scale),
  /** AVG(DECIMAL(p, s)) */
  averageOf: (scale: number): DecimalType => decimal(MAX_DECIMAL_PRECISION, Math.max(6, scale)),
} as const;

/**
 * a / b as Flink computes it: to 38 significant digits first (MathContext(38, HALF_UP)), then to the result's scale.
 *
 * @returns null when the result has too many digits; `b` must not be zero
 */
export function divideDecimal(a: bigint, aScale: number, b: bigint, bScale: number, to: Shape): bigint | null {
  if (a === 0n) return 0n;
  // a / 10^aScale / (b / 10^bScale) = (a * 10^shift / b) / 10^(shift + aScale - bScale), shift chosen for 38 digits or a few more.
  const shift = Math.max(0, MAX_DECIMAL_PRECISION + 2 - (digitCount(a) - digitCount(b)));
  const scale = shift + aScale - bScale;
  const exact = a * pow10(shift);
  const whole = abs(exact) / abs(b);
  const drop = digitCount(whole) - MAX_DECIMAL_PRECISION;
  const rounded = drop > 0 ? divideHalfUp(exact, b * pow10(drop)) : divideHalfUp(exact, b);
  const kept = scale - Math.max(0, drop);
  return kept >= 0 ? fit(rounded, kept, to) : fit(rounded * pow10(-kept), 0, to);
}

function digitCount(value: bigint): number {
  return abs(value).toString().length;
}
