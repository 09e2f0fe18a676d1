/**
 * Floating-point numbers as Java 17 prints them (Double.toString, Float.toString), which is what Flink prints: `1.0`, `1.5E10`,
 * `1.0E-5`. Before Java 19 the text is not always the shortest that reads back to the number (JDK-4511638: 2.0E-3f's neighbours,
 * 3.4E10f is `3.3999999E10`); a value that passes through text must be Flink's, so the same digits are made here.
 */
interface Digits {
  readonly digits: string;
  /** 0.DIGITS * 10^exponent */
  readonly exponent: number;
}

const buffer = new DataView(new ArrayBuffer(8));
const BITS_OF_POW5 = [
  0, 3, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28, 31, 33, 35, 38, 40, 42, 45, 47, 49, 52, 54, 56, 59, 61,
];
const bitsOfPow5 = (exponent: number): number => BITS_OF_POW5[exponent] ?? exponent * 3;

/** Double.toString */
export function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const sign = value < 0 ? '-' : '';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    const text = String(magnitude);
    // At most 15 digits: see shortDigits. JavaScript lays them out as Java does, but for whole numbers.
    if (text.length <= 16) return `${sign}${text}${Number.isInteger(magnitude) ? '.0' : ''}`;
  }
  return sign + layOut(shortDigits(magnitude) ?? digitsOf(magnitude, false));
}

/** Float.toString of a number that Math.fround leaves as it is. */
export function javaFloat(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const sign = value < 0 ? '-' : '';
  return sign + layOut(digitsOf(Math.abs(value), true));
}

/**
 * The digits of JavaScript, where Java's are the same: the shortest text has at most 15 digits, so that its digits are also the first at
 * which Java stops, and the number is not one of the great whole numbers that Java rounds in another way.
 */
function shortDigits(value: number): Digits | undefined {
  if (value >= 9_007_199_254_740_992) return undefined;
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const power = Number(exponent);
  // With an exponent Java makes a second digit, which is not always a zero: 4.9E-324.
  if (digits.length === 1 && (power < -3 || power >= 7)) return undefined;
  return digits.length > 15 ? undefined : { digits, exponent: power + 1 };
}

function layOut({ digits, exponent }: Digits): string {
  if (exponent > 0 && exponent < 8) {
    const whole = digits.slice(0, exponent).padEnd(exponent, '0');
    return `${whole}.${digits.slice(exponent) || '0'}`;
  }
  if (exponent <= 0 && exponent > -3) return `0.${'0'.repeat(-exponent)}${digits}`;
  return `${digits[0]}.${digits.slice(1) || '0'}E${exponent - 1}`;
}

/** The digits that Java's FloatingDecimal makes: one after another, until the rest is less than half a step of the number's precision. */
function digitsOf(value: number, single: boolean): Digits {
  const precision = single ? 24 : 53;
  const { mantissa, exponent, significant } = decompose(value, precision);
  let tail = 0;
  while (((mantissa >> BigInt(tail)) & 1n) === 0n) tail++;
  const used = precision - tail;
  const tiny = Math.max(0, used - exponent - 1);
  if (tiny === 0 && exponent <= 62) return wholeDigits(mantissa, exponent, precision, significant);

  const fraction = mantissa >> BigInt(tail);
  const first = Number(mantissa) / 2 ** (precision - 1);
  let decimalExponent = Math.floor((first - 1.5) * 0.289529654 + 0.176091259 + exponent * 0.301029995663981);
  const b5 = Math.max(0, -decimalExponent);
  let b2 = b5 + tiny + exponent;
  const s5 = Math.max(0, decimalExponent);
  let s2 = s5 + tiny;
  let m2 = b2 - significant;
  b2 -= used - 1;
  const shared = Math.min(b2, s2);
  b2 -= shared;
  s2 -= shared;
  m2 -= shared;
  if (used === 1) m2 -= 1;
  if (m2 < 0) {
    b2 -= m2;
    s2 -= m2;
    m2 = 0;
  }
  // Java computes with int, long or great numbers by size, and only with great numbers is "at the bound" enough to round up.
  const small = used + b2 + bitsOfPow5(b5) < 64 && s2 + 1 + bitsOfPow5(s5 + 1) < 64;
  const s = (5n ** BigInt(s5)) << BigInt(s2);
  let b = (fraction * 5n ** BigInt(b5)) << BigInt(b2);
  let m = (5n ** BigInt(b5)) << BigInt(m2);
  const ten = s * 10n;
  const next = (): bigint => {
    const digit = b / s;
    b = 10n * (b % s);
    m *= 10n;
    return digit;
  };
  const isLow = (): boolean => b < m;
  const isHigh = (): boolean => (small ? b + m > ten : b + m >= ten);
  let digits = '';
  const leading = next();
  let low = isLow();
  let high = isHigh();
  if (leading === 0n && !high) decimalExponent--;
  else digits = leading.toString();
  if (decimalExponent < -3 || decimalExponent >= 8) low = high = false;
  while (!low && !high) {
    digits += next().toString();
    low = isLow();
    high = isHigh();
  }
  const twice = b * 2n;
  const odd = Number(digits.at(-1)) % 2 === 1;
  const up = high && (!low || twice > ten || (twice === ten && odd));
  return up ? roundedUp(digits, decimalExponent + 1) : trimmed(digits, decimalExponent + 1);
}

function decompose(value: number, precision: number): { mantissa: bigint; exponent: number; significant: number } {
  buffer.setFloat64(0, value);
  const bits = buffer.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  let mantissa = bits & 0xf_ffff_ffff_ffffn;
  let exponent = biased - 1023;
  let significant = precision;
  if (biased === 0) {
    const length = mantissa.toString(2).length;
    significant = length;
    mantissa <<= BigInt(53 - length);
    exponent = -1022 - (53 - length);
  } else {
    mantissa |= 1n << 52n;
    // A float below 2^-126 has fewer bits; as a double it is normal.
    if (precision === 24 && exponent < -126) significant = 24 - (-126 - exponent);
  }
  return { mantissa: mantissa >> BigInt(53 - precision), exponent, significant };
}

/** A whole number below 2^63: its digits, those below its precision rounded away. */
function wholeDigits(mantissa: bigint, exponent: number, precision: number, significant: number): Digits {
  const shift = exponent - (precision - 1);
  let value = shift >= 0 ? mantissa << BigInt(shift) : mantissa >> BigInt(-shift);
  const spare = exponent - significant - 1;
  const drop = exponent > significant && spare > 1 ? Math.floor(spare * Math.log10(2)) : 0;
  if (drop > 0) {
    const unit = 10n ** BigInt(drop);
    const rest = value % unit;
    value = value / unit + (rest >= unit / 2n ? 1n : 0n);
  }
  const text = value.toString();
  return trimmed(text, text.length + drop);
}

const trimmed = (digits: string, exponent: number): Digits => ({ digits: digits.replace(/0+$/, '') || '0', exponent });

function roundedUp(digits: string, exponent: number): Digits {
  const up = (BigInt(digits) + 1n).toString();
  return up.length > digits.length
    ? { digits: '1', exponent: exponent + 1 }
    : trimmed(up.padStart(digits.length, '0'), exponent);
}
