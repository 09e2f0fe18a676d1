import { commonType } from '../values/common-type.ts';
import { compareFor, equalsFor, nullEquals } from '../values/compare.ts';
import type { DataType, Integer, Row, Value } from '../values/data-type.ts';
import { implicitCastExists } from '../values/implicit-cast.ts';
import { entryOf, keyFor } from '../values/map-key.ts';
import {
  array,
  BOOLEAN,
  INT,
  isInteger,
  isString,
  map,
  row,
  STRING,
  withNullable,
  type ArrayType,
  type MapType,
} from '../values/types.ts';
import { own, withNulls } from './define.ts';
import { EvaluationError, type Argument, type Resolution, type ScalarFunction } from './signature.ts';

const isArray = (type: DataType | undefined): type is ArrayType => type?.kind === 'ARRAY';
const isMap = (type: DataType | undefined): type is MapType => type?.kind === 'MAP';
const anyNullable = (args: readonly Argument[]): boolean => args.some(({ type }) => type.nullable);

interface Of {
  readonly name: string;
  readonly syntax: string;
  readonly nulls?: 'strict' | 'own';
  readonly resolve: (types: readonly DataType[], args: readonly Argument[]) => Resolution | string | undefined;
  readonly evaluate: (args: readonly Argument[], result: DataType) => (...values: never[]) => Value;
}
const define = ({ name, syntax, nulls = 'strict', resolve, evaluate }: Of): ScalarFunction => ({
  name,
  syntax,
  family: 'collection',
  nulls,
  resolve: (args) =>
    resolve(
      args.map(({ type }) => type),
      args,
    ),
  evaluate: (args, result) => own(evaluate(args, result)),
});

const elementOf = (args: readonly Argument[]): DataType => (args[0]!.type as ArrayType).element;

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
  const [from, to] = [Math.max(1, place(start)), Math.min(items.length, place(end))];
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

const item: ScalarFunction = define({
  name: 'ITEM',
  syntax: 'array[position] or map[key]',
  resolve: ([type, index, ...others], args) => {
    if (index === undefined || others.length > 0) return undefined;
    if (isArray(type)) {
      if (!isInteger(index)) return undefined;
      if (typeof args[1]!.literal === 'number' && args[1]!.literal < 1) return 'the positions of an array begin with 1';
      return { result: withNullable(type.element, true), parameters: [type, index] };
    }
    if (!isMap(type) || !implicitCastExists(index, type.key)) return undefined;
    return { result: withNullable(type.value, true), parameters: [type, withNullable(type.key, index.nullable)] };
  },
  evaluate: ([argument]) => {
    const type = argument!.type;
    if (!isMap(type)) return (items: Row, position: Integer) => items[Number(position) - 1] ?? null;
    return (entries: ReadonlyMap<Value, Value>, key: Value) => entryOf(entries, key, type.key) ?? null;
  },
});

const cardinality = define({
  name: 'CARDINALITY',
  syntax: 'CARDINALITY(array, map or multiset)',
  resolve: ([type, ...others]) =>
    type !== undefined && others.length === 0 && ['ARRAY', 'MAP', 'MULTISET'].includes(type.kind)
      ? { result: withNullable(INT, type.nullable), parameters: [type] }
      : undefined,
  evaluate: ([argument]) => {
    if (isArray(argument!.type)) return (items: Row) => items.length;
    if (isMap(argument!.type)) return (entries: ReadonlyMap<Value, Value>) => entries.size;
    return (counts: ReadonlyMap<Value, Value>) =>
      [...counts.values()].reduce<number>((sum, count) => sum + (count as number), 0);
  },
});

/** One type for all that may be an element. */
const arrayOf: ScalarFunction = define({
  name: 'ARRAY',
  syntax: 'ARRAY[value, ...]',
  nulls: 'own',
  resolve: (types) => {
    const common = types.length === 0 ? undefined : commonType(types);
    if (common === undefined) return undefined;
    return { result: array(common, false), parameters: types.map(({ nullable }) => withNullable(common, nullable)) };
  },
  evaluate: () => withNulls((...items) => items) as (...values: never[]) => Value,
});

