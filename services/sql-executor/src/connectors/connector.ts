import type { ColumnBatch } from '@hermes/stream-sql/engine/column-batch';
import type { RowKind } from '@hermes/stream-sql/engine/operator';
import type { LookupAnswer } from '@hermes/stream-sql/engine/operators/lookup-join';
import type { Row } from '@hermes/stream-sql/values/data-type';

/**
 * How the outside comes into a run and goes out of it. A connector knows its outside system and nothing of plans, checkpoints on disk or
 * other connectors; the run (worker/) knows nothing of systems. Everything here lives in one process and one thread.
 */

/** Where reading of one split (a Kafka partition, a file) goes on: JSON, kept in checkpoints. */
export type Position = null | number | string | readonly Position[] | { readonly [key: string]: Position };

export interface BadRecord {
  readonly code: string;
  readonly reason: string;
  /** The record for the dead letter: bytes as they came, and where from. */
  readonly record: OriginalRecord;
}

/** A record as it came, for the dead letter. */
export interface OriginalRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | undefined>>;
}

/** Rows of one split, in its order. Good until the handler has returned. */
export interface SourceBatch {
  readonly split: number;
  readonly rows: ColumnBatch;
  /** Records that gave no row, with their reason; they are counted and become dead letters. */
  readonly bad: readonly BadRecord[];
  /** Records left out without a word (`json.ignore-parse-errors`). */
  readonly skipped: number;
  /** All records that the batch stands for, bad and skipped ones too. */
  readonly records: number;
  /** The record of a row, when an expression on it fails: `rows.records[row]` says which. */
  original(record: number): OriginalRecord;
  /** Records behind the batch that are not read yet; undefined where nobody knows. */
  readonly lag: number | undefined;
  /** Milliseconds since 1970 at which some of the records were received by the platform, for latencies. */
  readonly receivedMs: readonly number[];
}

export interface SourceHandlers {
  /** Asked before a batch is made: a promise to wait for where the run has enough for now. */
  ready(): Promise<void> | undefined;
  /** Takes the batch whole before it returns; one at a time over all splits. What it throws ends the source with `onFailed`. */
  onBatch(batch: SourceBatch): void;
  /** A bounded source has read a split to its end. */
  onEnd(split: number): void;
  /** Reading cannot go on. `final`: starting the run again would meet the same. */
  onFailed(failure: { readonly code: string; readonly message: string; readonly final: boolean }): void;
}

/** Reads a table. */
export interface Source {
  /**
   * Finds the splits and where each begins: at its position in `restored`, else where the table's options say. Resolves with the positions of all splits;
   * nothing is read before `start`. Rejects with FinalFailure when `restored` means nothing any more.
   */
  open(restored: ReadonlyMap<number, Position> | undefined): Promise<ReadonlyMap<number, Position>>;
  start(handlers: SourceHandlers): void;
  /** Where reading goes on after everything that `onBatch` has taken. */
  positions(): ReadonlyMap<number, Position>;
  /** Resolves when no handler runs any more. */
  close(): Promise<void>;
}

/**
 * Takes a table's rows. The run calls `write` as rows come, `cut` when it makes a checkpoint, and `deliver` once the checkpoint is on disk; after a crash,
 * `deliver` again, in another process, with the same bytes. So `deliver` must be harmless twice.
 */
export interface Sink {
  /** Throws EvaluationError for a row that the target does not take: its record becomes a dead letter where nothing stands between them that keeps state. */
  check?(row: Row): void;
  write(kind: RowKind, row: Row): void;
  /** Bytes and rows that wait for the next checkpoint, or to be acknowledged: the run stops reading when they are many. */
  readonly waiting: { readonly rows: number; readonly bytes: number };
  /** Everything written since the last cut, as blocks for the checkpoint. */
  cut(): readonly Block[];
  /** Sends a checkpoint's blocks in order; resolves when all are acknowledged, rejects when that is not sure (it is tried again). */
  deliver(place: CheckpointPlace, blocks: readonly Block[]): Promise<void>;
  /** Rows leave as they come, and `cut` has none of them. Absent where they wait for the checkpoint. */
  readonly direct?: DirectSink;
  close(): Promise<void>;
}

export interface DirectSink {
  /** Sends what was written until now and waits for nothing; what goes wrong is said by `flush`. */
  send(): void;
  /**
   * As `send`, and resolves when all is acknowledged, with the number of rows since the last time. A checkpoint is on disk only after that. When it rejects, it
   * is called again, and sends again what was not taken.
   */
  flush(): Promise<number>;
}

export interface Block {
  readonly rows: number;
  readonly bytes: Buffer;
}

/** What makes a delivery recognizable: the same in another process after a crash. */
export interface CheckpointPlace {
  readonly run: string;
  /** The sink's node in the plan. */
  readonly sink: number;
  readonly checkpoint: number;
  /** The checkpoint's instant. */
  readonly at: string;
}

export type LookedUp = LookupAnswer['rows'];

/** Answers the rows of an outside table for keys. */
export interface LookupTable {
  /** One answer for each key, in order: the rows that match, none when there are none; or why what is there is no row of the table. */
  lookUp(keys: readonly Row[], signal: AbortSignal): Promise<readonly LookedUp[]>;
  /** Whether a rejection is worth another attempt: the server is away, busy, or slow. */
  isPassing(error: unknown): boolean;
  close(): Promise<void>;
}
