import type { EvaluationContext } from '../../builtin/signature.ts';
import type { PlanNode, PlanSettings } from '../../planner/plan.ts';
import type { DataType, Row } from '../../values/data-type.ts';
import type { Zone } from '../../values/zone.ts';
import type { PairOutput } from '../code/stage-code.ts';
import type { FunctionLibrary } from '../function-library.ts';
import type { Output, RowKind, SinkOutput } from '../operator.ts';
import type { StateReader, StateWriter } from '../state/state-codec.ts';
import type { Clock } from '../state/state-table.ts';

/** A part of an operator's state, which a snapshot writes whole or by what changed since the one before. */
export interface KeptState {
  /** Estimated, of memory. */
  readonly bytes: number;
  write(writer: StateWriter, all: boolean): void;
  apply(reader: StateReader): void;
  /** Takes all that another of its kind keeps, which is of no use then. The next write has to be a whole one. Throws RangeError for another kind. */
  takeOver(from: object): void;
}

/** A node with state (or with more than one row out for one in). Everything it keeps is in `tables`, or small and in `write`. */
export interface Operator {
  /** One for each input of the node. */
  readonly inputs: readonly Output[];
  readonly tables: readonly KeptState[];
  /** Columns of an input that are its rows' times: NULL there is a bad row. */
  readonly required?: readonly (readonly number[])[];
  /** Asked by the stages of sources and lookup joins, so that a row that is not taken is a bad row. */
  readonly intake?: Intake;
  /** The least watermark of the inputs has moved. */
  onWatermark?(watermarkMs: number): void;
  /** What the node's readers may rely on, where it is behind the inputs' watermark. */
  readonly watermark?: number;
  /** When `onTime` wants to be called next; Infinity: never. */
  readonly nextTimeMs?: number;
  /** Processing time has reached `nextTimeMs`. */
  onTime?(nowMs: number): void;
  /** Hands out what it holds back for the sake of fewer updates (mini-batch). */
  flush?(): void;
  readonly lateRows?: number;
  /** What is not in tables and small; written whole at each checkpoint. */
  write?(writer: StateWriter): void;
  read?(reader: StateReader): void;
  /** State has been read: what is derived from it is made anew. */
  restored?(): void;
}

/** An input in two steps: whether a row is taken can be asked before any row of its record goes anywhere. */
export interface Intake {
  /** The row as it is taken; undefined: it is left out. Throws EvaluationError. */
  check(kind: RowKind, row: Row): Row | undefined;
  /** Takes rows that were checked. */
  readonly checked: Output;
}

/** What an operator is made of, beside its node. */
export interface OperatorSetup {
  readonly index: number;
  /** Of the whole plan. */
  readonly nodes: readonly PlanNode[];
  /** The nodes that it reads. */
  readonly inputs: readonly PlanNode[];
  readonly settings: PlanSettings;
  readonly functions: FunctionLibrary;
  readonly context: EvaluationContext;
  readonly clock: Clock;
  readonly zone: Zone;
  /** Where its rows go; a sink's: its target. */
  readonly output: SinkOutput;
  /** The same for rows of two sides: made where it is asked for. */
  pairOutput(leftWidth: number, bad?: OperatorSetup['bad']): PairOutput;
  /** A row of the input that failed while nothing of it was pushed. Throws the error where it cannot be set aside. */
  bad(error: unknown, row: Row): void;
  /** A row that came too late. */
  late(row: Row): void;
}

export const columnTypes = (node: PlanNode): readonly DataType[] => node.columns.map(({ type }) => type);
