import { base64Bytes } from '../values/base64.ts';
import type { DataType, Field, Integer, Value } from '../values/data-type.ts';
import { fit, parseDecimal, shiftDownCut } from '../values/decimal.ts';
import { integerOfText } from '../values/integer.ts';
import { javaDouble as doubleText } from '../values/java-double.ts';
import type { JsonCursor, JsonScalar } from './json-cursor.ts';
import { dateOf, jsonTimestamp, timeOf } from './json-times.ts';
import type { Needed } from './json-columns.ts';

export interface JsonOptions {
  /** `json.ignore-parse-errors`: what cannot be read is NULL, a record that is no JSON object is left out. */
  readonly ignoreParseErrors: boolean;
  /** `json.fail-on-missing-field` */
  readonly failOnMissingField: boolean;
  /** `json.timestamp-format.standard` */
  readonly timestampFormat: 'SQL' | 'ISO-8601';
  /** As Flink's formats of changes read: whole trees, in which of members with one name the last counts, and numbers that become text are written anew. */
  readonly asTree?: true;
}

/** A value that does not fit its column. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
}

export type ReadValue = (cursor: JsonCursor) => Value;

/**
 * Makes a reader of one JSON value as a column, in the general way: any order, blanks and escapes. Conversions and errors are those of Flink's
 * `json` format (JsonParserToRowDataConverters): a missing field is NULL, text becomes a number where it is one, a number or an
 * object becomes text.
 */
export function jsonValueReader(field: Field, options: JsonOptions, needed: Needed = true): ReadValue {
  const read = notNullReader(field, options, needed);
  return (cursor) => {
    if (cursor.peek() === 'n' && cursor.scalar().kind === 'null') return null;
    const before = cursor.mark();
    try {
      return read(cursor);
    } catch (error) {
      if (!(error instanceof FieldError) || !options.ignoreParseErrors) throw error;
      cursor.reset(before);
      cursor.skip();
      return null;
    }
  };
}

/**
 * Reads the members of an object into places, by name; unknown names are skipped. As in Flink, reading ends with as many members as there are
 * places: a repeated name before that counts as one of them, and after that nothing is looked at.
 */
export function jsonObjectReader(
  fields: readonly (Field | undefined)[],
  options: JsonOptions,
  neededOf: (place: number) => Needed | undefined,
): (cursor: JsonCursor) => Value[] {
  const places = new Map<string, number>();
  const readers: (ReadValue | undefined)[] = fields.map((field, i) => {
    const needed = field === undefined ? undefined : neededOf(i);
    if (field === undefined || needed === undefined) return undefined;
    places.set(field.name, i);
    return jsonValueReader(field, options, needed);
  });
  return (cursor) => {
    const values: Value[] = fields.map(() => null);
    const read = new Set<number>();
    let found = 0;
    cursor.object((key) => {
      const place = found < places.size || options.asTree ? places.get(key) : undefined;
      if (place === undefined) {
        cursor.skip();
        return;
      }
      found++;
      values[place] = readers[place]!(cursor);
      if (options.failOnMissingField) read.add(place);
    });
    if (options.failOnMissingField && found < places.size) {
      const [missing] = [...places].find(([, place]) => !read.has(place))!;
      throw new FieldError(`the field ${missing} is missing`);
    }
    return values;
  };
}

function notNullReader(field: Field, options: JsonOptions, needed: Needed): ReadValue {
  const { type } = field;
  switch (type.kind) {
    case 'ROW': {
      const read = jsonObjectReader(type.fields, options, (i) => (needed === true ? true : needed.get(i)));
      return (cursor) => (cursor.peek() === '{' ? read(cursor) : mismatch(field, cursor));
    }
    case 'ARRAY': {
      const read = jsonValueReader({ name: field.name, type: type.element }, options);
      return (cursor) => {
        if (cursor.peek() !== '[') return mismatch(field, cursor);
        const values: Value[] = [];
        cursor.array(() => values.push(read(cursor)));
        return values;
      };
    }
    case 'MAP':
      return mapReader(field, jsonValueReader({ name: field.name, type: type.value }, options));
    case 'MULTISET':
      return mapReader(field, jsonValueReader({ name: field.name, type: { kind: 'INT', nullable: true } }, options));
    default: {
      const convert = scalarReader(type, options);
      const texts = type.kind === 'CHAR' || type.kind === 'VARCHAR';
      const numberText = options.asTree ? treeNumber : undefined;
      return (cursor) => {
        const first = cursor.peek();
        if (first === '{' || first === '[') return texts ? cursor.raw(numberText) : mismatch(field, cursor);
        const before = cursor.mark();
        const value = convert(cursor.scalar());
        if (value !== undefined) return value;
        cursor.reset(before);
        return mismatch(field, cursor);
      };
    }
  }
}

