import { commonType } from '../../values/common-type.ts';
import type { DataType, Integer, Row, Value } from '../../values/data-type.ts';
import { implicitCastExists } from '../../values/implicit-cast.ts';
import { entryOf, keyFor } from '../../values/map-key.ts';
import { array, INT, isInteger, map, row, withNullable, type MapType } from '../../values/types.ts';
import { withNulls } from '../define.ts';
import { EvaluationError, type ScalarFunction } from '../signature.ts';
import { anyNullable, define, elementOf, isArray, isMap } from './define-collection.ts';

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

export const COLLECTIONS: readonly ScalarFunction[] = [
  cardinality,
  item,
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
