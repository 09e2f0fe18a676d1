import type { Row } from '../values/data-type.ts';
import type { FunctionLibrary } from './function-library.ts';
import type { SinkOutput } from './operator.ts';

/** A record that gave no row because an expression between its source and the first state failed, or its sink does not take the row. `row` is its place in the batch. */
export interface BadRow {
  readonly source: number;
  readonly partition: number;
  readonly row: number;
  readonly code: string;
  readonly reason: string;
}

/** A row that failed at a lookup join, or between it and the next state: its record is not known any more. */
export interface BadLookup {
  /** The lookup join. */
  readonly node: number;
  /** As it came to the join. */
  readonly row: Row;
  readonly code: string;
  readonly reason: string;
}

/** What a StreamJob needs from whoever runs it. */
export interface StreamJobOptions {
  readonly functions: FunctionLibrary;
  /** In [0, 1): for RAND, UUID, ... */
  readonly random: () => number;
  /** Where the rows of a sink node (its index in the plan) go. Called once for each sink, at the start. */
  readonly sink: (node: number) => SinkOutput;
  /** `dead-letter`: such a record goes to `onBadRow` and the job goes on; `fail`: as in Flink, the run fails. */
  readonly badRows: 'dead-letter' | 'fail';
  readonly onBadRow?: (bad: BadRow) => void;
  /** The same behind lookup joins; without it such a row fails the run. */
  readonly onBadLookup?: (bad: BadLookup) => void;
  /** Rows that came too late for their window, when `keepLateRows` asks for them. */
  readonly onLateRow?: (node: number, row: Row) => void;
  /** `batch`: watermarks move after each batch; `record`: after each record, as Flink's on-event strategy (slow; for comparisons). */
  readonly watermarks?: 'batch' | 'record';
  /** Estimated bytes of all state together beyond which the run fails; default: no limit. */
  readonly stateLimitBytes?: number;
}

/** The computation cannot go on with this state and input: the run fails with the message. Everything else that a job throws is a defect. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
}
