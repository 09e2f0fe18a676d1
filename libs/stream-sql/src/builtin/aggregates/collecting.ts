import type { DataType, Value } from '../../values/data-type.ts';
import { equalsFor, nullEquals } from '../../values/compare.ts';
import { keyFor } from '../../values/map-key.ts';
import { array, isPrimitive, isString, multiset, withNullable } from '../../values/types.ts';
import type { AggregateFunction, BoundAggregate, Slots } from '../signature.ts';

type Changing = Map<Value, Value>;
const mapAt = (slots: Slots, at: number): Changing => slots[at] as Changing;

/**
 * Values in the order in which they came, by a running number. Slots: the map of number to value, the next number. A value is taken
 * back where it came first.
 */
export const sequence = {
  start(slots: Slots, at: number): void {
    slots[at] = new Map();
    slots[at + 1] = 0;
  },
  add(slots: Slots, at: number, value: Value): void {
    const next = slots[at + 1] as number;
    mapAt(slots, at).set(next, value);
    slots[at + 1] = next + 1;
  },
  remove(slots: Slots, at: number, value: Value, equal: (a: Value, b: Value) => boolean): void {
    const values = mapAt(slots, at);
    for (const [number, other] of values) {
      if (!equal(value, other)) continue;
      values.delete(number);
      return;
    }
  },
  append(slots: Slots, at: number, other: Slots, otherAt: number): void {
    for (const value of mapAt(other, otherAt).values()) sequence.add(slots, at, value);
  },
} as const;

/**
 * Values and how often they came. Values that are no primitives stand under the text of their content, with themselves beside
 * the count.
 */
function bindCollect(element: DataType): BoundAggregate {
  const plain = isPrimitive(element);
  const key = keyFor(element);
  const change = (slots: Slots, at: number, value: Value | undefined, by: number): void => {
    if (value === null || value === undefined) return;
    const counts = mapAt(slots, at);
    const place = key(value);
    const found = counts.get(place) as number | readonly [Value, number] | undefined;
    const count = (typeof found === 'object' ? found[1] : (found ?? 0)) + by;
    if (count === 0) counts.delete(place);
    else counts.set(place, plain ? count : [value, count]);
  };
  return {
    width: 1,
    start: (slots, at) => {
      slots[at] = new Map();
    },
    add: (slots, at, value) => change(slots, at, value, 1),
    retract: (slots, at, value) => change(slots, at, value, -1),
    merge: (slots, at, other, otherAt) => {
      for (const [value, count] of mapAt(other, otherAt)) {
        if (plain) change(slots, at, value, count as number);
        else change(slots, at, (count as readonly [Value, number])[0], (count as readonly [Value, number])[1]);
      }
    },
    result: (slots, at) =>
      plain ? new Map(mapAt(slots, at)) : new Map([...mapAt(slots, at).values()] as [Value, Value][]),
  };
}

/** NULLs are elements too; none at all is NULL. */
function bindArray(element: DataType): BoundAggregate {
  const equal = nullEquals(equalsFor(element));
  return {
    width: 2,
    start: (slots, at) => sequence.start(slots, at),
    add: (slots, at, value = null) => sequence.add(slots, at, value),
    retract: (slots, at, value = null) => sequence.remove(slots, at, value, equal),
    merge: (slots, at, other, otherAt) => sequence.append(slots, at, other, otherAt),
    result: (slots, at) => (mapAt(slots, at).size === 0 ? null : [...mapAt(slots, at).values()]),
  };
}

/** Slots: the text so far. */
const listPlain: BoundAggregate = {
  width: 2,
  start: (slots, at) => {
    slots[at] = null;
    slots[at + 1] = ',';
  },
  add: (slots, at, value = null, separator = ',') => {
    if (value === null || separator === null) return;
    slots[at] = slots[at] === null ? value : `${slots[at] as string}${separator as string}${value as string}`;
    slots[at + 1] = separator;
  },
  merge: (slots, at, other, otherAt) => {
    if (other[otherAt] === null) return;
    const separator = other[otherAt + 1] as string;
    slots[at] = slots[at] === null ? other[otherAt]! : `${slots[at] as string}${separator}${other[otherAt] as string}`;
    slots[at + 1] = separator;
  },
  result: (slots, at) => slots[at] as Value,
};

/** Slots: the texts in their order, the next number, the separator. */
const listRetracting: BoundAggregate = {
  width: 3,
  start: (slots, at) => {
    sequence.start(slots, at);
    slots[at + 2] = ',';
  },
  add: (slots, at, value = null, separator = ',') => {
    if (value === null || separator === null) return;
    sequence.add(slots, at, value);
    slots[at + 2] = separator;
  },
  retract: (slots, at, value = null) => {
    if (value !== null) sequence.remove(slots, at, value, (a, b) => a === b);
  },
  merge: (slots, at, other, otherAt) => {
    sequence.append(slots, at, other, otherAt);
    slots[at + 2] = other[otherAt + 2]!;
  },
  result: (slots, at) =>
    mapAt(slots, at).size === 0 ? null : [...mapAt(slots, at).values()].join(slots[at + 2] as string),
};

export const COLLECTING: readonly AggregateFunction[] = [
  {
    name: 'COLLECT',
    syntax: 'COLLECT(value)',
    resolve: ([argument, ...others]) =>
      argument !== undefined && others.length === 0 && argument.type.kind !== 'NULL'
        ? { result: multiset(argument.type, false), parameters: [argument.type] }
        : undefined,
    bind: ([argument]) => bindCollect(argument!.type),
  },
  {
    name: 'ARRAY_AGG',
    syntax: 'ARRAY_AGG(value)',
    resolve: ([argument, ...others]) =>
      argument !== undefined && others.length === 0 && argument.type.kind !== 'NULL'
        ? { result: array(argument.type, true), parameters: [argument.type] }
        : undefined,
    bind: ([argument]) => bindArray(argument!.type),
  },
  {
    name: 'LISTAGG',
    syntax: 'LISTAGG(text[, separator])',
    resolve: (args) => {
      const types = args.map(({ type }) => type);
      if (types.length === 0 || types.length > 2 || !types.every(isString)) return undefined;
      return { result: withNullable(types[0]!, true), parameters: types };
    },
    bind: (_args, _result, _context, retracting) => (retracting ? listRetracting : listPlain),
  },
];
