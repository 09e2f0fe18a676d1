import { MAX_DECIMAL_PRECISION, type Integer } from './data-type.ts';
import { addExact, integerOfText, multiplyExact, normalise, remainder, subtractExact } from './integer.ts';
import { decimal, type DecimalType } from './types.ts';

/** Of a decimal: digits in all, and behind the point. A value is its unscaled digits. */
export interface Shape {
  readonly precision: number;
  readonly scale: number;
}

const POWERS: bigint[] = [1n];
export function pow10(exponent: number): bigint {
  while (POWERS.length <= exponent) POWERS.push(POWERS[POWERS.length - 1]! * 10n);
  return POWERS[exponent]!;
}
/** Powers of ten that are safe integers. */
const SMALL = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** Division rounding half away from zero (Java's HALF_UP). */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const rest = abs(numerator % denominator);
  if (rest * 2n < abs(denominator)) return quotient;
  return numerator < 0n === denominator < 0n ? quotient + 1n : quotient - 1n;
}

/** `value` * 10^exponent. */
export const shiftUp = (value: Integer, exponent: number): Integer =>
  exponent === 0 ? value : multiplyExact(value, exponent < 16 ? SMALL[exponent]! : pow10(exponent));

/** `value` / 10^exponent, rounded half away from zero. */
export function shiftDownHalfUp(value: Integer, exponent: number): Integer {
  if (exponent === 0) return value;
  if (typeof value === 'number' && exponent < 16) {
    const unit = SMALL[exponent]!;
    const rest = value % unit;
    const quotient = (value - rest) / unit + 0;
    const up = Math.abs(rest) * 2 >= unit;
    return up ? quotient + (value < 0 ? -1 : 1) : quotient;
  }
  return normalise(divideHalfUp(BigInt(value), pow10(exponent)));
}

/** `value` / 10^exponent, cut (Java's DOWN). */
export function shiftDownCut(value: Integer, exponent: number): Integer {
  if (exponent === 0) return value;
  if (typeof value === 'number') return exponent < 16 ? (value - (value % SMALL[exponent]!)) / SMALL[exponent]! + 0 : 0;
  return normalise(value / pow10(exponent));
}

/** The same number with another scale, rounded half up. */
export const rescale = (value: Integer, from: number, to: number): Integer =>
  to >= from ? shiftUp(value, to - from) : shiftDownHalfUp(value, from - to);

/** Whether the digits fit; a value with too many is NULL in Flink. */
export const hasPrecision = (value: Integer, precision: number): boolean => {
  if (typeof value === 'number') return precision >= 16 || Math.abs(value) < SMALL[precision]!;
  return abs(value) < pow10(precision);
};

/** `value` (with scale `from`) in this shape; null when it has too many digits, as Flink answers. */
export function fit(value: Integer, from: number, to: Shape): Integer | null {
  const scaled = from === to.scale ? value : rescale(value, from, to.scale);
  return hasPrecision(scaled, to.precision) ? scaled : null;
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** Reads a number's text without losing a digit; `undefined` when it is not one. Exponents past 10,000 are not numbers here. */
export function parseDecimal(text: string): { readonly unscaled: Integer; readonly scale: number } | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > 10_000) return undefined;
  const unscaled = integerOfText(`${sign === '-' ? '-' : ''}${whole}${fraction}`);
  const scale = fraction.length - exponent;
  return scale >= 0 ? { unscaled, scale } : { unscaled: shiftUp(unscaled, -scale), scale: 0 };
}

/** `1234` with scale 2 is `12.34`; zeros at the end stay. */
export function formatDecimal(unscaled: Integer, scale: number): string {
  if (scale === 0) return unscaled.toString();
  const text = unscaled.toString();
  const negative = text.startsWith('-');
  const digits = (negative ? text.slice(1) : text).padStart(scale + 1, '0');
  const at = digits.length - scale;
  return `${negative ? '-' : ''}${digits.slice(0, at)}.${digits.slice(at)}`;
}

/** The nearest double. */
export const doubleOfDecimal = (unscaled: Integer, scale: number): number =>
  // Two exact doubles divide to the nearest one; past that the text is read.
  typeof unscaled === 'number' && scale <= 22 ? unscaled / 10 ** scale : Number(formatDecimal(unscaled, scale));

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
  /** ROUND(DECIMAL(p, s), digits) */
  rounded({ precision, scale }: Shape, digits: number): DecimalType {
    if (digits >= scale) return decimal(precision, scale);
    if (digits < 0) return decimal(Math.min(MAX_DECIMAL_PRECISION, 1 + precision - scale), 0);
    return decimal(1 + precision - scale + digits, digits);
  },
  /** SUM(DECIMAL(p, s)) */
  sumOf: (scale: number): DecimalType => decimal(MAX_DECIMAL_PRECISION, scale),
  /** AVG(DECIMAL(p, s)) */
  averageOf: (scale: number): DecimalType => decimal(MAX_DECIMAL_PRECISION, Math.max(6, scale)),
} as const;

export function addDecimals(a: Integer, aScale: number, b: Integer, bScale: number, to: Shape): Integer | null {
  const scale = Math.max(aScale, bScale);
  return fit(addExact(shiftUp(a, scale - aScale), shiftUp(b, scale - bScale)), scale, to);
}

export function subtractDecimals(a: Integer, aScale: number, b: Integer, bScale: number, to: Shape): Integer | null {
  const scale = Math.max(aScale, bScale);
  return fit(subtractExact(shiftUp(a, scale - aScale), shiftUp(b, scale - bScale)), scale, to);
}

export const multiplyDecimals = (a: Integer, aScale: number, b: Integer, bScale: number, to: Shape): Integer | null =>
  fit(multiplyExact(a, b), aScale + bScale, to);

/** With the sign of `a`; `b` must not be zero. */
export function moduloDecimals(a: Integer, aScale: number, b: Integer, bScale: number, to: Shape): Integer | null {
  const scale = Math.max(aScale, bScale);
  return fit(remainder(shiftUp(a, scale - aScale), shiftUp(b, scale - bScale)), scale, to);
}

/**
 * a / b as Flink computes it: to 38 significant digits first (MathContext(38, HALF_UP)), then to the result's scale.
 *
 * @returns null when the result has too many digits; `b` must not be zero
 */
export function divideDecimals(a: Integer, aScale: number, b: Integer, bScale: number, to: Shape): Integer | null {
  if (a === 0) return 0;
  const [x, y] = [BigInt(a), BigInt(b)];
  // x / 10^aScale / (y / 10^bScale) = (x * 10^shift / y) / 10^(shift + aScale - bScale), shift chosen for 38 digits or a few more.
  const shift = Math.max(0, MAX_DECIMAL_PRECISION + 2 - (digitCount(x) - digitCount(y)));
  const scale = shift + aScale - bScale;
  const exact = x * pow10(shift);
  const drop = digitCount(exact / y) - MAX_DECIMAL_PRECISION;
  const rounded = normalise(drop > 0 ? divideHalfUp(exact, y * pow10(drop)) : divideHalfUp(exact, y));
  const kept = scale - Math.max(0, drop);
  return kept >= 0 ? fit(rounded, kept, to) : fit(shiftUp(rounded, -kept), 0, to);
}

const digitCount = (value: bigint): number => abs(value).toString().length;
