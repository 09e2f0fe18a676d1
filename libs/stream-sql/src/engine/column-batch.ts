import type { Row, Value } from '../values/data-type.ts';

/**
 * One column of a batch. `numbers`: FLOAT, DOUBLE, the whole numbers while all are safe integers, times and dates; NULL where `nulls`
 * is 1 (`nulls` null: nowhere). `booleans`: 0 and 1. `values`: any type, NULLs inside. `lazy`: made when it is needed, at most once a row by each
 * reader (texts that are slices of a buffer). `absent`: NULL everywhere (columns that nobody reads).
 */
export type BatchColumn =
  | {
      readonly kind: 'numbers';
      readonly values: Float64Array | Int32Array | Int16Array | Int8Array;
      readonly nulls: Uint8Array | null;
    }
  | { readonly kind: 'booleans'; readonly values: Uint8Array; readonly nulls: Uint8Array | null }
  | { readonly kind: 'values'; readonly values: readonly Value[] }
  | { readonly kind: 'lazy'; at(row: number): Value }
  | { readonly kind: 'absent' };

/**
 * Records of one partition in their order, decoded into columns: one for each column of the source's table, by its index; those of computed
 * columns are not looked at. Arrays may be longer than `length` and may be filled anew after the call that they are handed to: the engine keeps
 * nothing of them but values (a `lazy` text must be a string of its own, not a view).
 */
export interface ColumnBatch {
  readonly length: number;
  readonly columns: readonly BatchColumn[];
}

/** A record that gave no row because an expression above its source failed. `row` is its place in the batch. */
export interface BadRow {
  readonly source: number;
  readonly partition: number;
  readonly row: number;
  readonly code: string;
  readonly reason: string;
}

/** The same as rows: one Value for each column of the table (those of computed columns are not looked at). */
export type RowBatch = readonly Row[];
