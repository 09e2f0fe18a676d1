import { textOfBytes } from './bytes.ts';
import type { DataType, Row, Value } from './data-type.ts';
import { formatDecimal } from './decimal.ts';
import type { Integer } from './data-type.ts';
import { javaDouble, javaFloat } from './java-double.ts';
import { formatDate, formatIntervalMonths, formatIntervalMs, formatTime, formatTimestamp } from './time-text.ts';
import { msOfTimestamp, nanosOfTimestamp, timestampOf } from './timestamp.ts';
import { zoneOf, type Zone } from './zone.ts';

/** The wall clock of an instant, both with this precision. */
export function localOfInstant(value: Integer, precision: number, zone: Zone): Integer {
  const ms = msOfTimestamp(value, precision);
  return timestampOf(zone.toLocal(ms), nanosOfTimestamp(value, precision), precision);
}

/** The instant of a wall clock, both with this precision. */
export function instantOfLocal(value: Integer, precision: number, zone: Zone): Integer {
  const ms = msOfTimestamp(value, precision);
  return timestampOf(zone.toInstant(ms), nanosOfTimestamp(value, precision), precision);
}

/** How values of the type (never NULL) are printed by CAST(... AS STRING). */
export function textFor(type: DataType, zone: Zone): (value: Exclude<Value, null>) => string {
  switch (type.kind) {
    case 'BOOLEAN':
      return (value) => (value === true ? 'TRUE' : 'FALSE');
    case 'DOUBLE':
      return (value) => javaDouble(value as number);
    case 'FLOAT':
      return (value) => javaFloat(value as number);
    case 'DECIMAL':
      return (value) => formatDecimal(value as Integer, type.scale);
    case 'BINARY':
    case 'VARBINARY':
      return (value) => textOfBytes(value as Uint8Array);
    case 'DATE':
      return (value) => formatDate(value as number);
    case 'TIME':
      return (value) => formatTime(value as number, type.precision);
    case 'TIMESTAMP':
      return (value) => formatTimestamp(value as Integer, type.precision);
    case 'TIMESTAMP_LTZ':
      return (value) => formatTimestamp(localOfInstant(value as Integer, type.precision, zone), type.precision);
    case 'INTERVAL_MS':
      return (value) => formatIntervalMs(value as number);
    case 'INTERVAL_MONTHS':
      return (value) => formatIntervalMonths(value as number);
    case 'ARRAY': {
      const element = nullableText(type.element, zone);
      return (value) => `[${(value as Row).map(element).join(', ')}]`;
    }
    case 'ROW': {
      const fields = type.fields.map((field) => nullableText(field.type, zone));
      return (value) => `(${(value as Row).map((field, index) => fields[index]!(field)).join(', ')})`;
    }
    case 'MAP':
    case 'MULTISET': {
      const key = nullableText(type.kind === 'MAP' ? type.key : type.element, zone);
      const entry = type.kind === 'MAP' ? nullableText(type.value, zone) : String;
      return (value) =>
        `{${[...(value as ReadonlyMap<Value, Value>)].map(([name, of]) => `${key(name)}=${entry(of)}`).join(', ')}}`;
    }
    default:
      return String;
  }
}

function nullableText(type: DataType, zone: Zone): (value: Value) => string {
  const text = textFor(type, zone);
  return (value) => (value === null ? 'NULL' : text(value));
}

/** One value as CAST(... AS STRING) prints it; NULL is `NULL`. */
export const valueText = (value: Value, type: DataType, zone: Zone = zoneOf('UTC')): string =>
  nullableText(type, zone)(value);
