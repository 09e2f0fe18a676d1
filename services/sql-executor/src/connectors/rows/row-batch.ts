import type { ColumnBatch } from '@hermes/stream-sql/engine/column-batch';
import type { Row } from '@hermes/stream-sql/values/data-type';

/**
 * Rows as a batch. `places`: for each column of the table its place in the rows, undefined where nobody reads it. `records[i]` is the record
 * of row `i`; by default its own number.
 */
export function rowBatch(
  rows: readonly Row[],
  places: readonly (number | undefined)[],
  records: Int32Array = Int32Array.from(rows, (_, i) => i),
): ColumnBatch {
  return {
    length: rows.length,
    records,
    columns: places.map((place) => {
      if (place === undefined) return undefined;
      const values = rows.map((row) => row[place]!);
      return { kind: 'value', values, nulls: Uint8Array.from(values, (value) => (value === null ? 1 : 0)) };
    }),
  };
}
