import { EvaluationError, type EvaluationContext } from '../builtin/signature.ts';
import { fromText } from './cast/from-text.ts';
import { numberCast } from './cast/number-cast.ts';
import { timeCast } from './cast/time-cast.ts';
import { toBytes, toText } from './cast/to-text.ts';
import type { DataType, Row, Value } from './data-type.ts';
import { keyFor } from './map-key.ts';
import { isBytes, isInterval, isNumeric, isString, isTemporal } from './types.ts';
import { typeName } from './type-name.ts';

/** A cast of values that are not NULL. */
export type Convert = (value: Exclude<Value, null>) => Value;
/** What a cast depends on beside its value: the session's time zone. */
export type CastContext = Pick<EvaluationContext, 'zone'>;

/** Whether CAST(from AS to) exists. */
export const castExists = (from: DataType, to: DataType): boolean => castProblem(from, to) === undefined;

/** Why CAST(from AS to) does not exist, with what to write instead; `undefined` when it does. */
export function castProblem(from: DataType, to: DataType): string | undefined {
  if (from.kind === 'NULL') return undefined;
  if (isTemporal(from) && isNumeric(to))
    return `the cast from ${from.kind} to a number is not allowed: write UNIX_TIMESTAMP(CAST(value AS STRING)) or EXTRACT(EPOCH FROM value)`;
  if (isNumeric(from) && isTemporal(to))
    return `the cast from a number to ${to.kind} is not allowed: write TO_TIMESTAMP_LTZ(number, 3), or 0 for seconds`;
  if (exists(from, to)) return undefined;
  return `${typeName(from)} cannot be cast to ${typeName(to)}`;
}

function exists(from: DataType, to: DataType): boolean {
  if (isString(to)) return true;
  if (isBytes(to)) return isBytes(from) || isString(from);
  if (to.kind === 'BOOLEAN') return from.kind === 'BOOLEAN' || isString(from) || isNumeric(from);
  if (isNumeric(to)) return isNumeric(from) || isString(from) || from.kind === 'BOOLEAN';
  if (isInterval(to)) return from.kind === to.kind;
  if (isTemporal(to)) {
    if (isString(from)) return true;
    if (from.kind === 'DATE') return to.kind !== 'TIME';
    if (from.kind === 'TIME') return to.kind !== 'DATE';
    return isTemporal(from);
  }
  switch (to.kind) {
    case 'ARRAY':
    case 'MULTISET':
      return from.kind === to.kind && castExists(from.element, to.element);
    case 'MAP':
      return from.kind === 'MAP' && castExists(from.key, to.key) && castExists(from.value, to.value);
    case 'ROW':
      return (
        from.kind === 'ROW' &&
        from.fields.length === to.fields.length &&
        from.fields.every((field, index) => castExists(field.type, to.fields[index]!.type))
      );
    default:
      return false;
  }
}

/**
 * The cast of values that are not NULL, with Flink's answers; `undefined` where there is none. A value that cannot be cast throws
 * EvaluationError 'cast-failed', or is NULL when `safe` (TRY_CAST). A number with too many digits for a DECIMAL is NULL in both, as in Flink.
 */
export function castFor(from: DataType, to: DataType, safe: boolean, context: CastContext): Convert | undefined {
  if (!castExists(from, to)) return undefined;
  const convert = converter(from, to, context);
  if (!safe || !mayFail(from, to)) return convert;
  return (value) => {
    try {
      return convert(value);
    } catch (error) {
      if (error instanceof EvaluationError) return null;
      throw error;
    }
  };
}

/** Whether a value may be refused: only what is read from a text. */
export function mayFail(from: DataType, to: DataType): boolean {
  if (isString(from)) return !isString(to) && !isBytes(to);
  if ((from.kind === 'ARRAY' || from.kind === 'MULTISET') && from.kind === to.kind)
    return mayFail(from.element, to.element);
  if (from.kind === 'MAP' && to.kind === 'MAP') return mayFail(from.key, to.key) || mayFail(from.value, to.value);
  if (from.kind === 'ROW' && to.kind === 'ROW')
    return from.fields.some((field, index) => mayFail(field.type, to.fields[index]!.type));
  return false;
}