function mapReader(field: Field, read: ReadValue): ReadValue {
  return (cursor) => {
    if (cursor.peek() !== '{') return mismatch(field, cursor);
    const map = new Map<Value, Value>();
    cursor.object((key) => map.set(key, read(cursor)));
    return map;
  };
}

function mismatch(field: Field, cursor: JsonCursor): never {
  const found = cursor.raw();
  const shown = found.length > 60 ? `${found.slice(0, 60)}...` : found;
  throw new FieldError(`the field ${field.name} is ${field.type.kind} and cannot be read from ${shown}`);
}

const textOf = (scalar: JsonScalar): string =>
  scalar.kind === 'string'
    ? scalar.value
    : scalar.kind === 'number'
      ? scalar.text
      : scalar.kind === 'null'
        ? 'null'
        : String(scalar.value);

/** `undefined` when the scalar cannot be of this type. */
function scalarReader(type: DataType, options: JsonOptions): (scalar: JsonScalar) => Value | undefined {
  switch (type.kind) {
    case 'NULL':
      return () => null;
    case 'CHAR':
    case 'VARCHAR':
      return options.asTree
        ? (scalar) => (scalar.kind === 'number' ? treeNumber(scalar.text) : textOf(scalar))
        : textOf;
    case 'BOOLEAN':
      return (scalar) => (scalar.kind === 'boolean' ? scalar.value : textOf(scalar).trim().toLowerCase() === 'true');
    case 'TINYINT':
    case 'SMALLINT':
      // Unlike wider integers these take no number with decimals.
      return (scalar) => integerOf(scalar, type.kind === 'TINYINT' ? 8 : 16, false);
    case 'INT':
    case 'INTERVAL_MONTHS':
      return (scalar) => integerOf(scalar, 32, true);
    case 'BIGINT':
    case 'INTERVAL_MS':
      return (scalar) => integerOf(scalar, 64, true);
    case 'FLOAT':
    case 'DOUBLE':
      return (scalar) => {
        const value = scalar.kind === 'boolean' ? undefined : javaDouble(textOf(scalar).trim());
        return value === undefined || type.kind === 'DOUBLE' ? value : Math.fround(value);
      };
    case 'DECIMAL':
      return (scalar) => {
        const read = scalar.kind === 'boolean' ? undefined : parseDecimal(textOf(scalar).trim());
        return read === undefined ? undefined : fit(read.unscaled, read.scale, type);
      };
    case 'BINARY':
    case 'VARBINARY':
      return (scalar) => (scalar.kind === 'string' ? base64Bytes(scalar.value) : undefined);
    case 'DATE':
      return (scalar) => (scalar.kind === 'string' ? dateOf(scalar.value) : undefined);
    case 'TIME':
      return (scalar) => (scalar.kind === 'string' ? timeOf(scalar.value) : undefined);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const zoned = type.kind === 'TIMESTAMP_LTZ';
      const separator = options.timestampFormat === 'SQL' ? ' ' : 'T';
      return (scalar) =>
        scalar.kind === 'string' ? jsonTimestamp(scalar.value, separator, zoned, type.precision) : undefined;
    }
    default:
      throw new Error(`no JSON value is read as ${type.kind}`);
  }
}

/** Whole numbers; where `cuts`, a number with decimals is cut, as Jackson does; text must be whole. */
function integerOf(scalar: JsonScalar, bits: number, cuts: boolean): Value | undefined {
  const text = textOf(scalar).trim();
  if (/^[+-]?\d+$/.test(text)) return within(integerOfText(text.replace(/^\+/, '')), bits);
  const read = cuts && scalar.kind === 'number' ? parseDecimal(text) : undefined;
  return read === undefined ? undefined : within(shiftDownCut(read.unscaled, read.scale), bits);
}

// Numbers and bigints compare exactly.
const within = (value: Integer, bits: number): Integer | undefined =>
  value < 2 ** (bits - 1) && value >= -(2 ** (bits - 1)) ? value : undefined;

/** A number with decimals is a double in a tree. */
const treeNumber = (text: string): string => (/[.eE]/.test(text) ? doubleText(Number(text)) : text);

/** A double's text in decimal notation, as Double.parseDouble reads it trimmed. */
function javaDouble(text: string): number | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?$/.test(text)) return Number(text.replace(/[fFdD]$/, ''));
  const word = /^([+-]?)(NaN|Infinity)$/.exec(text);
  if (word === null) return undefined;
  return word[2] === 'NaN' ? Number.NaN : word[1] === '-' ? -Infinity : Infinity;
}