const mapOf: ScalarFunction = define({
  name: 'MAP',
  syntax: 'MAP[key, value, ...]',
  nulls: 'own',
  resolve: (types) => {
    if (types.length === 0 || types.length % 2 === 1) return undefined;
    const [key, value] = [0, 1].map((parity) => commonType(types.filter((_, at) => at % 2 === parity)));
    if (key === undefined || value === undefined) return undefined;
    return {
      result: map(key, value, false),
      parameters: types.map(({ nullable }, at) => withNullable(at % 2 === 0 ? key : value, nullable)),
    };
  },
  evaluate: (_args, result) => {
    const build = mapBuilder((result as MapType).key);
    return withNulls((...items) =>
      build(
        items.filter((_, at) => at % 2 === 0),
        items.filter((_, at) => at % 2 === 1),
      ),
    ) as (...values: never[]) => Value;
  },
});

/** A later entry of an equal key replaces the value. */
function mapBuilder(keyType: DataType): (keys: readonly Value[], values: readonly Value[]) => Value {
  const key = keyFor(keyType);
  return (keys, values) => {
    const entries = new Map<unknown, [Value, Value]>();
    for (const [at, of] of keys.entries()) entries.set(key(of), [of, values[at]!]);
    return new Map(entries.values());
  };
}

const rowOf: ScalarFunction = {
  ...define({
    name: 'ROW',
    syntax: 'ROW(value, ...)',
    nulls: 'own',
    resolve: (types) => ({
      result: row(
        types.map((type, at) => ({ name: `EXPR$${at}`, type })),
        false,
      ),
      parameters: types,
    }),
    evaluate: () => withNulls((...fields) => fields) as (...values: never[]) => Value,
  }),
  family: 'value',
};

const ofMap = (
  name: string,
  result: (type: MapType) => DataType,
  of: (entries: ReadonlyMap<Value, Value>) => Value,
): ScalarFunction =>
  define({
    name,
    syntax: `${name}(map)`,
    resolve: ([type, ...others]) =>
      isMap(type) && others.length === 0
        ? { result: withNullable(result(type), type.nullable), parameters: [type] }
        : undefined,
    evaluate: () => of,
  });

const mapFromArrays = define({
  name: 'MAP_FROM_ARRAYS',
  syntax: 'MAP_FROM_ARRAYS(keys, values)',
  resolve: ([keys, values, ...others], args) =>
    isArray(keys) && isArray(values) && others.length === 0
      ? { result: map(keys.element, values.element, anyNullable(args)), parameters: [keys, values] }
      : undefined,
  evaluate: (args) => {
    const build = mapBuilder(elementOf(args));
    return (keys: Row, values: Row) => {
      if (keys.length !== values.length)
        throw new EvaluationError(
          'array-lengths',
          `MAP_FROM_ARRAYS of ${keys.length} keys and ${values.length} values`,
        );
      return build(keys, values);
    };
  },
});

const mapUnion = define({
  name: 'MAP_UNION',
  syntax: 'MAP_UNION(map, ...)',
  resolve: (types, args) => {
    const common = types.length === 0 ? undefined : commonType(types);
    if (!isMap(common)) return undefined;
    return {
      result: withNullable(common, anyNullable(args)),
      parameters: types.map(({ nullable }) => withNullable(common, nullable)),
    };
  },
  evaluate: ([argument]) => {
    const build = mapBuilder((argument!.type as MapType).key);
    return (...maps: ReadonlyMap<Value, Value>[]) =>
      build(
        maps.flatMap((one) => [...one.keys()]),
        maps.flatMap((one) => [...one.values()]),
      );
  },
});

const sole = (items: Row): Value => {
  if (items.length > 1)
    throw new EvaluationError('several-elements', `ELEMENT of an array with ${items.length} elements`);
  return items[0] ?? null;
};

const sameArray = (type: ArrayType): DataType => type;
const mayAdd = (type: ArrayType, needle: DataType): DataType =>
  array(withNullable(type.element, type.element.nullable || needle.nullable), type.nullable);

export const COLLECTION: readonly ScalarFunction[] = [
  cardinality,
  item,
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
  ofMap(
    'MAP_KEYS',
    ({ key }) => array(key),
    (entries) => [...entries.keys()],
  ),
  ofMap(
    'MAP_VALUES',
    ({ value }) => array(value),
    (entries) => [...entries.values()],
  ),
  ofMap(
    'MAP_ENTRIES',
    ({ key, value }) =>
      array(
        row([
          { name: 'key', type: key },
          { name: 'value', type: value },
        ]),
      ),
    (entries) => [...entries] as Row,
  ),
  mapFromArrays,
  mapUnion,
  arrayOf,
  mapOf,
  rowOf,
];
