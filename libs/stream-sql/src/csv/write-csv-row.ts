import type { DataType, Field, Integer, Row, Value } from '../values/data-type.ts';
import { javaDecimal } from '../values/java-decimal.ts';
import { javaDouble, javaFloat } from '../values/java-double.ts';
import { formatDate, formatTime, formatTimestamp } from '../values/time-text.ts';
import { base64Text } from '../values/base64.ts';
import type { CsvOptions } from './csv-options.ts';

/** Longer texts are quoted without a look at them. */
const MAX_CHECKED = 24;

/**
 * Writes rows as records (without a line end), as Flink's csv format does: numbers bare; texts and times in quotes when they are long or have a character that
 * is not after the delimiter and the quote in Unicode (Jackson's loose check: a blank among them). NULL is the null literal, or nothing.
 */
export function csvRowWriter(fields: readonly Field[], options: CsvOptions): (row: Row) => string {
  const columns = fields.map(({ type }) => ({ write: writer(type, options), bare: isBare(type) }));
  const quote = quoter(options);
  return (row) =>
    columns
      .map(({ write, bare }, i) => {
        const value = row[i]!;
        if (value === null) return options.nullLiteral ?? '';
        return bare ? write(value) : quote(write(value));
      })
      .join(options.delimiter);
}

const isBare = ({ kind }: DataType): boolean =>
  ['BOOLEAN', 'TINYINT', 'SMALLINT', 'INT', 'BIGINT', 'FLOAT', 'DOUBLE', 'DECIMAL'].includes(kind);

function quoter({ delimiter, quote, escape }: CsvOptions): (text: string) => string {
  if (quote === undefined)
    return escape === undefined ? (text) => text : (text) => escaped(text, [delimiter, escape], escape);
  const safeFrom = Math.max(delimiter.charCodeAt(0), quote.charCodeAt(0), 13) + 1;
  return (text) => {
    const plain = text.length <= MAX_CHECKED && everyIs(text, (code, i) => code >= safeFrom && text[i] !== escape);
    if (plain) return text;
    const inner = escape === undefined ? text.replaceAll(quote, quote + quote) : escaped(text, [quote, escape], escape);
    return `${quote}${inner}${quote}`;
  };
}

function everyIs(text: string, test: (code: number, at: number) => boolean): boolean {
  for (let i = 0; i < text.length; i++) if (!test(text.charCodeAt(i), i)) return false;
  return true;
}

const escaped = (text: string, special: readonly string[], escape: string): string =>
  [...text].map((character) => (special.includes(character) ? escape + character : character)).join('');

function writer(type: DataType, options: CsvOptions): (value: Exclude<Value, null>) => string {
  switch (type.kind) {
    case 'FLOAT':
      return (value) => javaFloat(value as number);
    case 'DOUBLE':
      return (value) => javaDouble(value as number);
    case 'DECIMAL':
      return (value) => javaDecimal(value as Integer, type.scale);
    case 'BINARY':
    case 'VARBINARY':
      return (value) => base64Text(value as Uint8Array);
    case 'DATE':
      return (value) => formatDate(value as number);
    case 'TIME':
      return (value) => shortFraction(formatTime(value as number, 3));
    case 'TIMESTAMP':
      return (value) => shortFraction(formatTimestamp(value as Integer, type.precision));
    case 'TIMESTAMP_LTZ':
      return (value) => `${shortFraction(formatTimestamp(value as Integer, type.precision))}Z`;
    case 'ARRAY': {
      const element = nullable(type.element, options);
      return (value) => (value as Row).map(element).join(options.arrayDelimiter);
    }
    case 'ROW': {
      const fields = type.fields.map((field) => nullable(field.type, options));
      return (value) => (value as Row).map((field, i) => fields[i]!(field)).join(options.arrayDelimiter);
    }
    default:
      return String;
  }
}

function nullable(type: DataType, options: CsvOptions): (value: Value) => string {
  const write = writer(type, options);
  return (value) => (value === null ? (options.nullLiteral ?? '') : write(value));
}

const shortFraction = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
