import type { DataType, Row, Value } from '../types/data-type.ts';
import { formatDecimal } from '../types/decimal.ts';
import { formatTimestamp } from '../types/timestamp.ts';

/**
 * Writes rows as lines of ClickHouse's JSONCompactEachRow: `["a",12,"3.50"]`. Integers past 2^53 and decimals are texts, so
 * that no digit is lost; instants are ISO 8601 in UTC (to be read with date_time_input_format = best_effort).
 */
export function jsonCompactRowWriter(types: readonly DataType[]): (row: Row) => string {
  const writers = types.map(valueWriter);
  return (row) => `[${writers.map((write, i) => (row[i] === null ? 'null' : write(row[i]!))).join(',')}]\n`;
}

function valueWriter(type: DataType): (value: Value) => string {
  switch (type.kind) {
    case 'BIGINT':
      return (value) => `"${String(value)}"`;
    case 'DECIMAL':
      return (value) => `"${formatDecimal(value as bigint, type.scale)}"`;
    case 'TIMESTAMP_LTZ':
      return (value) => `"${formatTimestamp(value as number, 3).replace(' ', 'T')}Z"`;
    case 'TIMESTAMP':
      return (value) => `"${formatTimestamp(value as number, 3)}"`;
    case 'FLOAT':
    case 'DOUBLE':
      return (value) =>
        Number.isFinite(value)
          ? JSON.stringify(value)
          : Number.isNaN(value)
            ? '"nan"'
            : (value as number) > 0
              ? '"inf"'
              : '"-inf"';
    default:
      return (value) => JSON.stringify(value);
  }
}
