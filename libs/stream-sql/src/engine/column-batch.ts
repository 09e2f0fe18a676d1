import type { Value } from '../values/data-type.ts';

/**
 * The rows of a source as a format's reader leaves them: one array for each column, reused from batch to batch, so that whoever keeps a
 * value keeps the value and never the column. Row `i` is at `i` of each column, `0 <= i < length`. Metadata columns (offset, timestamp, ...) are
 * columns like the others. What the plan's source node names in `unread` has no column.
 */
export interface ColumnBatch {
  readonly length: number;
  /** By the index of the table's column (physical and metadata). */
  readonly columns: readonly (BatchColumn | undefined)[];
  /** Which record row `i` came from: its place in the batch that was read, for dead letters. */
  readonly records: Int32Array;
  /** RowKinds (engine/operator.ts) where the source brings changes; absent: every row is +I. */
  readonly kinds?: Uint8Array;
}

/**
 * `nulls[i]` is 1 where the value is NULL (`values[i]` then means nothing); the array is always there.
 * - `number`: all types whose value is a number, and `Integer`s as long as they are safe; `big` has the others by row (else it is empty);
 * - `boolean`: 0 or 1;
 * - `text`: CHAR and VARCHAR as UTF-8 bytes [starts[i], ends[i]) of `bytes`, made a string only by `at(i)`; the bytes are gone with the batch;
 * - `row`: a ROW's fields as columns of their own, by field (undefined: unread);
 * - `value`: everything else, as values.
 */
export type BatchColumn =
  | {
      readonly kind: 'number';
      readonly values: Float64Array;
      readonly nulls: Uint8Array;
      readonly big: ReadonlyMap<number, bigint>;
    }
  | { readonly kind: 'boolean'; readonly values: Uint8Array; readonly nulls: Uint8Array }
  | TextColumn
  | { readonly kind: 'row'; readonly nulls: Uint8Array; readonly fields: readonly (BatchColumn | undefined)[] }
  | { readonly kind: 'value'; readonly values: readonly Value[]; readonly nulls: Uint8Array };

export interface TextColumn {
  readonly kind: 'text';
  readonly nulls: Uint8Array;
  /** The text of row `i`, which is not NULL. */
  at(i: number): string;
  /** Whether row `i`, which is not NULL, is exactly these UTF-8 bytes; without making a string. */
  is(i: number, utf8: Uint8Array): boolean;
}
