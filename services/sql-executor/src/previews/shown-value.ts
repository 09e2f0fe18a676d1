import type { PreviewValue } from '@hermes/contracts/sql-preview';
import { base64Text } from '@hermes/stream-sql/values/base64';
import type { DataType, Integer, Row, Value } from '@hermes/stream-sql/values/data-type';
import { formatDecimal } from '@hermes/stream-sql/values/decimal';
import {
  formatDate,
  formatIntervalMonths,
  formatIntervalMs,
  formatTime,
  formatTimestamp,
} from '@hermes/stream-sql/values/time-text';

type Show = (value: Exclude<Value, null>) => PreviewValue;

/** How a value of a type is shown to a person: JSON that loses no digit (contracts/sql-preview says what each type becomes). */
export function shownValue(type: DataType): (value: Value) => PreviewValue {
  const show = notNull(type);
  return (value) => (value === null ? null : show(value));
}

function notNull(type: DataType): Show {
  switch (type.kind) {
    case 'NULL':
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'CHAR':
    case 'VARCHAR':
      return (value) => value as PreviewValue;
    case 'BIGINT':
      return (value) => (typeof value === 'bigint' ? String(value) : (value as number));
    case 'FLOAT':
    case 'DOUBLE':
      return (value) => (Number.isFinite(value) ? (value as number) : String(value));
    case 'DECIMAL':
      return (value) => formatDecimal(value as Integer, type.scale);
    case 'BINARY':
    case 'VARBINARY':
      return (value) => base64Text(value as Uint8Array);
    case 'DATE':
      return (value) => formatDate(value as number);
    case 'TIME':
      return (value) => formatTime(value as number, type.precision);
    case 'TIMESTAMP':
      return (value) => formatTimestamp(value as Integer, type.precision).replace(' ', 'T');
    case 'TIMESTAMP_LTZ':
      return (value) => `${formatTimestamp(value as Integer, type.precision).replace(' ', 'T')}Z`;
    case 'INTERVAL_MONTHS':
      return (value) => formatIntervalMonths(value as number);
    case 'INTERVAL_MS':
      return (value) => formatIntervalMs(value as number);
    case 'ARRAY': {
      const element = shownValue(type.element);
      return (value) => (value as Row).map(element);
    }
    case 'ROW': {
      const fields = type.fields.map(({ name, type: of }) => [name, shownValue(of)] as const);
      return (value) => Object.fromEntries(fields.map(([name, show], i) => [name, show((value as Row)[i]!)]));
    }
    case 'MAP':
      return entries(shownValue(type.key), shownValue(type.value));
    case 'MULTISET':
      return entries(shownValue(type.element), (count) => count as number);
  }
}

const entries =
  (key: (value: Value) => PreviewValue, of: (value: Value) => PreviewValue): Show =>
  (value) =>
    Object.fromEntries([...(value as ReadonlyMap<Value, Value>)].map(([name, each]) => [nameOf(key(name)), of(each)]));

const nameOf = (value: PreviewValue): string => (typeof value === 'string' ? value : JSON.stringify(value));
