import { commonType } from '../types/common-type.ts';
import {
  decimal,
  exactShape,
  isApproximate,
  isInteger,
  isNumeric,
  simple,
  withNullable,
  type DataType,
} from '../types/data-type.ts';
import { decimalResult, divideDecimal, fit, pow10, rescale } from '../types/decimal.ts';
import {
  anyNullable,
  EvaluationError,
  strict,
  type Evaluator,
  type Resolution,
  type ScalarFunction,
} from './signature.ts';

type Operation = '+' | '-' | '*' | '/' | '%';

/** Wraps as Java's arithmetic does: overflow of an INT is not an error in Flink. */
const wrapInt: Readonly<Record<string, (value: number) => number>> = {
  TINYINT: (value) => (value << 24) >> 24,
  SMALLINT: (value) => (value << 16) >> 16,
  INT: (value) => value | 0,
};
const wrapLong = (value: bigint): bigint => BigInt.asIntN(64, value);

const divisionByZero = (): never => {
  throw new EvaluationError('division-by-zero', 'division by zero: guard it, for example with NULLIF(divisor, 0)');
};

function resolveBinary(operation: Operation, args: readonly DataType[]): Resolution | undefined {
  const [a, b] = args;
  if (a === undefined || b === undefined || args.length !== 2) return undefined;
  const common = commonType(args);
  if (common === undefined) return undefined;
  if (common.kind === 'INTERVAL' && operation !== '*' && operation !== '/' && operation !== '%')
    return { result: common, parameters: [common, common] };
  if (!isNumeric(common)) return undefined;
  const nullable = anyNullable(args);
  if (common.kind !== 'DECIMAL') {
    // MOD answers in the type of its second argument.
    const result = operation === '%' && isInteger(b) ? withNullable(b, nullable) : common;
    return { result, parameters: [common, common] };
  }
  const [x, y] = [exactShape(a), exactShape(b)];
  const rule = {
    '+': decimalResult.sum,
    '-': decimalResult.sum,
    '*': decimalResult.product,
    '/': decimalResult.quotient,
    '%': decimalResult.modulo,
  }[operation];
  const shaped = (shape: { precision: number; scale: number }): DataType => decimal(shape.precision, shape.scale);
  return { result: withNullable(rule(x, y), true), parameters: [shaped(x), shaped(y)] };
}

function compileBinary(
  operation: Operation,
  args: readonly Evaluator[],
  types: readonly DataType[],
  result: DataType,
): Evaluator {
  const [type, other] = types as [DataType, DataType];
  if (type.kind === 'DECIMAL' && other.kind === 'DECIMAL' && result.kind === 'DECIMAL')
    return strict(args, decimalOperation(operation, type.scale, other.scale, result));
  if (type.kind === 'BIGINT') {
    const narrow = wrapInt[result.kind];
    const compute = bigintOperation(operation);
    return strict(args, (a, b) => {
      const value = wrapLong(compute(a as bigint, b as bigint));
      return narrow === undefined ? value : narrow(Number(value));
    });
  }
  if (isApproximate(type)) {
    const compute = numberOperation(operation);
    return strict(
      args,
      type.kind === 'FLOAT'
        ? (a, b) => Math.fround(compute(a as number, b as number))
        : (a, b) => compute(a as number, b as number),
    );
  }
  const wrap = wrapInt[result.kind] ?? ((value: number) => value);
  if (operation === '*') return strict(args, (a, b) => wrap(Math.imul(a as number, b as number)));
  if (operation === '/')
    return strict(args, (a, b) => (b === 0 ? divisionByZero() : wrap(Math.trunc((a as number) / (b as number)))));
  if (operation === '%')
    return strict(args, (a, b) => (b === 0 ? divisionByZero() : wrap((a as number) % (b as number) || 0)));
  const compute = numberOperation(operation);
  return strict(args, (a, b) => wrap(compute(a as number, b as number)));
}

function numberOperation(operation: Operation): (a: number, b: number) => number {
  switch (operation) {
    case '+':
      return (a, b) => a + b;
    case '-':
      return (a, b) => a - b;
    case '*':
      return (a, b) => a * b;
    case '/':
      return (a, b) => a / b;
    case '%':
      return (a, b) => a % b;
  }
}

function bigintOperation(operation: Operation): (a: bigint, b: bigint) => bigint {
  switch (operation) {
    case '+':
      return (a, b) => a + b;
    case '-':
      return (a, b) => a - b;
    case '*':
      return (a, b) => a * b;
    case '/':
      return (a, b) => (b === 0n ? divisionByZero() : a / b);
    case '%':
      return (a, b) => (b === 0n ? divisionByZero() : a % b);
  }
}

function decimalOperation(
  operation: Operation,
  aScale: number,
  bScale: number,
  result: DataType & { kind: 'DECIMAL' },
): (a: unknown, b: unknown) => bigint | null {
  const scale = Math.max(aScale, bScale);
  const [up, upOther] = [pow10(scale - aScale), pow10(scale - bScale)];
  switch (operation) {
    case '+':
      return (a, b) => fit((a as bigint) * up + (b as bigint) * upOther, scale, result);
    case '-':
      return (a, b) => fit((a as bigint) * up - (b as bigint) * upOther, scale, result);
    case '*':
      return (a, b) => fit((a as bigint) * (b as bigint), aScale + bScale, result);
    case '/':
      return (a, b) => (b === 0n ? divisionByZero() : divideDecimal(a as bigint, aScale, b as bigint, bScale, result));
    case '%':
      return (a, b) =>
        b === 0n ? divisionByZero() : fit(((a as bigint) * up) % ((b as bigint) * upOther), scale, result);
  }
}

