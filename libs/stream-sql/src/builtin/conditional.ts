import { castFor } from '../values/cast.ts';
import { compareFor, equalsFor } from '../values/compare.ts';
import type { DataType, Value } from '../values/data-type.ts';
import { parseDecimal } from '../values/decimal.ts';
import { BOOLEAN, isNumeric, isString, simple, STRING, withNullable } from '../values/types.ts';
import { serializableTypeName, typeName } from '../values/type-name.ts';
import { commonArgumentType, commonType, comparisonType } from '../values/common-type.ts';
import { own, withNulls } from './define.ts';
import type { Argument, Resolution, ScalarFunction } from './signature.ts';

/** All arguments in one type. */
function resolveCommon(
  args: readonly Argument[],
  nullable: (types: readonly DataType[]) => boolean,
  typeOfAll = commonArgumentType,
): Resolution | undefined {
  const types = args.map(({ type }) => type);
  const common = typeOfAll(types);
  if (common === undefined) return undefined;
  return {
    result: withNullable(common, nullable(types)),
    parameters: types.map((type) => withNullable(common, type.nullable)),
  };
}

const everyNullable = (types: readonly DataType[]): boolean => types.every(({ nullable }) => nullable);
const someNullable = (types: readonly DataType[]): boolean => types.some(({ nullable }) => nullable);

const coalesce: ScalarFunction = {
  name: 'COALESCE',
  syntax: 'COALESCE(value, ...)',
  family: 'conditional',
  nulls: 'own',
  resolve: (args) => (args.length === 0 ? undefined : resolveCommon(args, everyNullable)),
  evaluate: () => withNulls((...values) => values.find((value) => value !== null) ?? null),
  inline: (args) => `(${args.join(' ?? ')})`,
};

const ifNull: ScalarFunction = {
  ...coalesce,
  name: 'IFNULL',
  syntax: 'IFNULL(value, replacement)',
  resolve: (args) => (args.length === 2 ? resolveCommon(args, everyNullable) : undefined),
};

const iff: ScalarFunction = {
  name: 'IF',
  syntax: 'IF(condition, value, otherwise)',
  family: 'conditional',
  nulls: 'own',
  resolve: (args) => {
    const [condition, ...values] = args;
    if (condition === undefined || values.length !== 2 || !['BOOLEAN', 'NULL'].includes(condition.type.kind))
      return undefined;
    const resolution = resolveCommon(values, someNullable, commonType);
    if (resolution === undefined) return undefined;
    return {
      result: withNullable(resolution.result, resolution.result.nullable || condition.type.nullable),
      parameters: [withNullable(BOOLEAN, condition.type.nullable), ...resolution.parameters],
    };
  },
  evaluate: () =>
    withNulls((condition = null, value = null, otherwise = null) => (condition === true ? value : otherwise)),
  inline: ([condition, value, otherwise]) => `(${condition} === true ? ${value} : ${otherwise})`,
};

const nullIf: ScalarFunction = {
  name: 'NULLIF',
  syntax: 'NULLIF(value, other)',
  family: 'conditional',
  nulls: 'own',
  resolve: (args) => {
    const [a, b] = args.map(({ type }) => type);
    if (a === undefined || b === undefined || args.length !== 2) return undefined;
    const common = comparisonType(a, b);
    if (common === undefined) return undefined;
    // The result is the first as it is; they are compared in the type in which = compares them.
    return { result: withNullable(a, true), parameters: [a, withNullable(common, b.nullable)] };
  },
  evaluate: ([a, b], _, context) => {
    const cast = castFor(a!.type, b!.type, false, context)!;
    const equals = equalsFor(b!.type);
    return withNulls((value = null, other = null) => {
      if (value === null || other === null) return value;
      const same = cast(value);
      return same !== null && equals(same as Exclude<Value, null>, other) ? null : value;
    });
  },
};

const extreme = (name: 'GREATEST' | 'LEAST', wanted: 1 | -1): ScalarFunction => ({
  name,
  syntax: `${name}(value, ...)`,
  family: 'conditional',
  nulls: 'strict',
  resolve: (args) => (args.length === 0 ? undefined : resolveCommon(args, someNullable)),
  evaluate: ([argument]) => {
    const compare = compareFor(argument!.type);
    return (...values) => values.reduce((best, value) => (compare(value, best) * wanted > 0 ? value : best));
  },
});

/** NULL is none of these: FALSE, never NULL. */
const test = (name: string, holds: (text: string) => boolean): ScalarFunction => ({
  name,
  syntax: `${name}(text)`,
  family: 'conditional',
  nulls: 'own',
  resolve: ([argument, ...others]) => {
    if (argument === undefined || others.length > 0) return undefined;
    const { type } = argument;
    if (!isString(type) && !isNumeric(type) && type.kind !== 'NULL') return undefined;
    return { result: simple('BOOLEAN', false), parameters: [isString(type) ? type : withNullable(STRING, true)] };
  },
  evaluate: () => withNulls((text = null) => text !== null && text !== '' && holds(text as string)),
});

const typeOf: ScalarFunction = {
  name: 'TYPEOF',
  syntax: 'TYPEOF(value[, full])',
  family: 'conversion',
  nulls: 'own',
  resolve: ([value, full, ...others]) => {
    if (value === undefined || others.length > 0 || (full !== undefined && typeof full.literal !== 'boolean'))
      return undefined;
    return {
      result: withNullable(STRING, true),
      parameters: full === undefined ? [value.type] : [value.type, full.type],
    };
  },
  evaluate: ([value, full]) => {
    const name = full?.literal === true ? serializableTypeName(value!.type) : typeName(value!.type);
    return own(() => name);
  },
};

const currentDatabase: ScalarFunction = {
  name: 'CURRENT_DATABASE',
  syntax: 'CURRENT_DATABASE()',
  family: 'catalog',
  nulls: 'strict',
  resolve: (args) => (args.length === 0 ? { result: withNullable(STRING, false), parameters: [] } : undefined),
  evaluate: () => own(() => 'default_database'),
};

export const CONDITIONAL: readonly ScalarFunction[] = [
  coalesce,
  ifNull,
  iff,
  nullIf,
  extreme('GREATEST', 1),
  extreme('LEAST', -1),
  test('IS_ALPHA', (text) => /^\p{L}+$/u.test(text)),
  test('IS_DIGIT', (text) => /^\p{Nd}+$/u.test(text)),
  test('IS_DECIMAL', (text) => parseDecimal(text.trim()) !== undefined),
  typeOf,
  currentDatabase,
];
