import { isString, typeName, type DataType, type Field, type Row, type Value } from '../types/data-type.ts';
import { fit, parseDecimal } from '../types/decimal.ts';
import { cutToPrecision, readTimestamp } from '../types/timestamp.ts';
import { JsonCursor, JsonError, type JsonScalar } from './json-text.ts';

export interface JsonRowOptions {
  readonly ignoreParseErrors: boolean;
  readonly failOnMissingField: boolean;
  readonly timestampFormat: 'SQL' | 'ISO-8601';
}

export type JsonRow =
  | { readonly kind: 'row'; readonly values: Row }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'bad'; readonly reason: string };

type Read = (cursor: JsonCursor) => Value;

/**
 * Makes a reader of JSON objects into rows of these fields. Conversions, missing fields and errors are those of Flink's
 * `json` format: a missing field is NULL, text becomes a number where it is one, a number or an object becomes text; of a
 * repeated name the last value counts. With `ignoreParseErrors` a field that cannot be read is NULL and a record that is no
 * JSON object is skipped.
 */
export function jsonRowReader(fields: readonly Field[], options: JsonRowOptions): (text: string) => JsonRow {
  const read = rowReader(fields, options);
  return (text) => {
    try {
      const cursor = new JsonCursor(text);
      if (cursor.peek() !== '{') cursor.fail('an object { ... } is expected');
      const values = read(cursor) as Row;
      cursor.end();
      return { kind: 'row', values };
    } catch (error) {
      if (error instanceof FieldError || error instanceof JsonError)
        return options.ignoreParseErrors ? { kind: 'skipped' } : { kind: 'bad', reason: error.message };
      throw error;
    }
  };
}

/** A value that does not fit its column. */
class FieldError extends Error {
  override readonly name = 'FieldError';
}

function rowReader(fields: readonly Field[], options: JsonRowOptions): Read {
  const places = new Map(fields.map((field, i) => [field.name, i]));
  const readers = fields.map((field) => valueReader(field, options));
  return (cursor) => {
    const values: Value[] = fields.map(() => null);
    const seen: boolean[] = fields.map(() => false);
    cursor.object((key) => {
      const place = places.get(key);
      if (place === undefined) cursor.skip();
      else {
        values[place] = readers[place]!(cursor);
        seen[place] = true;
      }
    });
    if (options.failOnMissingField) {
      const missing = seen.indexOf(false);
      if (missing >= 0) throw new FieldError(`the field ${fields[missing]!.name} is missing`);
    }
    return values;
  };
}

function valueReader(field: Field, options: JsonRowOptions): Read {
  const { type } = field;
  if (type.kind === 'ROW') {
    const nested = rowReader(type.fields, options);
    return (cursor) => {
      const first = cursor.peek();
      if (first === '{') return nested(cursor);
      const raw = cursor.raw();
      return raw === 'null' || options.ignoreParseErrors ? null : mismatch(field, raw);
    };
  }
  const convert = scalarReader(type, options);
  return (cursor) => {
    const first = cursor.peek();
    if (first === '{' || first === '[') {
      const raw = cursor.raw();
      return isString(type) ? raw : options.ignoreParseErrors ? null : mismatch(field, raw);
    }
    const scalar = cursor.scalar();
    if (scalar.kind === 'null') return null;
    const value = convert(scalar);
    if (value !== undefined) return value;
    return options.ignoreParseErrors ? null : mismatch(field, textOf(scalar));
  };
}

function mismatch(field: Field, found: string): never {
  const shown = found.length > 60 ? `${found.slice(0, 60)}...` : found;
  throw new FieldError(
    `the field ${field.name} is ${typeName({ ...field.type, nullable: true })} and cannot be read from ${JSON.stringify(shown)}`,
  );
}

const textOf = (scalar: JsonScalar): string =>
  scalar.kind === 'string'
    ? scalar.value
    : scalar.kind === 'number'
      ? scalar.text
      : scalar.kind === 'null'
        ? 'null'
        : String(scalar.value);

const BITS: Readonly<Record<string, number>> = { TINYINT: 8, SMALLINT: 16, INT: 32, BIGINT: 64 };

/** `undefined` when the scalar cannot be of this type. */
function scalarReader(type: DataType, options: JsonRowOptions): (scalar: JsonScalar) => Value | undefined {
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
      return textOf;
    case 'BOOLEAN':
      return (scalar) => (scalar.kind === 'boolean' ? scalar.value : textOf(scalar).trim().toLowerCase() === 'true');
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT': {
      const { kind } = type;
      return (scalar) => integerOf(scalar, kind as 'INT');
    }
    case 'FLOAT':
    case 'DOUBLE':
      return (scalar) => {
        const text = textOf(scalar).trim();
        if (scalar.kind === 'boolean' || !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return undefined;
        return type.kind === 'FLOAT' ? Math.fround(Number(text)) : Number(text);
      };
    case 'DECIMAL':
      return (scalar) => {
        const parsed = scalar.kind === 'boolean' ? undefined : parseDecimal(textOf(scalar));
        return parsed === undefined ? undefined : fit(parsed.unscaled, parsed.scale, type);
      };
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return (scalar) => {
        if (scalar.kind !== 'string') return undefined;
        const zoned = scalar.value.endsWith('Z');
        if (zoned !== (type.kind === 'TIMESTAMP_LTZ')) return undefined;
        const read = readTimestamp(zoned ? scalar.value.slice(0, -1) : scalar.value);
        if (read === undefined || read.separator !== (options.timestampFormat === 'SQL' ? ' ' : 'T')) return undefined;
        return cutToPrecision(read.ms, type.precision);
      };
    default:
      throw new Error(`no JSON value is read as ${type.kind}`);
  }
}

/** Whole numbers; a number with decimals is cut, as Flink's (Jackson's) conversion does; text must be whole. */
function integerOf(scalar: JsonScalar, kind: 'TINYINT' | 'SMALLINT' | 'INT' | 'BIGINT'): Value | undefined {
  let whole: bigint;
  if (scalar.kind === 'number') {
    const parsed = parseDecimal(scalar.text);
    if (parsed === undefined) return undefined;
    whole = parsed.unscaled / 10n ** BigInt(parsed.scale);
  } else {
    const text = textOf(scalar).trim();
    if (!/^[+-]?\d+$/.test(text)) return undefined;
    whole = BigInt(text.replace(/^\+/, ''));
  }
  if (BigInt.asIntN(BITS[kind]!, whole) !== whole) return undefined;
  return kind === 'BIGINT' ? whole : Number(whole);
}
