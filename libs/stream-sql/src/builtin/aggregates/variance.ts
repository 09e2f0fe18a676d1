import type { DataType, Integer, Value } from '../../values/data-type.ts';
import { decimalOfDouble, integerOfDouble, narrowInteger } from '../../values/cast/number-cast.ts';
import { decimalResult, divideDecimals, doubleOfDecimal, fit, multiplyDecimals } from '../../values/decimal.ts';
import { addExact, divideLong, multiplyLong, subtractExact } from '../../values/integer.ts';
import { decimal, isDecimal, isNumeric, withNullable, type IntegerKind } from '../../values/types.ts';
import type { AggregateFunction, BoundAggregate } from '../signature.ts';

/**
 * Flink 2.2 writes variances out as (SUM(x * x) - SUM(x) * SUM(x) / n) / n, every step in the type of the result: in whole numbers for INT, with
 * six decimals for DECIMAL. So these do, and the rounding is Flink's too.
 */
interface Field {
  readonly square: (x: Value) => Value;
  readonly plus: (a: Value, b: Value, sign: 1 | -1) => Value;
  /** (squares - sum * sum / n) / divisor */
  readonly variance: (sum: Value, squares: Value, n: number, divisor: number) => Value;
  readonly root: (variance: Value) => Value;
}

function floating(round: (value: number) => number): Field {
  return {
    square: (x) => round((x as number) * (x as number)),
    plus: (a, b, sign) => round((a as number) + sign * (b as number)),
    variance: (sum, squares, n, divisor) =>
      round(round((squares as number) - round(round((sum as number) * (sum as number)) / n)) / divisor),
    root: (variance) => round(Math.sqrt(variance as number)),
  };
}

function whole(kind: IntegerKind): Field {
  const wrap = (value: Integer): Integer => narrowInteger(value, kind);
  return {
    square: (x) => wrap(multiplyLong(x as Integer, x as Integer)),
    plus: (a, b, sign) =>
      wrap(sign > 0 ? addExact(a as Integer, b as Integer) : subtractExact(a as Integer, b as Integer)),
    variance: (sum, squares, n, divisor) => {
      const mean = divideLong(wrap(multiplyLong(sum as Integer, sum as Integer)), n);
      return wrap(divideLong(wrap(subtractExact(squares as Integer, mean)), divisor));
    },
    root: (variance) => integerOfDouble(Math.sqrt(Number(variance)), kind),
  };
}

/** Products of DECIMAL(38, s) have 6 decimals. */
function exact(scale: number): Field {
  const product = decimalResult.product(decimal(38, scale), decimal(38, scale));
  const to = decimal(38, scale);
  const orNull =
    (of: (...values: Integer[]) => Value) =>
    (...values: Value[]): Value =>
      values.some((value) => value === null) ? null : of(...(values as Integer[]));
  return {
    square: orNull((x) => multiplyDecimals(x!, scale, x!, scale, product)),
    plus: (a, b, sign) =>
      a === null || b === null
        ? null
        : sign > 0
          ? addExact(a as Integer, b as Integer)
          : subtractExact(a as Integer, b as Integer),
    variance: (sum, squares, n, divisor) => {
      if (sum === null || squares === null) return null;
      const squared = multiplyDecimals(sum as Integer, scale, sum as Integer, scale, product);
      const mean = squared === null ? null : divideDecimals(squared, product.scale, n, 0, product);
      if (mean === null) return null;
      const rest = subtractExact(squares as Integer, mean);
      const variance = divideDecimals(rest, product.scale, divisor, 0, product);
      return variance === null ? null : fit(variance, product.scale, to);
    },
    root: orNull((variance) => decimalOfDouble(Math.sqrt(doubleOfDecimal(variance!, scale)), to)),
  };
}

function fieldOf(result: DataType): Field {
  if (isDecimal(result)) return exact(result.scale);
  if (result.kind === 'DOUBLE') return floating((value) => value);
  return result.kind === 'FLOAT' ? floating(Math.fround) : whole(result.kind as IntegerKind);
}

/** Slots: sum, sum of squares, how many. */
function bind(argument: DataType, result: DataType, sample: boolean, root: boolean): BoundAggregate {
  const field = fieldOf(result);
  const raise: (value: Value) => Value =
    isDecimal(argument) && isDecimal(result)
      ? (value) => fit(value as Integer, argument.scale, result)
      : (value) => value;
  const change = (
    slots: Parameters<BoundAggregate['add']>[0],
    at: number,
    value: Value | undefined,
    sign: 1 | -1,
  ): void => {
    if (value === null || value === undefined) return;
    const x = raise(value);
    slots[at] = field.plus(slots[at] as Value, x, sign);
    slots[at + 1] = field.plus(slots[at + 1] as Value, field.square(x), sign);
    slots[at + 2] = (slots[at + 2] as number) + sign;
  };
  return {
    width: 3,
    start: (slots, at) => {
      slots[at] = 0;
      slots[at + 1] = 0;
      slots[at + 2] = 0;
    },
    add: (slots, at, value) => change(slots, at, value, 1),
    retract: (slots, at, value) => change(slots, at, value, -1),
    merge: (slots, at, other, otherAt) => {
      slots[at] = field.plus(slots[at] as Value, other[otherAt] as Value, 1);
      slots[at + 1] = field.plus(slots[at + 1] as Value, other[otherAt + 1] as Value, 1);
      slots[at + 2] = (slots[at + 2] as number) + (other[otherAt + 2] as number);
    },
    result: (slots, at) => {
      const n = slots[at + 2] as number;
      if (n === 0 || (sample && n === 1)) return null;
      const variance = field.variance(slots[at] as Value, slots[at + 1] as Value, n, sample ? n - 1 : n);
      return root ? field.root(variance) : variance;
    },
  };
}

const statistic = (name: string, sample: boolean, root: boolean): AggregateFunction => ({
  name,
  syntax: `${name}(number)`,
  resolve: ([argument, ...others]) => {
    if (argument === undefined || others.length > 0 || !isNumeric(argument.type)) return undefined;
    const { type } = argument;
    const result = isDecimal(type) ? decimalResult.averageOf(type.scale) : type;
    return { result: withNullable(result, true), parameters: [type] };
  },
  bind: ([argument], result) => bind(argument!.type, result, sample, root),
});

export const VARIANCES: readonly AggregateFunction[] = [
  statistic('STDDEV_POP', false, true),
  statistic('STDDEV_SAMP', true, true),
  statistic('STDDEV', true, true),
  statistic('VAR_POP', false, false),
  statistic('VAR_SAMP', true, false),
  statistic('VARIANCE', true, false),
];
