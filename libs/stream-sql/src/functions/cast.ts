import {
  exactShape,
  isApproximate,
  isInteger,
  isNumeric,
  isString,
  isTimestamp,
  MAX_LENGTH,
  sameKind,
  type DataType,
  type Value,
} from '../types/data-type.ts';
import { fit, formatDecimal, parseDecimal } from '../types/decimal.ts';
import { cutToPrecision, formatTimestamp, readTimestamp } from '../types/timestamp.ts';
import { EvaluationError, type EvaluationSettings, type Evaluator } from './signature.ts';

type Convert = (value: Exclude<Value, null>) => Value;

/** Whether CAST(from AS to) exists. */
export function castExists(from: DataType, to: DataType): boolean {
  if (from.kind === 'NULL' || sameKind(from, to)) return true;
  if (isNumeric(from) || from.kind === 'BOOLEAN') return isNumeric(to) || isString(to) || to.kind === 'BOOLEAN';
  if (isString(from)) return isNumeric(to) || isString(to) || to.kind === 'BOOLEAN' || isTimestamp(to);
  return isTimestamp(from) && (isTimestamp(to) || isString(to));
}

/** Compiles a cast with Flink's answers; a value that cannot be cast fails (CAST) or is NULL (`safe`, TRY_CAST). */
export function compileCast(
  operand: Evaluator,
  from: DataType,
  to: DataType,
  safe: boolean,
  settings: EvaluationSettings,
): Evaluator {
  if (from.kind === 'NULL') return () => null;
  if (sameKind(from, to)) return operand;
  const convert = converter(from, to, settings);
  return (row) => {
    const value = operand(row);
    if (value === null) return null;
    if (!safe) return convert(value);
    try {
      return convert(value);
    } catch (error) {
      if (error instanceof EvaluationError) return null;
      throw error;
    }
  };
}

const INTEGER_BITS: Readonly<Record<string, number>> = { TINYINT: 8, SMALLINT: 16, INT: 32, BIGINT: 64 };

const failed = (value: Value, to: DataType): never => {
  throw new EvaluationError(
    'cast-failed',
    `'${String(value)}' cannot be cast to ${to.kind}; TRY_CAST answers NULL instead`,
  );
};

function integer(value: bigint, to: DataType): Value {
  const wrapped = BigInt.asIntN(INTEGER_BITS[to.kind]!, value);
  return to.kind === 'BIGINT' ? wrapped : Number(wrapped);
}

/** As Java narrows a double: NaN is 0, beyond the range is the range's end; TINYINT and SMALLINT by way of INT. */
function integerOfDouble(value: number, to: DataType): Value {
  const bits = to.kind === 'BIGINT' ? 64 : 32;
  const [low, high] = [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n];
  if (Number.isNaN(value)) return integer(0n, to);
  if (value >= Number(high)) return integer(high, to);
  if (value <= Number(low)) return integer(low, to);
  return integer(BigInt(Math.trunc(value)), to);
}

function converter(from: DataType, to: DataType, settings: EvaluationSettings): Convert {
  if (isString(to)) return toText(from, to as DataType & { kind: 'CHAR' | 'VARCHAR' }, settings);
  if (isString(from)) return fromText(to, settings);
  if (isTimestamp(from) && isTimestamp(to) && 'precision' in to) {
    const shift: (ms: number) => number =
      from.kind === to.kind ? (ms) => ms : to.kind === 'TIMESTAMP' ? settings.zone.toLocal : settings.zone.toInstant;
    return (value) => cutToPrecision(shift(value as number), to.precision);
  }
  if (from.kind === 'BOOLEAN') {
    const one = converter({ kind: 'INT', nullable: true }, to, settings);
    return to.kind === 'INT' ? (value) => (value ? 1 : 0) : (value) => one(value ? 1 : 0);
  }
  if (to.kind === 'BOOLEAN') return (value) => value !== 0 && value !== 0n;
  const { scale } = exactShape(from);
  if (isInteger(to)) {
    if (isApproximate(from)) return (value) => integerOfDouble(value as number, to);
    return (value) =>
      integer(
        from.kind === 'DECIMAL' ? (value as bigint) / 10n ** BigInt(scale) : BigInt(value as number | bigint),
        to,
      );
  }
  if (to.kind === 'DECIMAL') {
    if (isApproximate(from)) return (value) => decimalOfText(String(value), to);
    return (value) => fit(BigInt(value as number | bigint), scale, to);
  }
  const number: (value: Exclude<Value, null>) => number =
    from.kind === 'DECIMAL' ? (value) => Number(formatDecimal(value as bigint, scale)) : (value) => Number(value);
  return to.kind === 'FLOAT' ? (value) => Math.fround(number(value)) : number;
}

