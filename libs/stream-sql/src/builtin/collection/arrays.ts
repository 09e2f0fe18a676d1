import { commonType } from '../../values/common-type.ts';
import { compareFor, equalsFor, nullEquals } from '../../values/compare.ts';
import type { DataType, Row, Value } from '../../values/data-type.ts';
import { implicitCastExists } from '../../values/implicit-cast.ts';
import { keyFor } from '../../values/map-key.ts';
import { array, BOOLEAN, INT, isInteger, isString, STRING, withNullable, type ArrayType } from '../../values/types.ts';
import { EvaluationError, type ScalarFunction } from '../signature.ts';
import { anyNullable, define, elementOf, isArray } from './define-collection.ts';

/** A function of one array. */
const ofArray = (
  name: string,
  result: (type: ArrayType) => DataType,
  of: (element: DataType) => (items: Row) => Value,
): ScalarFunction =>
  define({
    name,
    syntax: `${name}(array)`,
    resolve: ([type, ...others]) =>
      isArray(type) && others.length === 0
        ? { result: withNullable(result(type), result(type).nullable || type.nullable), parameters: [type] }
        : undefined,
    evaluate: (args) => of(elementOf(args)),
  });

/** A function of an array and a value of its elements; `nulls`: the value may be NULL without the answer being NULL. */
function withNeedle(
  name: string,
  result: (type: ArrayType, needle: DataType) => DataType,
  of: (element: DataType) => (items: Row, needle: Value) => Value,
  nulls: 'strict' | 'own',
): ScalarFunction {
  return define({
    name,
    syntax: `${name}(array, value)`,
    nulls,
    resolve: ([type, needle, ...others]) => {
      if (!isArray(type) || needle === undefined || others.length > 0 || !implicitCastExists(needle, type.element))
        return undefined;
      return { result: result(type, needle), parameters: [type, withNullable(type.element, needle.nullable)] };
    },
    evaluate: (args) => {
      const compute = of(elementOf(args));
      return nulls === 'strict'
        ? compute
        : (items: Row | null, needle: Value) => (items === null ? null : compute(items, needle));
    },
  });
}

const equalIn = (element: DataType): ((a: Value, b: Value) => boolean) => nullEquals(equalsFor(element));

function distinct(element: DataType): (items: Row) => Row {
  const key = keyFor(element);
  return (items) => {
    const seen = new Set<unknown>();
    return items.filter((item) => {
      const of = key(item);
      if (seen.has(of)) return false;
      seen.add(of);
      return true;
    });
  };
}

/** Two arrays (CONCAT: any number) of one element type. */
const ofArrays = (
  name: string,
  least: number,
  most: number,
  of: (element: DataType) => (...arrays: Row[]) => Value,
): ScalarFunction =>
  define({
    name,
    syntax: `${name}(array, ${most > 2 ? '...' : 'array'})`,
    resolve: (types, args) => {
      const common = types.length < least || types.length > most ? undefined : commonType(types);
      if (!isArray(common) || !types.every((type) => isArray(type))) return undefined;
      return {
        result: withNullable(common, anyNullable(args)),
        parameters: types.map(({ nullable }) => withNullable(common, nullable)),
      };
    },
    evaluate: (args) => of(elementOf(args)),
  });

function best(wanted: 1 | -1): (element: DataType) => (items: Row) => Value {
  return (element) => {
    const compare = compareFor(element);
    return (items) =>
      items.reduce<Value>(
        (found, item) => (item !== null && (found === null || compare(item, found) * wanted > 0) ? item : found),
        null,
      );
  };
}

/** From a start to an end, both included, from 1; negative from the end; 0 is 1. */
function slice(items: Row, start: number, end: number = items.length): Row {
  const place = (at: number): number => (at < 0 ? items.length + at + 1 : at === 0 ? 1 : at);
  const last = place(end);
  const [from, to] = [Math.max(1, place(start)), Math.min(items.length, last === 0 ? 1 : last)];
  return from > to ? [] : items.slice(from - 1, to);
}

const arraySlice = define({
  name: 'ARRAY_SLICE',
  syntax: 'ARRAY_SLICE(array, start[, end])',
  resolve: ([type, ...bounds], args) =>
    isArray(type) && bounds.length > 0 && bounds.length < 3 && bounds.every(isInteger)
      ? {
          result: withNullable(type, anyNullable(args)),
          parameters: [type, ...bounds.map(({ nullable }) => withNullable(INT, nullable))],
        }
      : undefined,
  evaluate: () => slice,
});

