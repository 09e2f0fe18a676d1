import type { DataType, Integer, Row, Value } from '../../values/data-type.ts';
import { doubleOfDecimal } from '../../values/decimal.ts';
import { array, DOUBLE, isDecimal, isInteger, isNumeric, withNullable } from '../../values/types.ts';
import { EvaluationError, type AggregateFunction, type BoundAggregate, type Slots } from '../signature.ts';

const numberOf = (type: DataType): ((value: Value) => number) =>
  isDecimal(type) ? (value) => doubleOfDecimal(value as Integer, type.scale) : Number;

/** Between the two nearest values, in the order of all of them. */
function percentile(sorted: readonly (readonly [number, number])[], total: number, share: number): number {
  const position = (total - 1) * share;
  const lower = Math.floor(position);
  const [low, high] = [valueAt(sorted, lower), valueAt(sorted, Math.ceil(position))];
  if (low === high) return low;
  return (lower + 1 - position) * low + (position - lower) * high;
}

function valueAt(sorted: readonly (readonly [number, number])[], position: number): number {
  let before = 0;
  for (const [value, count] of sorted) {
    before += count;
    if (position < before) return value;
  }
  return sorted.at(-1)![0];
}

function shareOf(value: number): number {
  if (!(value >= 0 && value <= 1))
    throw new EvaluationError('bad-percentage', `the percentage of PERCENTILE is from 0 to 1, not ${value}`);
  return value;
}

/** Slots: how often each value came, the share (or shares) of the last row. */
function bind(value: DataType, share: DataType): BoundAggregate {
  const number = numberOf(value);
  const shareNumber = numberOf(share.kind === 'ARRAY' ? share.element : share);
  const change = (slots: Slots, at: number, given: Value, of: Value, times: Value, sign: 1 | -1): void => {
    if (of !== null) slots[at + 1] = of;
    const by = Number(times);
    if (given === null || times === null || by <= 0) return;
    const counts = slots[at] as Map<Value, Value>;
    const key = number(given);
    const count = ((counts.get(key) as number | undefined) ?? 0) + sign * by;
    if (count === 0) counts.delete(key);
    else counts.set(key, count);
  };
  return {
    width: 2,
    start: (slots, at) => {
      slots[at] = new Map();
      slots[at + 1] = null;
    },
    add: (slots, at, given = null, of = null, times = 1) => change(slots, at, given, of, times, 1),
    retract: (slots, at, given = null, of = null, times = 1) => change(slots, at, given, of, times, -1),
    merge: (slots, at, other, otherAt) => {
      const counts = slots[at] as Map<Value, Value>;
      for (const [key, count] of other[otherAt] as ReadonlyMap<Value, Value>)
        counts.set(key, ((counts.get(key) as number | undefined) ?? 0) + (count as number));
      slots[at + 1] ??= other[otherAt + 1]!;
    },
    result: (slots, at) => {
      const counts = [...(slots[at] as ReadonlyMap<Value, Value>)] as [number, number][];
      const sorted = counts.filter(([, count]) => count > 0).toSorted(([a], [b]) => a - b);
      const shares = slots[at + 1] as Value;
      if (sorted.length === 0 || shares === null) return null;
      const total = sorted.reduce((sum, [, count]) => sum + count, 0);
      const of = (one: Value): number => percentile(sorted, total, shareOf(shareNumber(one)));
      if (share.kind !== 'ARRAY') return of(shares);
      return (shares as Row).length === 0 ? null : (shares as Row).map(of);
    },
  };
}

export const PERCENTILES: readonly AggregateFunction[] = [
  {
    name: 'PERCENTILE',
    syntax: 'PERCENTILE(number, percentage or array of them[, frequency])',
    resolve: ([value, share, frequency, ...others]) => {
      if (value === undefined || share === undefined || others.length > 0 || !isNumeric(value.type)) return undefined;
      const of = share.type.kind === 'ARRAY' ? share.type.element : share.type;
      if (!isNumeric(of) || (frequency !== undefined && !isInteger(frequency.type))) return undefined;
      const result = share.type.kind === 'ARRAY' ? array(DOUBLE) : DOUBLE;
      return {
        result: withNullable(result, true),
        parameters: [value.type, share.type, ...(frequency === undefined ? [] : [frequency.type])],
      };
    },
    bind: ([value, share]) => bind(value!.type, share!.type),
  },
];
