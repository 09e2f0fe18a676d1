import { base64Text } from '../values/base64.ts';
import type { DataType, Integer, Row, Value } from '../values/data-type.ts';
import { formatDecimal } from '../values/decimal.ts';
import { javaDecimal } from '../values/java-decimal.ts';
import { formatDate, formatTime, formatTimestamp } from '../values/time-text.ts';

export interface JsonWriteOptions {
  /** `json.timestamp-format.standard` */
  readonly timestampFormat: 'SQL' | 'ISO-8601';
  /** `json.map-null-key.mode` */
  readonly mapNullKey: 'FAIL' | 'DROP' | 'LITERAL';
  /** `json.map-null-key.literal` */
  readonly mapNullKeyLiteral: string;
  /** `json.encode.decimal-as-plain-number`; else as Java's BigDecimal.toString writes them, with an exponent where they are small. */
  readonly plainDecimals: boolean;
  /** `json.encode.ignore-null-fields` */
  readonly ignoreNullFields: boolean;
}

export type WriteValue = (value: Exclude<Value, null>) => string;

/**
 * Writes values of a type as Flink's `json` format does (RowDataToJsonConverters): numbers with all their digits, texts for times, base64 for bytes.
 * Map keys are texts. Throws Error for a NULL key under `FAIL`.
 */
export function jsonValueWriter(type: DataType, options: JsonWriteOptions): WriteValue {
  switch (type.kind) {
    case 'FLOAT':
    case 'DOUBLE':
      return (value) => (Number.isFinite(value) ? String(value) : `"${String(value)}"`);
    case 'DECIMAL':
      return options.plainDecimals
        ? (value) => formatDecimal(value as Integer, type.scale)
        : (value) => javaDecimal(value as Integer, type.scale);
    case 'CHAR':
    case 'VARCHAR':
      return (value) => JSON.stringify(value);
    case 'BINARY':
    case 'VARBINARY':
      return (value) => `"${base64Text(value as Uint8Array)}"`;
    case 'DATE':
      return (value) => `"${formatDate(value as number)}"`;
    case 'TIME':
      return (value) => `"${shortFraction(formatTime(value as number, 3))}"`;
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const { precision } = type;
      const zone = type.kind === 'TIMESTAMP_LTZ' ? 'Z' : '';
      const separate =
        options.timestampFormat === 'SQL' ? (text: string) => text : (text: string) => text.replace(' ', 'T');
      return (value) => `"${separate(shortFraction(formatTimestamp(value as Integer, precision)))}${zone}"`;
    }
    case 'ARRAY': {
      const element = nullable(type.element, options);
      return (value) => `[${(value as Row).map(element).join(',')}]`;
    }
    case 'MAP':
    case 'MULTISET':
      return mapWriter(type.kind === 'MAP' ? nullable(type.value, options) : String, options);
    case 'ROW':
      return jsonRowWriter(type.fields, options) as WriteValue;
    default:
      return String;
  }
}

/** Writes rows as objects, a member for each field. */
export function jsonRowWriter(
  fields: readonly { readonly name: string; readonly type: DataType }[],
  options: JsonWriteOptions,
): (row: Row) => string {
  const members = fields.map(({ name, type }) => ({
    name: `${JSON.stringify(name)}:`,
    write: jsonValueWriter(type, options),
  }));
  return (row) => {
    let text = '';
    for (let i = 0; i < members.length; i++) {
      const value = row[i]!;
      if (value === null && options.ignoreNullFields) continue;
      const { name, write } = members[i]!;
      text += `${text === '' ? '' : ','}${name}${value === null ? 'null' : write(value)}`;
    }
    return `{${text}}`;
  };
}

function mapWriter(write: (value: Value) => string, options: JsonWriteOptions): WriteValue {
  return (value) => {
    const members: string[] = [];
    for (const [key, of] of value as ReadonlyMap<Value, Value>) {
      if (key === null && options.mapNullKey === 'DROP') continue;
      if (key === null && options.mapNullKey === 'FAIL')
        throw new Error("a map with a NULL key is no JSON: SET 'json.map-null-key.mode' = 'DROP' or 'LITERAL'");
      members.push(`${JSON.stringify(key === null ? options.mapNullKeyLiteral : String(key))}:${write(of)}`);
    }
    return `{${members.join(',')}}`;
  };
}

function nullable(type: DataType, options: JsonWriteOptions): (value: Value) => string {
  const write = jsonValueWriter(type, options);
  return (value) => (value === null ? 'null' : write(value));
}

/** No more digits than there are, as java.time's appendFraction(NANO_OF_SECOND, 0, 9, true). */
const shortFraction = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