const arraySort = define({
  name: 'ARRAY_SORT',
  syntax: 'ARRAY_SORT(array[, ascending[, nulls first]])',
  resolve: ([type, ...flags], args) =>
    isArray(type) && flags.length < 3 && flags.every(({ kind }) => kind === 'BOOLEAN')
      ? { result: withNullable(type, anyNullable(args)), parameters: args.map((argument) => argument.type) }
      : undefined,
  evaluate: (args) => {
    const compare = compareFor(elementOf(args));
    return (items: Row, ascending = true, nullsFirst = ascending) => {
      const sign = ascending ? 1 : -1;
      const sorted = items.filter((item) => item !== null).toSorted((a, b) => compare(a, b) * sign);
      const nulls = items.filter((item) => item === null);
      return nullsFirst ? [...nulls, ...sorted] : [...sorted, ...nulls];
    };
  },
});

const arrayJoin = define({
  name: 'ARRAY_JOIN',
  syntax: 'ARRAY_JOIN(array of text, delimiter[, text for NULL])',
  resolve: ([type, ...texts], args) =>
    isArray(type) && isString(type.element) && texts.length > 0 && texts.length < 3 && texts.every(isString)
      ? { result: withNullable(STRING, anyNullable(args)), parameters: args.map((argument) => argument.type) }
      : undefined,
  evaluate: () => (items: Row, delimiter: string, missing?: string) =>
    (missing === undefined ? items.filter((item) => item !== null) : items.map((item) => item ?? missing)).join(
      delimiter,
    ),
});

const sole = (items: Row): Value => {
  if (items.length > 1)
    throw new EvaluationError('several-elements', `ELEMENT of an array with ${items.length} elements`);
  return items[0] ?? null;
};

const sameArray = (type: ArrayType): DataType => type;
const mayAdd = (type: ArrayType, needle: DataType): DataType =>
  array(withNullable(type.element, type.element.nullable || needle.nullable), type.nullable || needle.nullable);

/** As many elements as it is asked for: what INTERSECT ALL and EXCEPT ALL unnest. The planner writes it, no one else. */
const repeat = define({
  name: '$REPEAT',
  syntax: '$REPEAT(times)',
  resolve: ([times, ...others]) =>
    times !== undefined && isInteger(times) && others.length === 0
      ? { result: withNullable(array(withNullable(INT, false)), times.nullable), parameters: [times] }
      : undefined,
  evaluate: () => (times: number | bigint) => Array.from({ length: Number(times) }, () => 0),
});

export const ARRAYS: readonly ScalarFunction[] = [
  repeat,
  ofArray(
    'ELEMENT',
    ({ element }) => element,
    () => sole,
  ),
  withNeedle(
    'ARRAY_CONTAINS',
    ({ nullable }) => withNullable(BOOLEAN, nullable),
    (element) => {
      const equal = equalIn(element);
      return (items, needle) => items.some((one) => equal(one, needle));
    },
    'own',
  ),
  ofArray('ARRAY_DISTINCT', sameArray, distinct),
  withNeedle(
    'ARRAY_POSITION',
    ({ nullable }, needle) => withNullable(INT, nullable || needle.nullable),
    (element) => {
      const equal = equalIn(element);
      return (items, needle) => items.findIndex((one) => equal(one, needle)) + 1;
    },
    'strict',
  ),
  withNeedle(
    'ARRAY_REMOVE',
    sameArray,
    (element) => {
      const equal = equalIn(element);
      return (items, needle) => items.filter((one) => !equal(one, needle));
    },
    'own',
  ),
  ofArray('ARRAY_REVERSE', sameArray, () => (items) => items.toReversed()),
  withNeedle('ARRAY_APPEND', mayAdd, () => (items, needle) => [...items, needle], 'own'),
  withNeedle('ARRAY_PREPEND', mayAdd, () => (items, needle) => [needle, ...items], 'own'),
  ofArrays(
    'ARRAY_CONCAT',
    1,
    Infinity,
    () =>
      (...arrays) =>
        arrays.reduce((all, one) => [...all, ...one], []),
  ),
  ofArrays('ARRAY_UNION', 2, 2, (element) => {
    const once = distinct(element);
    return (a, b) => once([...a!, ...b!]);
  }),
  ofArrays('ARRAY_EXCEPT', 2, 2, (element) => {
    const [once, key] = [distinct(element), keyFor(element)];
    return (a, b) => {
      const out = new Set(b!.map(key));
      return once(a!).filter((one) => !out.has(key(one)));
    };
  }),
  ofArrays('ARRAY_INTERSECT', 2, 2, (element) => {
    const [once, key] = [distinct(element), keyFor(element)];
    return (a, b) => {
      const both = new Set(b!.map(key));
      return once(a!).filter((one) => both.has(key(one)));
    };
  }),
  ofArray('ARRAY_MAX', ({ element }) => withNullable(element, true), best(1)),
  ofArray('ARRAY_MIN', ({ element }) => withNullable(element, true), best(-1)),
  arrayJoin,
  arraySlice,
  arraySort,
];
