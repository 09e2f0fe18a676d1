import type { DataType, Integer, Value } from '../../values/data-type.ts';
import { narrowInteger } from '../../values/cast/number-cast.ts';
import { decimalResult, divideDecimals, hasPrecision } from '../../values/decimal.ts';
import { addExact, addLong, divideLong, subtractExact, subtractLong } from '../../values/integer.ts';
import { isApproximate, isDecimal, isInteger, isNumeric, withNullable, type IntegerKind } from '../../values/types.ts';
import type { AggregateFunction, Argument, BoundAggregate, Resolution } from '../signature.ts';

interface Sum {
  readonly plus: (sum: Value, value: Value) => Value;
  readonly minus: (sum: Value, value: Value) => Value;
}

/** How values of a type are summed. A sum that is NULL (too many digits) stays NULL. */
function sumOf(type: DataType): Sum {
  if (type.kind === 'DOUBLE')
    return {
      plus: (sum, value) => (sum as number) + (value as number),
      minus: (sum, value) => (sum as number) - (value as number),
    };
  if (type.kind === 'FLOAT')
    return {
      plus: (sum, value) => Math.fround((sum as number) + (value as number)),
      minus: (sum, value) => Math.fround((sum as number) - (value as number)),
    };
  if (isDecimal(type)) {
    const fitting = (sum: Integer): Value => (hasPrecision(sum, 38) ? sum : null);
    return {
      plus: (sum, value) => (sum === null ? null : fitting(addExact(sum as Integer, value as Integer))),
      minus: (sum, value) => (sum === null ? null : fitting(subtractExact(sum as Integer, value as Integer))),
    };
  }
  const kind = type.kind as IntegerKind;
  if (kind === 'BIGINT')
    return {
      plus: (sum, value) => addLong(sum as Integer, value as Integer),
      minus: (sum, value) => subtractLong(sum as Integer, value as Integer),
    };
  return {
    plus: (sum, value) => narrowInteger((sum as number) + (value as number), kind),
    minus: (sum, value) => narrowInteger((sum as number) - (value as number), kind),
  };
}

const oneNumber =
  (result: (type: DataType) => DataType): AggregateFunction['resolve'] =>
  (args: readonly Argument[]): Resolution | undefined => {
    const [argument] = args;
    if (argument === undefined || args.length !== 1 || !isNumeric(argument.type)) return undefined;
    return { result: withNullable(result(argument.type), true), parameters: [argument.type] };
  };

/** Slots: the sum, how many values. @param nothing - what the sum begins with: -0 plus -0 is -0 @param empty - the sum of no values */
function bindSum(result: DataType, nothing: 0 | -0, empty: Value): BoundAggregate {
  const { plus, minus } = sumOf(result);
  return {
    width: 2,
    start: (slots, at) => {
      slots[at] = nothing;
      slots[at + 1] = 0;
    },
    add: (slots, at, value) => {
      if (value === null || value === undefined) return;
      slots[at] = plus(slots[at] as Value, value);
      slots[at + 1] = (slots[at + 1] as number) + 1;
    },
    retract: (slots, at, value) => {
      if (value === null || value === undefined) return;
      slots[at] = minus(slots[at] as Value, value);
      slots[at + 1] = (slots[at + 1] as number) - 1;
    },
    merge: (slots, at, other, otherAt) => {
      const sum = other[otherAt] as Value;
      slots[at] = sum === null ? null : plus(slots[at] as Value, sum);
      slots[at + 1] = (slots[at + 1] as number) + (other[otherAt + 1] as number);
    },
    result: (slots, at) => (slots[at + 1] === 0 ? empty : (slots[at] as Value)),
  };
}

const sumType = (type: DataType): DataType => (isDecimal(type) ? decimalResult.sumOf(type.scale) : type);
const averageType = (type: DataType): DataType => (isDecimal(type) ? decimalResult.averageOf(type.scale) : type);

/** The sum as Flink keeps it for an average: BIGINT of whole numbers, DOUBLE of floating-point ones. */
const wideType = (type: DataType): DataType =>
  isInteger(type)
    ? { kind: 'BIGINT', nullable: true }
    : isApproximate(type)
      ? { kind: 'DOUBLE', nullable: true }
      : sumType(type);

function bindAverage(type: DataType, result: DataType): BoundAggregate {
  const sum = bindSum(wideType(type), 0, null);
  const divide = (total: Value, count: number): Value => {
    if (total === null) return null;
    if (isDecimal(type) && isDecimal(result)) return divideDecimals(total as Integer, type.scale, count, 0, result);
    if (isInteger(type)) return narrowInteger(divideLong(total as Integer, count), type.kind);
    return type.kind === 'FLOAT' ? Math.fround((total as number) / count) : (total as number) / count;
  };
  return {
    ...sum,
    result: (slots, at) => (slots[at + 1] === 0 ? null : divide(slots[at] as Value, slots[at + 1] as number)),
  };
}

export const SUMMING: readonly AggregateFunction[] = [
  {
    name: 'SUM',
    syntax: 'SUM(number)',
    resolve: oneNumber(sumType),
    bind: (_, result) => bindSum(result, isApproximate(result) ? -0 : 0, null),
  },
  {
    name: 'SUM0',
    syntax: 'SUM0(number)',
    resolve: (args) => {
      const resolution = oneNumber(sumType)(args);
      return resolution === undefined || typeof resolution === 'string'
        ? resolution
        : { ...resolution, result: withNullable(resolution.result, false) };
    },
    bind: (_, result) => bindSum(result, 0, 0),
  },
  {
    name: 'AVG',
    syntax: 'AVG(number)',
    resolve: oneNumber(averageType),
    bind: ([argument], result) => bindAverage(argument!.type, result),
  },
];