/** Whether every value of `from` is the same value of `to`. */
export function isSameValue(from: DataType, to: DataType): boolean {
  switch (from.kind) {
    case 'NULL':
      return true;
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT': {
      const kinds = ['TINYINT', 'SMALLINT', 'INT', 'BIGINT'];
      return kinds.includes(to.kind) && kinds.indexOf(from.kind) <= kinds.indexOf(to.kind);
    }
    case 'FLOAT':
      return to.kind === 'FLOAT' || to.kind === 'DOUBLE';
    case 'CHAR':
      return (to.kind === 'VARCHAR' && from.length <= to.length) || (to.kind === 'CHAR' && from.length === to.length);
    case 'VARCHAR':
      return to.kind === 'VARCHAR' && from.length <= to.length;
    case 'BINARY':
      return (
        (to.kind === 'VARBINARY' && from.length <= to.length) || (to.kind === 'BINARY' && from.length === to.length)
      );
    case 'VARBINARY':
      return to.kind === 'VARBINARY' && from.length <= to.length;
    case 'DECIMAL':
      return to.kind === 'DECIMAL' && from.scale === to.scale && from.precision <= to.precision;
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return (
        from.kind === to.kind &&
        from.precision <= to.precision &&
        Math.ceil(Math.max(from.precision, 1) / 3) === Math.ceil(Math.max(to.precision, 1) / 3)
      );
    case 'ARRAY':
    case 'MULTISET':
      return from.kind === to.kind && isSameValue(from.element, to.element);
    case 'MAP':
      return to.kind === 'MAP' && isSameValue(from.key, to.key) && isSameValue(from.value, to.value);
    case 'ROW':
      return (
        to.kind === 'ROW' &&
        from.fields.length === to.fields.length &&
        from.fields.every((field, index) => isSameValue(field.type, to.fields[index]!.type))
      );
    default:
      return from.kind === to.kind;
  }
}

function converter(from: DataType, to: DataType, context: CastContext): Convert {
  if (isSameValue(from, to)) return (value) => value;
  if (isString(to)) return toText(from, to, context);
  if (isBytes(to)) return toBytes(from, to);
  if (isString(from)) return fromText(to, context);
  if (isTemporal(from)) return timeCast(from, to, context);
  if (isNumeric(from) || from.kind === 'BOOLEAN') return numberCast(from, to);
  return collectionCast(from, to, context);
}

const nullable =
  (convert: Convert) =>
  (value: Value): Value =>
    value === null ? null : convert(value);

function collectionCast(from: DataType, to: DataType, context: CastContext): Convert {
  const nested = (a: DataType, b: DataType): ((value: Value) => Value) => nullable(converter(a, b, context));
  if ((from.kind === 'ARRAY' || from.kind === 'MULTISET') && from.kind === to.kind && 'element' in to) {
    const element = nested(from.element, to.element);
    if (from.kind === 'ARRAY') return (value) => (value as Row).map(element);
    const key = keyFor(to.element);
    return (value) => {
      const counts = new Map<Value, [Value, number]>();
      for (const [of, count] of value as ReadonlyMap<Value, Value>) {
        const cast = element(of);
        const found = counts.get(key(cast));
        if (found === undefined) counts.set(key(cast), [cast, count as number]);
        else found[1] += count as number;
      }
      return new Map(counts.values());
    };
  }
  if (from.kind === 'MAP' && to.kind === 'MAP') {
    const key = nested(from.key, to.key);
    const of = nested(from.value, to.value);
    return (value) => new Map([...(value as ReadonlyMap<Value, Value>)].map(([name, entry]) => [key(name), of(entry)]));
  }
  if (from.kind === 'ROW' && to.kind === 'ROW') {
    const fields = from.fields.map((field, index) => nested(field.type, to.fields[index]!.type));
    return (value) => (value as Row).map((field, index) => fields[index]!(field));
  }
  throw new TypeError(`no cast from ${typeName(from)} to ${typeName(to)}`);
}
