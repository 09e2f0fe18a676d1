import { compareValues } from '../functions/comparison.ts';
import type { AggregatePlan } from '../plan/job-plan.ts';
import type { DataType, Value } from '../types/data-type.ts';
import { decimalResult, divideDecimal, fit } from '../types/decimal.ts';

/** The state of one aggregate in one group: plain values, so that it can be written as they stand. */
export type Accumulator = Value[];

export interface AggregateFunction {
  create(): Accumulator;
  /** `value` is never NULL, except for COUNT(*). */
  add(accumulator: Accumulator, value: Value): void;
  result(accumulator: Accumulator): Value;
}

/** The aggregate with Flink's types: SUM in the argument's type (DECIMAL: 38 digits), AVG of integers cut towards zero. */
export function aggregateFunction(plan: AggregatePlan): AggregateFunction {
  const type = plan.argumentType;
  if (plan.function === 'COUNT') return count;
  if (type === null) throw new Error(`${plan.function} needs an argument`);
  if (plan.function === 'SUM') return sum(type, plan.type);
  if (plan.function === 'AVG') return average(type, plan.type);
  return extreme(plan.function === 'MIN' ? -1 : 1);
}

const count: AggregateFunction = {
  create: () => [0],
  add: (accumulator) => {
    accumulator[0] = (accumulator[0] as number) + 1;
  },
  result: (accumulator) => BigInt(accumulator[0] as number),
};

const WRAP: Readonly<Record<string, (value: number) => number>> = {
  TINYINT: (value) => (value << 24) >> 24,
  SMALLINT: (value) => (value << 16) >> 16,
  INT: (value) => value | 0,
  FLOAT: Math.fround,
};

/** Addition in one type, with its overflow: integers wrap, a DECIMAL past 38 digits is NULL. */
function adder(type: DataType, result: DataType): (a: Value, b: Value) => Value {
  if (type.kind === 'DECIMAL' && result.kind === 'DECIMAL')
    return (a, b) => fit((a as bigint) + (b as bigint), type.scale, { precision: 38, scale: type.scale });
  if (type.kind === 'BIGINT') return (a, b) => BigInt.asIntN(64, (a as bigint) + (b as bigint));
  const wrap = WRAP[type.kind] ?? ((value: number) => value);
  return (a, b) => wrap((a as number) + (b as number));
}

function sum(type: DataType, result: DataType): AggregateFunction {
  const add = adder(type, result);
  return {
    create: () => [null],
    add: (accumulator, value) => {
      const sofar = accumulator[0]!;
      accumulator[0] = sofar === null ? value : add(sofar, value);
    },
    result: (accumulator) => accumulator[0]!,
  };
}

/** The sum is kept in BIGINT, DOUBLE or DECIMAL(38, s); the quotient is computed as Flink's `/` would, then cast. */
function average(type: DataType, result: DataType): AggregateFunction {
  if (type.kind === 'DECIMAL' && result.kind === 'DECIMAL') {
    const quotient = decimalResult.quotient({ precision: 38, scale: type.scale }, { precision: 19, scale: 0 });
    return averageOf(0n, adder(type, result), (total, n) => {
      const exact = divideDecimal(total as bigint, type.scale, BigInt(n), 0, quotient);
      return exact === null ? null : fit(exact, quotient.scale, result);
    });
  }
  if (type.kind === 'DOUBLE' || type.kind === 'FLOAT') {
    return averageOf(
      0,
      (a, b) => (a as number) + (b as number),
      (total, n) => (type.kind === 'FLOAT' ? Math.fround((total as number) / n) : (total as number) / n),
    );
  }
  const bigint = type.kind === 'BIGINT';
  return averageOf(
    0n,
    (a, b) => BigInt.asIntN(64, (a as bigint) + BigInt(b as number | bigint)),
    (total, n) => {
      const whole = (total as bigint) / BigInt(n);
      return bigint ? whole : Number(whole);
    },
  );
}

function averageOf(
  zero: Value,
  add: (a: Value, b: Value) => Value,
  divide: (total: Value, n: number) => Value,
): AggregateFunction {
  return {
    create: () => [zero, 0],
    add: (accumulator, value) => {
      const sofar = accumulator[0]!;
      accumulator[0] = sofar === null ? null : add(sofar, value);
      accumulator[1] = (accumulator[1] as number) + 1;
    },
    result: (accumulator) => {
      const [total, n] = accumulator as [Value, number];
      return n === 0 || total === null ? null : divide(total, n);
    },
  };
}

function extreme(sign: 1 | -1): AggregateFunction {
  return {
    create: () => [null],
    add: (accumulator, value) => {
      const sofar = accumulator[0]!;
      if (sofar === null || compareValues(value, sofar) * sign > 0) accumulator[0] = value;
    },
    result: (accumulator) => accumulator[0]!,
  };
}
