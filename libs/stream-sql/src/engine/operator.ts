import type { Row } from '../values/data-type.ts';

/** Flink's RowKind, with its byte values: +I, -U, +U, -D. */
export const RowKind = { insert: 0, updateBefore: 1, updateAfter: 2, delete: 3 } as const;
export type RowKind = (typeof RowKind)[keyof typeof RowKind];

/** Whether a row of this kind adds (+I, +U) or takes back (-U, -D). */
export const adds = (kind: RowKind): boolean => (kind & 1) === 0;

/** Where a node's rows go: one input of the next node. */
export interface Output {
  push(kind: RowKind, row: Row): void;
}

/** Where a sink's rows go. */
export interface SinkOutput extends Output {
  /** Throws EvaluationError for a row that the target does not take. Whatever is pushed has been asked for before. */
  check?(row: Row): void;
}
