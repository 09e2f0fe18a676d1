import type { StateReader, StateWriter } from '../state/codec.ts';
import type { Row } from '../types/data-type.ts';

export type Emit = (row: Row) => void;

/**
 * One step of a query: a state machine without clock and without I/O. `onRow` either takes the row whole or throws
 * EvaluationError with its state unchanged, so that a bad row can be set aside.
 */
export interface Operator {
  onRow(row: Row, emit: Emit): void;
  /** No row with an event time up to `watermarkMs` is expected any more. Called with growing values only. */
  onWatermark(watermarkMs: number, emit: Emit): void;
  snapshot(writer: StateWriter): void;
  restore(reader: StateReader): void;
}
