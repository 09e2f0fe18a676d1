import { base64Bytes } from '../values/base64.ts';
import { parseDouble } from '../values/cast/from-text.ts';
import type { DataType, Field, Value } from '../values/data-type.ts';
import { fit, parseDecimal } from '../values/decimal.ts';
import { integerOfText } from '../values/integer.ts';
import { parseDate, parseTimestamp } from '../values/time-text.ts';
import type { CsvOptions } from './csv-options.ts';
import { type CsvField, csvRecord } from './csv-record.ts';

/** A record that gives no row, in words. */
export interface BadCsv {
  readonly kind: 'bad';
  readonly reason: string;
}

export type CsvRow = { readonly kind: 'row'; readonly values: Value[] } | BadCsv | { readonly kind: 'open' };

/** Types that a csv column may have; elements of ARRAY and fields of ROW are simple ones. */
export const CSV_TYPES: readonly DataType['kind'][] = [
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INT',
  'BIGINT',
  'FLOAT',
  'DOUBLE',
  'DECIMAL',
  'CHAR',
  'VARCHAR',
  'BINARY',
  'VARBINARY',
  'DATE',
  'TIME',
  'TIMESTAMP',
  'TIMESTAMP_LTZ',
  'ARRAY',
  'ROW',
];

const LIMITS: Partial<Record<DataType['kind'], bigint>> = {
  TINYINT: 2n ** 7n,
  SMALLINT: 2n ** 15n,
  INT: 2n ** 31n,
  BIGINT: 2n ** 63n,
};

/**
 * Reads records as rows of these fields, by Flink's conversions (CsvToRowDataConverters): numbers and times of exactly their form, BOOLEAN is true
 * for `true` alone, a record with another number of fields is bad. Under `csv.ignore-parse-errors` what does not fit and what is not there is NULL.
 */
export function csvRowReader(fields: readonly Field[], options: CsvOptions): (text: string) => CsvRow {
  const columns = fields.map(({ name, type }) => ({ name, type, read: reader(type, options) }));
  return (text) => {
    const record = csvRecord(text, options);
    if (record === 'open') return { kind: 'open' };
    if (record === 'broken') return { kind: 'bad', reason: 'something stands behind a closing quote' };
    // One with fields too many is none in Flink, whatever is ignored.
    if (record.length > columns.length || (record.length < columns.length && !options.ignoreParseErrors))
      return { kind: 'bad', reason: `the record has ${record.length} fields, not ${columns.length}` };
    const values: Value[] = [];
    for (const [i, { name, type, read }] of columns.entries()) {
      const field = record[i];
      const value = field === undefined || isNull(field, options) ? null : read(field.text);
      if (value === undefined && !options.ignoreParseErrors)
        return {
          kind: 'bad',
          reason: `the field ${name} is ${type.kind}, and ${quoted(field!.text)} is none`,
        };
      values.push(value ?? null);
    }
    return { kind: 'row', values };
  };
}

const isNull = ({ text }: CsvField, { nullLiteral }: CsvOptions): boolean => text === nullLiteral;
const quoted = (text: string): string => `'${text.length > 60 ? `${text.slice(0, 60)}...` : text}'`;

/** `undefined`: the text is none of the type's. */
function reader(type: DataType, options: CsvOptions): (text: string) => Value | undefined {
  switch (type.kind) {
    case 'BOOLEAN':
      return (text) => text.trim().toLowerCase() === 'true';
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT': {
      const limit = LIMITS[type.kind]!;
      return (text) => {
        const digits = text.trim();
        if (!/^[+-]?\d+$/.test(digits)) return undefined;
        const value = integerOfText(digits.replace(/^\+/, ''));
        return value >= limit || value < -limit ? undefined : value || 0;
      };
    }
    case 'FLOAT':
      return (text) => {
        const value = parseDouble(text);
        return value === undefined ? undefined : Math.fround(value);
      };
    case 'DOUBLE':
      return parseDouble;
    case 'DECIMAL':
      return (text) => {
        const parsed = parseDecimal(text.trim());
        // A number with too many digits is NULL, as in Flink.
        return parsed === undefined ? undefined : fit(parsed.unscaled, parsed.scale, type);
      };
    case 'BINARY':
    case 'VARBINARY':
      return base64Bytes;
    case 'DATE':
      return (text) => (/^\d{4}-\d{1,2}-\d{1,2}$/.test(text) ? parseDate(text) : undefined);
    case 'TIME':
      return timeOf;
    case 'TIMESTAMP':
      return (text) => (TIMESTAMP.test(text) ? parseTimestamp(text, type.precision) : undefined);
    case 'TIMESTAMP_LTZ':
      return (text) =>
        text.endsWith('Z') && TIMESTAMP.test(text.slice(0, -1))
          ? parseTimestamp(text.slice(0, -1), type.precision)
          : undefined;
    case 'ARRAY': {
      const element = reader(type.element, options);
      return (text) => all(text === '' ? [] : text.split(options.arrayDelimiter), () => element, options);
    }
    case 'ROW': {
      const fields = type.fields.map((field) => reader(field.type, options));
      return (text) => {
        const parts = text.split(options.arrayDelimiter);
        if (parts.length !== fields.length) return undefined;
        return all(parts, (i) => fields[i]!, options);
      };
    }
    default:
      return (text) => text;
  }
}

const TIMESTAMP = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,9})?$/;

/** `10:20:30`, with decimals or without seconds. */
function timeOf(text: string): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?$/.exec(text);
  if (match === null) return undefined;
  const [, hours, minutes, seconds = '0', fraction = ''] = match;
  return (
    Number(hours) * 3_600_000 +
    Number(minutes) * 60_000 +
    Number(seconds) * 1_000 +
    Number(fraction.padEnd(3, '0').slice(0, 3))
  );
}

function all(
  parts: readonly string[],
  readerOf: (i: number) => (text: string) => Value | undefined,
  options: CsvOptions,
): Value | undefined {
  const values: Value[] = [];
  for (const [i, part] of parts.entries()) {
    const value = part === options.nullLiteral ? null : readerOf(i)(part);
    if (value === undefined && !options.ignoreParseErrors) return undefined;
    values.push(value ?? null);
  }
  return values;
}
