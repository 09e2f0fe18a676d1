import type { DataType, Integer, Value } from '../values/data-type.ts';
import { narrowInteger } from '../values/cast/number-cast.ts';
import { decimalResult, fit, parseDecimal, rescale, shiftDownCut, shiftUp } from '../values/decimal.ts';
import { javaDouble } from '../values/java-double.ts';
import { absExact, absLong, negateExact, negateLong } from '../values/integer.ts';
import {
  decimal,
  DOUBLE,
  INT,
  isApproximate,
  isDecimal,
  isInteger,
  isInterval,
  isNumeric,
  STRING,
  type DecimalType,
  type IntegerKind,
} from '../values/types.ts';
import { own, strict } from './define.ts';
import type { Argument, Resolution, ScalarFunction } from './signature.ts';

/** One number, whose type the result has. */
const sameNumber = ([argument, ...others]: readonly Argument[]): Resolution | undefined =>
  argument !== undefined && others.length === 0 && isNumeric(argument.type)
    ? { result: argument.type, parameters: [argument.type] }
    : undefined;

const negate: ScalarFunction = {
  name: 'NEGATE',
  syntax: '- number',
  family: 'arithmetic',
  nulls: 'strict',
  resolve: (args) =>
    args.length === 1 && isInterval(args[0]!.type)
      ? { result: args[0]!.type, parameters: [args[0]!.type] }
      : sameNumber(args),
  evaluate: (_, { kind }) => {
    if (kind === 'BIGINT') return own((a: Integer) => negateLong(a));
    if (kind === 'DECIMAL') return own((a: Integer) => negateExact(a));
    if (kind === 'FLOAT' || kind === 'DOUBLE') return own((a: number) => -a);
    if (kind === 'INTERVAL_MS' || kind === 'INTERVAL_MONTHS') return own((a: number) => 0 - a);
    return own((a: number) => narrowInteger(0 - a, kind as IntegerKind));
  },
  inline: ([a], _, { kind }) =>
    kind === 'DOUBLE' || kind === 'FLOAT'
      ? `(-${a!.startsWith('-') ? `(${a})` : a})`
      : kind === 'INT'
        ? `(0 - ${a} | 0)`
        : undefined,
};

const absolute: ScalarFunction = {
  name: 'ABS',
  syntax: 'ABS(number)',
  family: 'arithmetic',
  nulls: 'strict',
  resolve: sameNumber,
  evaluate: (_, { kind }) => {
    if (kind === 'BIGINT') return own((a: Integer) => absLong(a));
    if (kind === 'DECIMAL') return own((a: Integer) => absExact(a));
    if (kind === 'FLOAT' || kind === 'DOUBLE') return own((a: number) => Math.abs(a));
    return own((a: number) => narrowInteger(Math.abs(a), kind as IntegerKind));
  },
  inline: ([a], _, { kind }) => (kind === 'DOUBLE' || kind === 'FLOAT' ? `Math.abs(${a})` : undefined),
};

/** A function of DOUBLEs, computed by JavaScript's Math. */
const ofDoubles = (name: string, of: (...values: number[]) => number, count = 1): ScalarFunction =>
  strict(
    'arithmetic',
    name,
    `${name}(${count === 1 ? 'number' : 'number, number'})`,
    { required: count === 1 ? ['double'] : ['double', 'double'], result: DOUBLE },
    of as (...values: never[]) => number,
  );

const logarithm: ScalarFunction = strict(
  'arithmetic',
  'LOG',
  'LOG(number) or LOG(base, number)',
  { required: ['double'], optional: ['double'], result: DOUBLE },
  (a: number, b: number | undefined) => (b === undefined ? Math.log(a) : Math.log(b) / Math.log(a)),
);

/** ROUND and TRUNCATE: the digits may be given; of a DECIMAL only a literal changes the type. */
function toDigits(name: 'ROUND' | 'TRUNCATE'): ScalarFunction {
  return {
    name,
    syntax: `${name}(number) or ${name}(number, digits)`,
    family: 'arithmetic',
    nulls: 'strict',
    resolve: (args) => {
      const [number, digits] = args;
      if (number === undefined || args.length > 2 || !isNumeric(number.type)) return undefined;
      if (digits !== undefined && !isInteger(digits.type)) return undefined;
      const nullable = args.some(({ type }) => type.nullable);
      const count = digits === undefined ? 0 : Number(digits.literal ?? Number.NaN);
      const result = isDecimal(number.type)
        ? Number.isNaN(count)
          ? number.type
          : name === 'ROUND'
            ? decimalResult.rounded(number.type, count)
            : truncatedType(number.type, count)
        : number.type;
      return {
        result: { ...result, nullable },
        parameters: digits === undefined ? [number.type] : [number.type, { ...INT, nullable: digits.type.nullable }],
      };
    },
    evaluate: ([number], result) => {
      const move = mover(name === 'ROUND', number!.type, result);
      return own((value: Value, digits: number | undefined) => move(value, digits ?? 0));
    },
  };
}

