import { equalsFor } from '../../values/compare.ts';
import type { DataType, Value } from '../../values/data-type.ts';
import { commonType } from '../../values/common-type.ts';
import { isInteger, simple, withNullable } from '../../values/types.ts';
import { type AggregateFunction, type BoundAggregate, EvaluationError, type Slots } from '../signature.ts';
import { sequence } from './collecting.ts';

/** The first or last value that is not NULL, in the order in which rows come. */
function plain(keep: 'first' | 'last'): BoundAggregate {
  return {
    width: 1,
    start: (slots, at) => {
      slots[at] = null;
    },
    add: (slots, at, value = null) => {
      if (value !== null && (keep === 'last' || slots[at] === null)) slots[at] = value;
    },
    result: (slots, at) => slots[at] as Value,
  };
}

/** Slots: the values in their order, the next number, the answer. */
function retracting(keep: 'first' | 'last', type: DataType): BoundAggregate {
  const equals = equalsFor(type);
  const equal = (a: Value, b: Value): boolean => a !== null && b !== null && equals(a, b);
  const answer = (slots: Slots, at: number): Value => {
    let found: Value = null;
    for (const value of (slots[at] as ReadonlyMap<Value, Value>).values()) {
      found = value;
      if (keep === 'first') break;
    }
    return found;
  };
  return {
    width: 3,
    start: (slots, at) => {
      sequence.start(slots, at);
      slots[at + 2] = null;
    },
    add: (slots, at, value = null) => {
      if (value === null) return;
      sequence.add(slots, at, value);
      if (keep === 'last' || slots[at + 2] === null) slots[at + 2] = value;
    },
    retract: (slots, at, value = null) => {
      if (value === null) return;
      sequence.remove(slots, at, value, equal);
      slots[at + 2] = answer(slots, at);
    },
    result: (slots, at) => slots[at + 2] as Value,
  };
}

const edge = (name: string, keep: 'first' | 'last'): AggregateFunction => ({
  name,
  syntax: `${name}(value)`,
  resolve: ([argument, ...others]) =>
    argument !== undefined && others.length === 0 && argument.type.kind !== 'NULL'
      ? { result: withNullable(argument.type, true), parameters: [argument.type] }
      : undefined,
  bind: ([argument], _result, _context, mayRetract) => (mayRetract ? retracting(keep, argument!.type) : plain(keep)),
});

/** Of a sub-query in the place of a value. Slots: the value, how many rows there are. */
const single: BoundAggregate = {
  width: 2,
  start: (slots, at) => {
    slots[at] = null;
    slots[at + 1] = 0;
  },
  add: (slots, at, value = null) => {
    if ((slots[at + 1] as number) > 0)
      throw new EvaluationError('several-rows', 'a sub-query in the place of a value has more than one row');
    slots[at] = value;
    slots[at + 1] = 1;
  },
  retract: (slots, at) => {
    slots[at] = null;
    slots[at + 1] = 0;
  },
  result: (slots, at) => slots[at] as Value,
};

/** Of OVER: how many rows came. */
const rowNumber: BoundAggregate = {
  width: 1,
  start: (slots, at) => {
    slots[at] = 0;
  },
  add: (slots, at) => {
    slots[at] = (slots[at] as number) + 1;
  },
  result: (slots, at) => slots[at] as Value,
};

/** Of OVER: the value some rows before, else the default. Slots: the last values by a running number, the next number, the answer. */
const lag: BoundAggregate = {
  width: 3,
  start: (slots, at) => {
    sequence.start(slots, at);
    slots[at + 2] = null;
  },
  add: (slots, at, value = null, offset = 1, otherwise = null) => {
    const values = slots[at] as Map<Value, Value>;
    sequence.add(slots, at, value);
    const current = (slots[at + 1] as number) - 1;
    const back = Number(offset ?? 1);
    const found = values.get(current - back);
    slots[at + 2] = found === undefined ? otherwise : found;
    values.delete(current - back);
  },
  result: (slots, at) => slots[at + 2] as Value,
};

export const ORDERED: readonly AggregateFunction[] = [
  edge('FIRST_VALUE', 'first'),
  edge('LAST_VALUE', 'last'),
  {
    name: 'SINGLE_VALUE',
    syntax: 'SINGLE_VALUE(value)',
    resolve: ([argument, ...others]) =>
      argument !== undefined && others.length === 0 && argument.type.kind !== 'NULL'
        ? { result: withNullable(argument.type, true), parameters: [argument.type] }
        : undefined,
    bind: () => single,
  },
  {
    name: 'ROW_NUMBER',
    syntax: 'ROW_NUMBER() OVER (...)',
    resolve: (args) => (args.length === 0 ? { result: simple('BIGINT', false), parameters: [] } : undefined),
    bind: () => rowNumber,
  },
  {
    name: 'LAG',
    syntax: 'LAG(value[, offset[, default]]) OVER (...)',
    resolve: ([value, offset, otherwise, ...others]) => {
      if (value === undefined || others.length > 0 || (offset !== undefined && !isInteger(offset.type)))
        return undefined;
      if (otherwise === undefined)
        return {
          result: withNullable(value.type, true),
          parameters: offset === undefined ? [value.type] : [value.type, offset.type],
        };
      const common = commonType([value.type, otherwise.type]);
      if (common === undefined) return undefined;
      return {
        result: withNullable(common, value.type.nullable || otherwise.type.nullable),
        parameters: [
          withNullable(common, value.type.nullable),
          offset!.type,
          withNullable(common, otherwise.type.nullable),
        ],
      };
    },
    bind: () => lag,
  },
];
