import type { DataType, Integer, Value } from '../../values/data-type.ts';
import { commonType } from '../../values/common-type.ts';
import {
  addDecimals,
  decimalResult,
  divideDecimals,
  moduloDecimals,
  multiplyDecimals,
  subtractDecimals,
} from '../../values/decimal.ts';
import { addLong, divideLong, multiplyLong, remainder, subtractLong } from '../../values/integer.ts';
import { narrowInteger } from '../../values/cast/number-cast.ts';
import {
  exactShape,
  isApproximate,
  isDecimal,
  isExact,
  isInteger,
  isInterval,
  isNull,
  isNumeric,
  isTemporal,
  nullableWith,
  withNullable,
  type DecimalType,
  type IntegerKind,
} from '../../values/types.ts';
import type { Evaluate } from '../define.ts';
import { EvaluationError, type Argument, type Resolution, type ScalarFunction } from '../signature.ts';
import { inlineArithmetic } from './inline-arithmetic.ts';
import { resolveTimeArithmetic, timeArithmetic } from './time-arithmetic.ts';

export type Sign = '+' | '-' | '*' | '/' | '%';

export function divisionByZero(): never {
  throw new EvaluationError('division-by-zero', 'division by zero');
}

function resolveNumbers(sign: Sign, args: readonly Argument[]): Resolution | undefined {
  const [a, b] = args.map(({ type }) => type);
  if (a === undefined || b === undefined || args.length !== 2) return undefined;
  if (isNull(a) || isNull(b)) {
    const known = isNull(a) ? b : a;
    if (!isNumeric(known)) return undefined;
    return { result: withNullable(known, true), parameters: [withNullable(known, true), withNullable(known, true)] };
  }
  if (!isNumeric(a) || !isNumeric(b)) return undefined;
  // Flink takes exact numbers only; MOD of doubles does not exist.
  if (sign === '%' && (isApproximate(a) || isApproximate(b))) return undefined;
  const result = resultType(sign, a, b);
  return { result: nullableWith(result, [a, b]), parameters: parametersOf(a, b, result) };
}

function resultType(sign: Sign, a: DataType, b: DataType): DataType {
  // Two floating-point numbers: Flink takes the type of the left one.
  if (isApproximate(a) && isApproximate(b)) return a;
  // The remainder has the type of the divisor.
  if (sign === '%' && isInteger(a) && isInteger(b)) return b;
  if (isExact(a) && isExact(b) && (isDecimal(a) || isDecimal(b))) {
    const [x, y] = [exactShape(a), exactShape(b)];
    if (sign === '*') return decimalResult.product(x, y);
    if (sign === '/') return decimalResult.quotient(x, y);
    return sign === '%' ? decimalResult.modulo(x, y) : decimalResult.sum(x, y);
  }
  return commonType([a, b])!;
}

/** Exact numbers stay as they are. Next to a floating-point number all become what the result is, before they are computed with. */
const parametersOf = (a: DataType, b: DataType, result: DataType): readonly DataType[] =>
  isApproximate(a) || isApproximate(b) ? [a, b].map(({ nullable }) => withNullable(result, nullable)) : [a, b];

const decimals = {
  '+': addDecimals,
  '-': subtractDecimals,
  '*': multiplyDecimals,
  '/': divideDecimals,
  '%': moduloDecimals,
} as const;
const longs = { '+': addLong, '-': subtractLong, '*': multiplyLong, '/': divideLong, '%': remainder } as const;
const doubles = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
  '%': (a: number, b: number) => a % b,
} as const;

function evaluateNumbers(sign: Sign, args: readonly Argument[], result: DataType): Evaluate {
  const [a, b] = args.map(({ type }) => type) as [DataType, DataType];
  const divides = sign === '/' || sign === '%';
  let compute: (x: Value, y: Value) => Value;
  if (isApproximate(a) || isApproximate(b)) {
    const of = doubles[sign];
    compute =
      result.kind === 'FLOAT'
        ? (x, y) => Math.fround(of(x as number, y as number))
        : (x, y) => of(x as number, y as number);
    // A floating-point number is divided by zero as IEEE 754 says.
    return compute as Evaluate;
  }
  if (isDecimal(result)) {
    const of = decimals[sign];
    const [aScale, bScale] = [exactShape(a).scale, exactShape(b).scale];
    const shape: DecimalType = result;
    compute = (x, y) => of(x as Integer, aScale, y as Integer, bScale, shape);
  } else {
    const of = longs[sign];
    const kind = result.kind as IntegerKind;
    compute = (x, y) => narrowInteger(of(x as Integer, y as Integer), kind);
  }
  return (divides ? (x: Value, y: Value) => (y === 0 ? divisionByZero() : compute(x, y)) : compute) as Evaluate;
}

const binary = (name: string, sign: Sign, syntax: string): ScalarFunction => ({
  name,
  syntax,
  family: 'arithmetic',
  nulls: 'strict',
  resolve: (args) => {
    const temporal = args.some(({ type }) => isTemporal(type) || isInterval(type));
    return temporal ? resolveTimeArithmetic(sign, args) : resolveNumbers(sign, args);
  },
  evaluate: (args, result) => {
    const temporal = args.some(({ type }) => isTemporal(type) || isInterval(type));
    return temporal ? timeArithmetic(sign, args, result) : evaluateNumbers(sign, args, result);
  },
  inline: ([a, b], types, result) => inlineArithmetic(sign, a!, b!, types, result),
});

export const ARITHMETIC_OPERATORS: readonly ScalarFunction[] = [
  binary('+', '+', 'number + number, time + interval, interval + interval'),
  binary('-', '-', 'number - number, time - interval, interval - interval, (time - time) unit'),
  binary('*', '*', 'number * number, interval * number'),
  binary('/', '/', 'number / number'),
  binary('%', '%', 'exact number % exact number'),
  binary('MOD', '%', 'MOD(exact number, exact number)'),
];