/** Flink: TRUNCATE(42.324, 2) is DECIMAL(5, 2), of no digits DECIMAL(3, 0). */
function truncatedType({ precision, scale }: DecimalType, digits: number): DecimalType {
  if (digits >= scale) return decimal(precision, scale);
  return digits < 0 ? decimal(Math.min(38, 1 + precision - scale), 0) : decimal(1 + precision - scale + digits, digits);
}

function mover(rounds: boolean, type: DataType, result: DataType): (value: Value, digits: number) => Value {
  const atDigits = (value: Integer, scale: number, digits: number): Integer => {
    if (digits >= scale) return value;
    const drop = scale - digits;
    const kept = rounds ? rescale(value, drop, 0) : shiftDownCut(value, drop);
    return shiftUp(kept, drop);
  };
  if (isDecimal(type) && isDecimal(result))
    return (value, digits) => fit(atDigits(value as Integer, type.scale, digits), type.scale, result);
  if (isInteger(type)) {
    const kind = type.kind;
    return (value, digits) => (digits >= 0 ? value : narrowInteger(atDigits(value as Integer, 0, digits), kind));
  }
  const cut = type.kind === 'FLOAT' ? Math.fround : (value: number) => value;
  return (value, digits) => {
    const number = value as number;
    if (!Number.isFinite(number)) return number;
    // By way of the decimal text, as Java's BigDecimal.valueOf: 1.005 rounds to 1.01.
    const { unscaled, scale } = parseDecimal(javaDouble(number))!;
    const moved = atDigits(unscaled, scale, digits);
    return cut(Number(`${moved}e${-scale}`));
  };
}

const sign: ScalarFunction = {
  name: 'SIGN',
  syntax: 'SIGN(number)',
  family: 'arithmetic',
  nulls: 'strict',
  resolve: sameNumber,
  evaluate: (_, result) => {
    const one = isDecimal(result) ? shiftUp(1, result.scale) : 1;
    if (isApproximate(result)) return own((a: number) => Math.sign(a));
    return own((a: Integer) => (a > 0 ? one : a < 0 ? negateExact(one) : 0));
  },
};

const asSigned64 = (value: Integer): bigint => BigInt.asUintN(64, BigInt(value));

const cot = (a: number): number => 1 / Math.tan(a);

export const ARITHMETIC: readonly ScalarFunction[] = [
  negate,
  absolute,
  sign,
  toDigits('ROUND'),
  toDigits('TRUNCATE'),
  ofDoubles('POWER', (a, b) => Math.pow(a!, b!), 2),
  ofDoubles('SQRT', (a) => Math.sqrt(a!)),
  ofDoubles('LN', (a) => Math.log(a!)),
  ofDoubles('LOG10', (a) => Math.log10(a!)),
  ofDoubles('LOG2', (a) => Math.log(a!) / Math.log(2)),
  logarithm,
  ofDoubles('EXP', (a) => Math.exp(a!)),
  ofDoubles('SIN', (a) => Math.sin(a!)),
  ofDoubles('SINH', (a) => Math.sinh(a!)),
  ofDoubles('COS', (a) => Math.cos(a!)),
  ofDoubles('COSH', (a) => Math.cosh(a!)),
  ofDoubles('TAN', (a) => Math.tan(a!)),
  ofDoubles('TANH', (a) => Math.tanh(a!)),
  ofDoubles('COT', (a) => cot(a!)),
  ofDoubles('ASIN', (a) => Math.asin(a!)),
  ofDoubles('ACOS', (a) => Math.acos(a!)),
  ofDoubles('ATAN', (a) => Math.atan(a!)),
  ofDoubles('ATAN2', (a, b) => Math.atan2(a!, b!), 2),
  ofDoubles('DEGREES', (a) => a! * (180 / Math.PI)),
  ofDoubles('RADIANS', (a) => a! * (Math.PI / 180)),
  strict('arithmetic', 'PI', 'PI()', { required: [], result: DOUBLE }, () => Math.PI),
  strict('arithmetic', 'E', 'E()', { required: [], result: DOUBLE }, () => Math.E),
  strict('arithmetic', 'BIN', 'BIN(integer)', { required: ['bigint'], result: STRING }, (a: Integer) =>
    asSigned64(a).toString(2),
  ),
];