function decimalOfText(text: string, to: DataType & { kind: 'DECIMAL' }): bigint | null {
  const parsed = parseDecimal(text);
  return parsed === undefined ? failed(text, to) : fit(parsed.unscaled, parsed.scale, to);
}

function fromText(to: DataType, settings: EvaluationSettings): Convert {
  if (to.kind === 'BOOLEAN') {
    return (value) => {
      const word = (value as string).trim().toLowerCase();
      if (['t', 'true', 'y', 'yes', '1'].includes(word)) return true;
      return ['f', 'false', 'n', 'no', '0'].includes(word) ? false : failed(value, to);
    };
  }
  if (to.kind === 'DECIMAL') return (value) => decimalOfText((value as string).trim(), to);
  if (isInteger(to)) {
    const bits = BigInt(INTEGER_BITS[to.kind]! - 1);
    return (value) => {
      const text = (value as string).trim();
      if (!/^[+-]?\d+(\.\d*)?$/.test(text)) return failed(value, to);
      const whole = BigInt(text.replace(/\..*$/, '').replace(/^\+/, ''));
      return whole >= 2n ** bits || whole < -(2n ** bits) ? failed(value, to) : integer(whole, to);
    };
  }
  if (isApproximate(to)) {
    return (value) => {
      const text = (value as string).trim();
      if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(Infinity)$|^NaN$/.test(text)) return failed(value, to);
      return to.kind === 'FLOAT' ? Math.fround(Number(text)) : Number(text);
    };
  }
  return (value) => {
    const read = readTimestamp((value as string).trim());
    if (read === undefined || !('precision' in to)) return failed(value, to);
    return cutToPrecision(to.kind === 'TIMESTAMP_LTZ' ? settings.zone.toInstant(read.ms) : read.ms, to.precision);
  };
}

function toText(from: DataType, to: DataType & { kind: 'CHAR' | 'VARCHAR' }, settings: EvaluationSettings): Convert {
  const text = textOf(from, settings);
  if (to.kind === 'VARCHAR' && to.length === MAX_LENGTH) return text;
  return (value) => {
    const chars = Array.from(text(value)).slice(0, to.length);
    while (to.kind === 'CHAR' && chars.length < to.length) chars.push(' ');
    return chars.join('');
  };
}

function textOf(from: DataType, settings: EvaluationSettings): (value: Exclude<Value, null>) => string {
  switch (from.kind) {
    case 'BOOLEAN':
      return (value) => (value ? 'TRUE' : 'FALSE');
    case 'DECIMAL':
      return (value) => formatDecimal(value as bigint, from.scale);
    case 'TIMESTAMP':
      return (value) => formatTimestamp(value as number, from.precision);
    case 'TIMESTAMP_LTZ':
      return (value) => formatTimestamp(settings.zone.toLocal(value as number), from.precision);
    case 'DOUBLE':
      return (value) => javaDouble(value as number, 17);
    case 'FLOAT':
      return (value) => javaDouble(value as number, 9);
    default:
      return String;
  }
}

/** A floating-point number as Java prints it: `1.0`, `1.5E10`, `1.0E-5`. `digits` bounds the search for the shortest text. */
export function javaDouble(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const same =
    digits === 9
      ? (text: string): boolean => Math.fround(Number(text)) === value
      : (text: string): boolean => Number(text) === value;
  let shortest = value.toExponential();
  if (digits === 9) {
    for (let n = 0; n < digits; n++) {
      shortest = value.toExponential(n);
      if (same(shortest)) break;
    }
  }
  const [mantissa = '0', exponentText = '0'] = shortest.split('e');
  const exponent = Number(exponentText);
  if (exponent >= -3 && exponent < 7) {
    const plain = rescalePlain(mantissa, exponent);
    return plain.includes('.') ? plain : `${plain}.0`;
  }
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${exponent}`;
}

function rescalePlain(mantissa: string, exponent: number): string {
  const parsed = parseDecimal(`${mantissa}e${exponent}`)!;
  const text = formatDecimal(parsed.unscaled, parsed.scale);
  return text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
}
