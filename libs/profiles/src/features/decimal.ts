import { addExactly, type ByteReader, type ByteWriter, narrowed } from '../bytes.ts';

/** An exact decimal, `unscaled / 10^scale`; a plain number is an integer. */
export type Decimal = number | { readonly unscaled: number | bigint; readonly scale: number };

const DECIMAL = /^([+-]?)(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,3}))?$/;
/** More places than any amount or measurement has; a double's smallest one has 324. */
const MAX_SCALE = 400;

const unscaledOf = (value: Decimal): number | bigint => (typeof value === 'number' ? value : value.unscaled);
const scaleOf = (value: Decimal): number => (typeof value === 'number' ? 0 : value.scale);

/** The shortest of the two ways to hold it. */
export function decimal(unscaled: number | bigint, scale: number): Decimal {
  return scale === 0 && typeof unscaled === 'number' ? unscaled : { unscaled, scale };
}

/**
 * The decimal that a JSON number or a decimal string ("3350000.00") says: of a number, the shortest one that reads back as it, which is
 * what the sender wrote. undefined for anything else.
 */
export function decimalOf(value: unknown): Decimal | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  // Many features look at one field of one event, one after another.
  if (value === lastRead) return lastDecimal;
  lastRead = value;
  lastDecimal =
    typeof value === 'string' ? parseDecimal(value) : Number.isFinite(value) ? parseDecimal(String(value)) : undefined;
  return lastDecimal;
}

let lastRead: unknown;
let lastDecimal: Decimal | undefined;

/** The double nearest to what a JSON number or a decimal string says; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  if (value === lastText) return lastNumber;
  lastText = value;
  lastNumber = decimalOf(value) === undefined ? undefined : Number(value);
  return lastNumber;
}

let lastText: string | undefined;
let lastNumber: number | undefined;

function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  // Zeros at the end say nothing, and would make scales grow.
  const places = fraction.replace(/0+$/, '');
  const digits = `${sign === '-' ? '-' : ''}${whole}${places}`;
  const scale = places.length - Number(exponent);
  if (scale > MAX_SCALE || scale < -MAX_SCALE) return undefined;
  const unscaled = digits.length <= 15 ? Number(digits) + 0 : narrowed(BigInt(digits));
  return scale >= 0 ? decimal(unscaled, scale) : decimal(raised(unscaled, -scale), 0);
}

function raised(unscaled: number | bigint, places: number): number | bigint {
  if (typeof unscaled === 'number' && places <= 15) {
    const product = unscaled * 10 ** places;
    if (Number.isSafeInteger(product)) return product;
  }
  return narrowed(BigInt(unscaled) * 10n ** BigInt(places));
}

/** a + b, exactly. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  if (typeof a === 'object' && typeof b === 'object' && a.scale === b.scale) {
    // Amounts of one field have as many places, as a rule.
    if (typeof a.unscaled === 'number' && typeof b.unscaled === 'number') {
      const unscaled = a.unscaled + b.unscaled;
      if (Number.isSafeInteger(unscaled)) return { unscaled, scale: a.scale };
    }
  }
  const scale = Math.max(scaleOf(a), scaleOf(b));
  return decimal(
    addExactly(raised(unscaledOf(a), scale - scaleOf(a)), raised(unscaledOf(b), scale - scaleOf(b))),
    scale,
  );
}

/** `-12.5`, `3`, without zeros at the end. */
export function decimalText(value: Decimal): string {
  const scale = scaleOf(value);
  const digits = unscaledOf(value).toString();
  if (scale === 0) return digits;
  const negative = digits.startsWith('-');
  const padded = (negative ? digits.slice(1) : digits).padStart(scale + 1, '0');
  const fraction = padded.slice(-scale).replace(/0+$/, '');
  const whole = padded.slice(0, -scale);
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return negative && text !== '0' ? `-${text}` : text;
}

/** Powers of ten that a double holds exactly. */
const MOST_EXACT_PLACES = 22;

/** The nearest double. */
export function decimalNumber(value: Decimal): number {
  if (typeof value === 'number') return value;
  const { unscaled, scale } = value;
  // Of two doubles that are exact, the quotient is the nearest double to the exact one (IEEE 754).
  if (typeof unscaled === 'number' && scale <= MOST_EXACT_PLACES) return unscaled / 10 ** scale;
  return Number(decimalText(value));
}

/** The double nearest to value / count. */
export function dividedBy(value: Decimal, count: number): number {
  const divisor = count * 10 ** scaleOf(value);
  const dividend = unscaledOf(value);
  if (typeof dividend === 'number' && Number.isSafeInteger(divisor)) return dividend / divisor;
  const unscaled = BigInt(unscaledOf(value));
  // 25 significant digits of the quotient are more than a double tells apart.
  const places = Math.max(0, 25 - unscaled.toString().length + String(count).length);
  const quotient = (unscaled * 10n ** BigInt(places)) / BigInt(count);
  return Number(`${quotient.toString()}e${-(places + scaleOf(value))}`);
}

export function writeDecimal(writer: ByteWriter, value: Decimal): void {
  writer.varint(scaleOf(value));
  writer.integer(unscaledOf(value));
}

export function readDecimal(reader: ByteReader): Decimal {
  const scale = reader.varint();
  return decimal(reader.integer(), scale);
}
