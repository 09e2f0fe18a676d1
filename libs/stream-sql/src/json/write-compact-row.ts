import type { DataType, Integer, Row, Value } from '../values/data-type.ts';
import { formatDecimal } from '../values/decimal.ts';
import { formatDate, formatTime, formatTimestamp } from '../values/time-text.ts';

type Write = (value: Exclude<Value, null>) => string;

/**
 * Writes rows as lines of ClickHouse's JSONCompactEachRow: `["a",12,"3.50"]`. Integers past 2^53 and decimals are texts, so
 * that no digit is lost; instants are ISO 8601 in UTC (to be read with date_time_input_format = best_effort).
 */
export function compactRowWriter(types: readonly DataType[]): (row: Row) => string {
  const writers = types.map(nullable);
  return (row) => {
    let text = '[';
    for (let i = 0; i < writers.length; i++) text += `${i === 0 ? '' : ','}${writers[i]!(row[i]!)}`;
    return `${text}]\n`;
  };
}

function nullable(type: DataType): (value: Value) => string {
  const write = writer(type);
  return (value) => (value === null ? 'null' : write(value));
}

function writer(type: DataType): Write {
  switch (type.kind) {
    case 'BIGINT':
    case 'INTERVAL_MS':
      return (value) => `"${String(value)}"`;
    case 'DECIMAL':
      return (value) => `"${formatDecimal(value as Integer, type.scale)}"`;
    case 'DATE':
      return (value) => `"${formatDate(value as number)}"`;
    case 'TIME':
      return (value) => `"${formatTime(value as number, type.precision)}"`;
    case 'TIMESTAMP_LTZ':
      return (value) => `"${formatTimestamp(value as Integer, type.precision).replace(' ', 'T')}Z"`;
    case 'TIMESTAMP':
      return (value) => `"${formatTimestamp(value as Integer, type.precision)}"`;
    case 'FLOAT':
    case 'DOUBLE':
      return (value) =>
        Number.isFinite(value)
          ? String(value)
          : Number.isNaN(value)
            ? '"nan"'
            : (value as number) > 0
              ? '"inf"'
              : '"-inf"';
    case 'ARRAY': {
      const element = nullable(type.element);
      return (value) => `[${(value as Row).map(element).join(',')}]`;
    }
    case 'MAP': {
      const of = nullable(type.value);
      return (value) =>
        `{${[...(value as ReadonlyMap<Value, Value>)].map(([key, each]) => `${JSON.stringify(String(key))}:${of(each)}`).join(',')}}`;
    }
    case 'BINARY':
    case 'VARBINARY':
    case 'ROW':
    case 'MULTISET':
    case 'NULL':
      throw new Error(`no ClickHouse column holds ${type.kind}`);
    default:
      return (value) => JSON.stringify(value);
  }
}
