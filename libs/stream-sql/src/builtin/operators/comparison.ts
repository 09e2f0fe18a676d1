import { comparisonType, commonType } from '../../values/common-type.ts';
import { compareFor, equalsFor } from '../../values/compare.ts';
import type { DataType, Value } from '../../values/data-type.ts';
import { keyFor } from '../../values/map-key.ts';
import {
  BOOLEAN,
  isInterval,
  isNumeric,
  isPrimitive,
  isString,
  isTemporal,
  nullableWith,
  simple,
} from '../../values/types.ts';
import { typeName } from '../../values/type-name.ts';
import { withNulls } from '../define.ts';
import type { Argument, Resolution, ScalarFunction } from '../signature.ts';

const NOT_NULL_BOOLEAN = simple('BOOLEAN', false);

const ORDERINGS: readonly string[] = ['<', '<=', '>', '>='];

/** Flink orders a text beside a number or a BOOLEAN as such a value; = and <> it refuses. */
function orderedType(a: DataType, b: DataType): DataType | undefined {
  const [text, other] = isString(a) ? [a, b] : [b, a];
  return isString(text) && (isNumeric(other) || other.kind === 'BOOLEAN') ? other : undefined;
}

function resolvePair(name: string, args: readonly Argument[]): Resolution | string | undefined {
  const [a, b] = args;
  if (a === undefined || b === undefined || args.length !== 2) return undefined;
  const common = comparisonType(a.type, b.type) ?? (ORDERINGS.includes(name) ? orderedType(a.type, b.type) : undefined);
  if (common === undefined)
    return `${typeName(a.type)} ${name} ${typeName(b.type)} cannot be compared: write a CAST of one to the type of the other`;
  if (common.kind === 'MAP' && name !== '=' && name !== '<>') return undefined;
  return {
    result: nullableWith(BOOLEAN, [a.type, b.type]),
    parameters: [nullableWith(common, [a.type]), nullableWith(common, [b.type])],
  };
}

/** Values that JavaScript's own < orders as Flink does: numbers, bigints, days, instants and booleans. */
const ordersItself = (type: DataType): boolean => isPrimitive(type) && !isString(type);

function ordering(name: '<' | '<=' | '>' | '>=', holds: (order: number) => boolean): ScalarFunction {
  return {
    name,
    syntax: `value ${name} value`,
    family: 'comparison',
    nulls: 'strict',
    resolve: (args) => resolvePair(name, args),
    evaluate: ([a]) => {
      if (ordersItself(a!.type)) return PLAIN[name];
      const compare = compareFor(a!.type);
      return (x, y) => holds(compare(x!, y!));
    },
    inline: ([a, b], [type]) => (ordersItself(type!) ? `(${a} ${name} ${b})` : undefined),
  };
}

type Pair = (a?: Exclude<Value, null>, b?: Exclude<Value, null>) => boolean;
const PLAIN: Readonly<Record<'<' | '<=' | '>' | '>=', Pair>> = {
  '<': (a, b) => a! < b!,
  '<=': (a, b) => a! <= b!,
  '>': (a, b) => a! > b!,
  '>=': (a, b) => a! >= b!,
};

const equality = (name: '=' | '<>', equal: boolean): ScalarFunction => ({
  name,
  syntax: `value ${name} value`,
  family: 'comparison',
  nulls: 'strict',
  resolve: (args) => resolvePair(name, args),
  evaluate: ([a]) => {
    const equals = equalsFor(a!.type);
    return (x, y) => equals(x!, y!) === equal;
  },
  inline: ([a, b], [type]) => (isPrimitive(type!) ? `(${a} ${equal ? '===' : '!=='} ${b})` : undefined),
});

const distinct = (name: string, same: boolean): ScalarFunction => ({
  name,
  syntax: `value ${name} value`,
  family: 'comparison',
  nulls: 'own',
  resolve: (args) => {
    const resolution = resolvePair(name, args);
    return resolution === undefined || typeof resolution === 'string'
      ? resolution
      : { ...resolution, result: NOT_NULL_BOOLEAN };
  },
  evaluate: ([a]) => {
    const equals = equalsFor(a!.type);
    return withNulls((x = null, y = null) => (x === null || y === null ? x === y : equals(x, y)) === same);
  },
});

const isNull = (name: string, wanted: boolean): ScalarFunction => ({
  name,
  syntax: `value ${name}`,
  family: 'comparison',
  nulls: 'own',
  resolve: (args) => (args.length === 1 ? { result: NOT_NULL_BOOLEAN, parameters: [args[0]!.type] } : undefined),
  evaluate: () => withNulls((value = null) => (value === null) === wanted),
  inline: ([a]) => `(${a} ${wanted ? '===' : '!=='} null)`,
});

/** `value IN (a, b, NULL)`: TRUE when found, else NULL when one of them is NULL. */
const inList: ScalarFunction = {
  name: 'IN',
  syntax: 'value IN (value, ...)',
  family: 'comparison',
  nulls: 'own',
  resolve: (args) => {
    const [value, ...items] = args;
    if (value === undefined || items.length === 0) return undefined;
    const types = args.map(({ type }) => type);
    const texts = types.filter(isString);
    const times = types.find((type) => isTemporal(type));
    const mixed = texts.length > 0 && texts.length < types.filter(({ kind }) => kind !== 'NULL').length;
    const common = mixed && times !== undefined ? times : commonType(types);
    const incomparable = items.find(({ type }) => comparisonType(value.type, type) === undefined);
    if (
      incomparable !== undefined ||
      common === undefined ||
      (mixed && times === undefined) ||
      (isInterval(common) && mixed)
    )
      return `${typeName(value.type)} cannot be compared with ${typeName((incomparable ?? items[0]!).type)}: write a CAST`;
    return {
      result: nullableWith(BOOLEAN, types),
      parameters: types.map((type) => nullableWith(common, [type])),
    };
  },
  evaluate: (args) => {
    const [{ type }, ...items] = args as [Argument, ...Argument[]];
    const key = keyFor(type);
    if (items.every(({ literal }) => literal !== undefined)) {
      const found = new Set(
        items
          .map(({ literal }) => literal!)
          .filter((item) => item !== null)
          .map(key),
      );
      const missing = items.some(({ literal }) => literal === null) ? null : false;
      return withNulls((value = null) => (value === null ? null : found.has(key(value)) || missing));
    }
    const equals = equalsFor(type);
    return withNulls((value = null, ...others) => {
      if (value === null) return null;
      let missing: boolean | null = false;
      for (const other of others) {
        if (other === null) missing = null;
        else if (equals(value, other)) return true;
      }
      return missing;
    });
  },
  inline: ([value, ...items], [type], { nullable }) =>
    isPrimitive(type!) && !nullable && items.length <= 16
      ? `(${items.map((item) => `${value} === ${item}`).join(' || ')})`
      : undefined,
};

export const COMPARISON: readonly ScalarFunction[] = [
  equality('=', true),
  equality('<>', false),
  ordering('<', (order) => order < 0),
  ordering('<=', (order) => order <= 0),
  ordering('>', (order) => order > 0),
  ordering('>=', (order) => order >= 0),
  isNull('IS NULL', true),
  isNull('IS NOT NULL', false),
  distinct('IS DISTINCT FROM', false),
  distinct('IS NOT DISTINCT FROM', true),
  inList,
];