const binary = (name: string, operation: Operation, syntax: string): ScalarFunction => ({
  name,
  syntax,
  resolve: (args) => resolveBinary(operation, args),
  compile: (args, types, result) => compileBinary(operation, args, types, result),
});

const oneNumber = (args: readonly DataType[]): Resolution | undefined => {
  const [type] = args;
  return type !== undefined && args.length === 1 && isNumeric(type) ? { result: type, parameters: [type] } : undefined;
};

const negate: ScalarFunction = {
  name: 'NEGATE',
  syntax: '-number',
  resolve: (args) => (args[0]?.kind === 'INTERVAL' ? { result: args[0], parameters: args } : oneNumber(args)),
  compile: (args, types) => {
    const kind = types[0]!.kind;
    if (kind === 'BIGINT') return strict(args, (a) => wrapLong(-(a as bigint)));
    if (kind === 'DECIMAL') return strict(args, (a) => -(a as bigint));
    const wrap = wrapInt[kind] ?? ((value: number) => value);
    return strict(args, (a) => wrap(-(a as number)));
  },
};

const absolute: ScalarFunction = {
  name: 'ABS',
  syntax: 'ABS(number)',
  resolve: oneNumber,
  compile: (args, types) => {
    const kind = types[0]!.kind;
    if (kind === 'BIGINT' || kind === 'DECIMAL') return strict(args, (a) => wrapMagnitude(a as bigint, kind));
    const wrap = wrapInt[kind] ?? ((value: number) => value);
    return strict(args, (a) => wrap(Math.abs(a as number)));
  },
};

const wrapMagnitude = (value: bigint, kind: string): bigint => {
  const magnitude = value < 0n ? -value : value;
  return kind === 'BIGINT' ? wrapLong(magnitude) : magnitude;
};

/** FLOOR and CEIL of a number: of DECIMAL(p, s) it is DECIMAL(p, 0), whole numbers stay. */
const towards = (name: 'FLOOR' | 'CEIL'): ScalarFunction => ({
  name,
  syntax: `${name}(number)`,
  resolve: (args) => {
    const one = oneNumber(args);
    const [type] = args;
    return one !== undefined && type?.kind === 'DECIMAL'
      ? { result: decimal(type.precision, 0, type.nullable), parameters: args }
      : one;
  },
  compile: (args, types) => {
    const [type] = types as [DataType];
    if (type.kind === 'DECIMAL') {
      const unit = pow10(type.scale);
      return strict(args, (a) => {
        const value = a as bigint;
        const whole = value / unit;
        if (value % unit === 0n) return whole;
        return name === 'FLOOR' ? (value < 0n ? whole - 1n : whole) : value < 0n ? whole : whole + 1n;
      });
    }
    if (isApproximate(type))
      return strict(args, (a) => (name === 'FLOOR' ? Math.floor(a as number) : Math.ceil(a as number)));
    return args[0]!;
  },
});

/** ROUND of an exact number to a literal count of decimals is decided per row; the type keeps the argument's shape. */
const round: ScalarFunction = {
  name: 'ROUND',
  syntax: 'ROUND(decimal) or ROUND(decimal, digits)',
  resolve: (args) => {
    const [type, digits] = args;
    if (type?.kind !== 'DECIMAL' || args.length > 2 || (digits !== undefined && digits.kind !== 'INT'))
      return undefined;
    // Flink: ROUND(DECIMAL(p, s)) is DECIMAL(p - s + 1, 0). With digits the scale would depend on their value.
    if (digits === undefined)
      return { result: decimal(Math.min(38, type.precision - type.scale + 1), 0, type.nullable), parameters: args };
    return undefined;
  },
  compile: (args, types) => {
    const { scale } = types[0] as DataType & { kind: 'DECIMAL' };
    return strict(args, (a) => rescale(a as bigint, scale, 0));
  },
};

const sqrt: ScalarFunction = {
  name: 'SQRT',
  syntax: 'SQRT(number)',
  resolve: (args) =>
    args.length === 1 && isNumeric(args[0]!)
      ? { result: simple('DOUBLE', args[0]!.nullable), parameters: [simple('DOUBLE')] }
      : undefined,
  compile: (args) => strict(args, (a) => Math.sqrt(a as number)),
};

export const ARITHMETIC: readonly ScalarFunction[] = [
  binary('+', '+', 'number + number'),
  binary('-', '-', 'number - number'),
  binary('*', '*', 'number * number'),
  binary('/', '/', 'number / number'),
  binary('%', '%', 'number % number'),
  { ...binary('MOD', '%', 'MOD(number, number)') },
  negate,
  absolute,
  towards('FLOOR'),
  towards('CEIL'),
  { ...towards('CEIL'), name: 'CEILING', syntax: 'CEILING(number)' },
  round,
  sqrt,
];
