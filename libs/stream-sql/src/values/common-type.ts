import type { DataType } from './data-type.ts';
import { implicitCastExists } from './implicit-cast.ts';
import {
  decimal,
  exactShape,
  INTEGER_KINDS,
  isApproximate,
  isBytes,
  isDecimal,
  isExact,
  isInteger,
  isInterval,
  isNumeric,
  isString,
  isTemporal,
  isTimestamp,
  simple,
  withNullable,
} from './types.ts';
import { sameTypeButNull } from './type-name.ts';

/**
 * The most special type that values of all these types can take without a cast of one's own (CASE, UNION, IN, comparison);
 * `undefined` when there is none. Nullable when one of them is. NULL alone has none, as in Flink, which asks for a CAST
 * there. Source: Flink's LogicalTypeMerging.findCommonType.
 */
export function commonType(types: readonly DataType[]): DataType | undefined {
  const nullable = types.some((type) => type.nullable);
  const typed = types.filter((type) => type.kind !== 'NULL').map((type) => withNullable(type, true));
  if (typed.length === 0) return undefined;
  const common = merged(typed) ?? castable(typed);
  return common === undefined ? undefined : withNullable(common, nullable);
}

/**
 * The same for COALESCE, IFNULL, GREATEST and LEAST: FLOAT and DOUBLE become DOUBLE, where CASE, IF and UNION take the first of them. Source: Flink's
 * LogicalTypeMerging; for the others Calcite's leastRestrictive.
 */
export function commonArgumentType(types: readonly DataType[]): DataType | undefined {
  const common = commonType(types);
  const isWider = common?.kind === 'FLOAT' && types.some(({ kind }) => kind === 'DOUBLE');
  return isWider ? simple('DOUBLE', common.nullable) : common;
}

function merged(types: readonly DataType[]): DataType | undefined {
  let common: DataType | undefined = types[0];
  for (const type of types) {
    if (common === undefined) return undefined;
    common = mergedPair(common, type);
  }
  return common;
}

function mergedPair(a: DataType, b: DataType): DataType | undefined {
  if (isTemporal(a) && isInterval(b)) return a;
  if (isInterval(a) && isTemporal(b)) return b;
  if ((isTimestamp(a) || a.kind === 'DATE') && isExact(b)) return a;
  if (isExact(a) && (isTimestamp(b) || b.kind === 'DATE')) return b;
  if (isNumeric(a) && isNumeric(b)) return mergedNumbers(a, b);
  if ((isString(a) && isString(b)) || (isBytes(a) && isBytes(b))) {
    const length = Math.max(a.length, b.length);
    const varying = a.kind.startsWith('VAR') || a.length !== b.length;
    const kind = isString(a) ? (varying ? 'VARCHAR' : b.kind) : varying ? 'VARBINARY' : b.kind;
    return { kind, length, nullable: true };
  }
  if (isTimestamp(a) && isTimestamp(b)) {
    const kind = a.kind === b.kind ? a.kind : 'TIMESTAMP_LTZ';
    return { kind, precision: Math.max(a.precision, b.precision), nullable: true };
  }
  if (a.kind === 'TIME' && b.kind === 'TIME') return { ...a, precision: Math.max(a.precision, b.precision) };
  return mergedCollections(a, b) ?? (sameTypeButNull(a, b) ? a : undefined);
}

function mergedCollections(a: DataType, b: DataType): DataType | undefined {
  if ((a.kind === 'ARRAY' || a.kind === 'MULTISET') && b.kind === a.kind) {
    const element = commonType([a.element, b.element]);
    return element === undefined ? undefined : { ...a, element };
  }
  if (a.kind === 'MAP' && b.kind === 'MAP') {
    const key = commonType([a.key, b.key]);
    const value = commonType([a.value, b.value]);
    return key === undefined || value === undefined ? undefined : { ...a, key, value };
  }
  if (a.kind === 'ROW' && b.kind === 'ROW' && a.fields.length === b.fields.length) {
    const types = a.fields.map((field, index) => commonType([field.type, b.fields[index]!.type]));
    if (types.some((type) => type === undefined)) return undefined;
    return { ...a, fields: a.fields.map(({ name }, index) => ({ name, type: types[index]! })) };
  }
  return undefined;
}

function mergedNumbers(a: DataType, b: DataType): DataType {
  // Both have the same precision for Calcite, so the first stays.
  if (isApproximate(a) && isApproximate(b)) return a;
  // Calcite and Flink: a DECIMAL met by a FLOAT becomes DOUBLE, an integer becomes what it meets.
  if (isApproximate(a)) return isDecimal(b) ? simple('DOUBLE') : a;
  if (isApproximate(b)) return isDecimal(a) ? simple('DOUBLE') : b;
  if (isInteger(a) && isInteger(b))
    return simple(INTEGER_KINDS[Math.max(INTEGER_KINDS.indexOf(a.kind), INTEGER_KINDS.indexOf(b.kind))]!);
  const [x, y] = [exactShape(a), exactShape(b)];
  const whole = Math.min(38, Math.max(x.precision - x.scale, y.precision - y.scale));
  const scale = Math.min(Math.max(x.scale, y.scale), 38 - whole);
  return decimal(whole + scale, scale);
}

/** The last resort: one of the types that all others are cast to without being asked. A day, a time of day and a timestamp do not mix. */
function castable(types: readonly DataType[]): DataType | undefined {
  if (types.some((type) => isTemporal(type))) return undefined;
  let common = types[0]!;
  for (const type of types) {
    if (implicitCastExists(common, type)) common = type;
    else if (!implicitCastExists(type, common)) return undefined;
  }
  return common;
}

/**
 * The type in which Flink compares two values with = or <; `undefined` when it refuses to. A string is cast to the DATE, TIME or
 * timestamp that it meets; a string and a number, or a DATE and a timestamp, need a CAST of one's own.
 */
export function comparisonType(a: DataType, b: DataType): DataType | undefined {
  if (a.kind === 'NULL') return b;
  if (b.kind === 'NULL') return a;
  if (isInterval(a) !== isInterval(b)) return undefined;
  if ((isTemporal(a) && isNumeric(b)) || (isNumeric(a) && isTemporal(b))) return undefined;
  if (isString(a) && isTemporal(b)) return withNullable(b, a.nullable || b.nullable);
  if (isString(b) && isTemporal(a)) return withNullable(a, a.nullable || b.nullable);
  if ((a.kind === 'DATE') !== (b.kind === 'DATE')) return undefined;
  return commonType([a, b]);
}
