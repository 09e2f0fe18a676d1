import { compareFor } from '../../values/compare.ts';
import type { DataType, Value } from '../../values/data-type.ts';
import { isInterval, isNull, isPrimitive, withNullable } from '../../values/types.ts';
import type { AggregateFunction, BoundAggregate, Slots } from '../signature.ts';

/** Whether the first value is better than the second. */
type Better = (a: Exclude<Value, null>, b: Exclude<Value, null>) => boolean;

function betterOf(type: DataType, wanted: 1 | -1): Better {
  if (type.kind === 'CHAR' || type.kind === 'VARCHAR') {
    const compare = compareFor(type);
    return (a, b) => compare(a, b) * wanted > 0;
  }
  return wanted > 0 ? (a, b) => a > b : (a, b) => a < b;
}

/** The best alone. */
function plain(better: Better): BoundAggregate {
  const take = (slots: Slots, at: number, value: Value | undefined): void => {
    if (value === null || value === undefined) return;
    const best = slots[at] as Value;
    if (best === null || better(value, best)) slots[at] = value;
  };
  return {
    width: 1,
    start: (slots, at) => {
      slots[at] = null;
    },
    add: take,
    merge: (slots, at, other, otherAt) => take(slots, at, other[otherAt] as Value),
    result: (slots, at) => slots[at] as Value,
  };
}

/** The best, and all values with their counts. A value may be taken back before it comes: its count is negative until then. */
function counted(better: Better): BoundAggregate {
  const best = (counts: ReadonlyMap<Value, Value>): Value => {
    let found: Value = null;
    for (const [value, count] of counts)
      if ((count as number) > 0 && value !== null && (found === null || better(value, found))) found = value;
    return found;
  };
  const change = (slots: Slots, at: number, value: Value | undefined, by: number): void => {
    if (value === null || value === undefined) return;
    const counts = slots[at + 1] as Map<Value, Value>;
    const count = ((counts.get(value) as number | undefined) ?? 0) + by;
    if (count === 0) counts.delete(value);
    else counts.set(value, count);
    const current = slots[at] as Value;
    if (count > 0) {
      if (current === null || better(value, current)) slots[at] = value;
    } else if (value === current) slots[at] = best(counts);
  };
  return {
    width: 2,
    start: (slots, at) => {
      slots[at] = null;
      slots[at + 1] = new Map();
    },
    add: (slots, at, value) => change(slots, at, value, 1),
    retract: (slots, at, value) => change(slots, at, value, -1),
    merge: (slots, at, other, otherAt) => {
      for (const [value, count] of other[otherAt + 1] as ReadonlyMap<Value, Value>)
        change(slots, at, value, count as number);
    },
    result: (slots, at) => slots[at] as Value,
  };
}

const extreme = (name: 'MIN' | 'MAX', wanted: 1 | -1): AggregateFunction => ({
  name,
  syntax: `${name}(value)`,
  resolve: ([argument, ...others]) =>
    argument !== undefined &&
    others.length === 0 &&
    isPrimitive(argument.type) &&
    !isNull(argument.type) &&
    !isInterval(argument.type)
      ? { result: withNullable(argument.type, true), parameters: [argument.type] }
      : undefined,
  bind: ([argument], _result, _context, retracting) => {
    const better = betterOf(argument!.type, wanted);
    return retracting ? counted(better) : plain(better);
  },
});

export const EXTREMES: readonly AggregateFunction[] = [extreme('MIN', -1), extreme('MAX', 1)];
