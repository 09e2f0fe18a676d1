import type { DataType } from '../values/data-type.ts';
import type { PlanExpression } from './expression.ts';

/**
 * What a job does, checked and typed: the only thing that a run needs. JSON, so that the process which runs it needs no parser and
 * two plans can be compared. Nodes stand in topological order: a node's inputs have smaller indices. Common parts of
 * several INSERTs (a source, a view) are one node with several readers.
 */
export interface StreamPlan {
  readonly formatVersion: 2;
  readonly settings: PlanSettings;
  readonly nodes: readonly PlanNode[];
}

export interface PlanSettings {
  /** `table.local-time-zone`, IANA name; default UTC. */
  readonly timeZone: string;
  /** `table.exec.source.idle-timeout`; 0: never. */
  readonly idleTimeoutMs: number;
  /** `table.exec.sink.not-null-enforcer` */
  readonly notNullEnforcer: 'ERROR' | 'DROP';
  /** `table.exec.sink.type-length-enforcer` */
  readonly typeLengthEnforcer: 'IGNORE' | 'TRIM_PAD' | 'ERROR';
  /** `table.exec.state.ttl`; 0: kept for ever. */
  readonly stateTtlMs: number;
  /** `table.exec.mini-batch.*`; null: off. */
  readonly miniBatch: { readonly latencyMs: number; readonly rows: number } | null;
  /** `execution.checkpointing.interval`; null: whoever runs the plan says. */
  readonly checkpointIntervalMs: number | null;
  /** Whether rows that come too late for their window are handed out (they are counted always). */
  readonly keepLateRows: boolean;
}

/** An output column. `attribute`: it is a time attribute, which windows, temporal joins and OVER ask for. */
export interface Column {
  readonly name: string;
  readonly type: DataType;
  readonly attribute: 'rowtime' | 'proctime' | null;
}

/**
 * What changes a node's rows may bring: `append` only +I; `retract` -U before +U, and -D; `upsert`: +I, +U and -D by `uniqueKey`, without -U
 * (only where every reader can do with that). A -D of an upsert stream has the key's columns right, the others may be NULL.
 */
export type Changelog = 'append' | 'retract' | 'upsert';

interface NodeBase {
  /** Indices of nodes in the plan. */
  readonly inputs: readonly number[];
  readonly columns: readonly Column[];
  readonly changelog: Changelog;
  /** Columns by which at most one row exists; null when none are known. */
  readonly uniqueKey: readonly number[] | null;
}

export type PlanNode = NodeBase &
  (
    | SourceNode
    | ChangelogNormalizeNode
    | CalcNode
    | WindowNode
    | GroupAggregateNode
    | WindowAggregateNode
    | OverNode
    | RankNode
    | DeduplicateNode
    | JoinNode
    | IntervalJoinNode
    | TemporalJoinNode
    | LookupJoinNode
    | UnionNode
    | UnnestNode
    | ValuesNode
    | SinkNode
  );

export type NodeKind = PlanNode['kind'];

/** A table as CREATE TABLE declares it, checked against the description of its connector. */
export interface TablePlan {
  readonly name: string;
  readonly connector: string;
  /** All options with their values as text, `connector` too, variables replaced, defaults of the connector's description filled in. */
  readonly options: Readonly<Record<string, string>>;
  readonly columns: readonly TableColumn[];
  readonly watermark: {
    readonly column: number;
    /** On the row of all columns. */
    readonly expression: PlanExpression;
  } | null;
  readonly primaryKey: readonly number[];
  /** Where the text declares it, for problems that only a server knows. */
  readonly at: { readonly line: number; readonly column: number };
}

export type TableColumn = Column &
  (
    | { readonly kind: 'physical' }
    | { readonly kind: 'metadata'; readonly key: string; readonly virtual: boolean }
    /** On the row of all columns; refers to physical and metadata columns only. `PROCTIME()` is a call. */
    | { readonly kind: 'computed'; readonly expression: PlanExpression }
  );

/** Output: all columns of the table (those that nobody reads are in `unread` and NULL). */
export interface SourceNode {
  readonly kind: 'source';
  readonly table: TablePlan;
  readonly unread: readonly number[];
  /**
   * What is read of the columns that are not `unread`, by readers, computed columns and the watermark: a column, or fields of a ROW within it (the column,
   * then fields). Whatever else a ROW has need not be decoded.
   */
  readonly paths: readonly (readonly number[])[];
}

/**
 * What changes mean, from changes that may come again, lack the row before, or name a deleted row by its key alone: one row is kept for each key
 * (Flink's ChangelogNormalize). A -U says nothing: the +U or -D after it does.
 */
export interface ChangelogNormalizeNode {
  readonly kind: 'changelog-normalize';
  readonly key: readonly number[];
}

/** Filter and projection; projections are on the input row. Only a condition that is TRUE keeps a row. */
export interface CalcNode {
  readonly kind: 'calc';
  readonly condition: PlanExpression | null;
  readonly projections: readonly PlanExpression[];
}

export type WindowSpec =
  | { readonly kind: 'tumble'; readonly sizeMs: number; readonly offsetMs: number }
  | { readonly kind: 'hop'; readonly slideMs: number; readonly sizeMs: number; readonly offsetMs: number }
  | { readonly kind: 'cumulate'; readonly stepMs: number; readonly sizeMs: number; readonly offsetMs: number }
  | { readonly kind: 'session'; readonly gapMs: number; readonly partition: readonly number[] };

/**
 * A window table function: each input row once for each of its windows, followed by window_start, window_end (TIMESTAMP(3)) and window_time (the
 * time attribute's type). Where an aggregate, rank, deduplication or join over the window follows, the planner folds it into that
 * node's `window` instead and this node is not there.
 */
export interface WindowNode {
  readonly kind: 'window';
  readonly window: WindowSpec;
  readonly time: number;
}

export interface AggregateCall {
  /** A key of the registry in `builtin/`. */
  readonly function: string;
  /** Indices of input columns; none for COUNT(*). */
  readonly arguments: readonly number[];
  readonly distinct: boolean;
  /** Index of a BOOLEAN input column: only rows where it is TRUE count. */
  readonly filter: number | null;
  readonly type: DataType;
}

/** Output: the keys, then the aggregates. Without keys there is one row from the first input row on. */
export interface GroupAggregateNode {
  readonly kind: 'group-aggregate';
  /** Of a hint; absent: as the settings say. */
  readonly stateTtlMs?: number;
  readonly keys: readonly number[];
  readonly aggregates: readonly AggregateCall[];
}

/**
 * Aggregates of a window by keys. `window` over the time attribute `time`; or `attached`: the input has window_start and window_end in these
 * columns already (a window aggregate over the result of another). Output: the keys, the aggregates, then those of window_start, window_end,
 * window_time that `properties` names. Event time: emitted when the watermark passes the end; rows later than that are late.
 */
export interface WindowAggregateNode {
  readonly kind: 'window-aggregate';
  readonly window: WindowSpec | { readonly kind: 'attached'; readonly start: number; readonly end: number };
  readonly time: number;
  readonly keys: readonly number[];
  readonly aggregates: readonly AggregateCall[];
  readonly properties: readonly ('window_start' | 'window_end' | 'window_time')[];
}

/**
 * Input columns, then one column for each aggregate. In the order of a time attribute (`sort` null): each row leaves once, in time. Else in the order
 * of `sort`, with frames of all rows before: rows leave as they come, and are updated.
 */
export interface OverNode {
  readonly kind: 'over';
  readonly partition: readonly number[];
  readonly order: number;
  /** Of the column `order`. */
  readonly sort: SortKey | null;
  readonly frame:
    | { readonly kind: 'rows'; readonly preceding: number | null }
    | { readonly kind: 'range'; readonly precedingMs: number | null };
  readonly aggregates: readonly AggregateCall[];
}

/** Columns of a row's window; whether it ends by event time or by processing time. */
export interface WindowBounds {
  readonly start: number;
  readonly end: number;
  readonly eventTime: boolean;
}

export interface SortKey {
  readonly column: number;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * Rows `from` to `to` (from 1) of each partition by ROW_NUMBER; `rankColumn`: the number is the last output column. `window`: per window
 * (columns of window_start and window_end, also in `partition`), emitted once when the watermark passes its end.
 */
export interface RankNode {
  readonly kind: 'rank';
  readonly partition: readonly number[];
  readonly order: readonly SortKey[];
  readonly from: number;
  readonly to: number;
  readonly rankColumn: boolean;
  readonly window: WindowBounds | null;
}

/** The first or the last row of each key by a time attribute. `window` as in RankNode. */
export interface DeduplicateNode {
  readonly kind: 'deduplicate';
  readonly partition: readonly number[];
  readonly order: number;
  readonly keep: 'first' | 'last';
  readonly window: WindowBounds | null;
}

/** How long the rows of a join's sides are kept. */
export interface StateTtl {
  readonly left: number | null;
  readonly right: number | null;
}

export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti';

/**
 * Output: left columns, right columns (semi and anti: left only). Rows match when all pairs of keys are equal (NULL equals nothing) and
 * `condition` on both rows is TRUE. `window`: both sides carry the window in these columns (equal bounds are part of the keys) and the join is
 * computed when the watermark passes the window's end.
 */
export interface JoinNode {
  readonly kind: 'join';
  /** Of a hint, for each side that it names; else as the settings say. */
  readonly stateTtlMs?: StateTtl;
  readonly type: JoinType;
  readonly leftKeys: readonly number[];
  readonly rightKeys: readonly number[];
  readonly condition: PlanExpression | null;
  readonly window: { readonly leftEnd: number; readonly rightEnd: number; readonly eventTime: boolean } | null;
}

/** left.time is between right.time + lowerMs and right.time + upperMs, both included. Append only. */
export interface IntervalJoinNode {
  readonly kind: 'interval-join';
  readonly type: JoinType;
  readonly leftKeys: readonly number[];
  readonly rightKeys: readonly number[];
  readonly condition: PlanExpression | null;
  readonly leftTime: number;
  readonly rightTime: number;
  readonly lowerMs: number;
  readonly upperMs: number;
  /** Whether times are event times. */
  readonly eventTime: boolean;
}

/**
 * Each left row with the row that stood under its key at its time (event time), among those of the right side. Output: left columns, right columns. A
 * row leaves when the watermark has passed its time, with the kind with which it came.
 */
export interface TemporalJoinNode {
  readonly kind: 'temporal-join';
  readonly type: 'inner' | 'left';
  readonly leftKeys: readonly number[];
  readonly rightKeys: readonly number[];
  /** On both rows. */
  readonly condition: PlanExpression | null;
  readonly leftTime: number;
  readonly rightTime: number;
  /** -U of the right side says nothing. Else it ends the version whose time it has, as a -D does. */
  readonly dropsBefore: boolean;
}

/** Asks an outside table by keys. Output: input columns, then the table's columns. */
export interface LookupJoinNode {
  readonly kind: 'lookup-join';
  readonly table: TablePlan;
  readonly type: 'inner' | 'left';
  /** Table column = expression on the input row. */
  readonly keys: readonly { readonly column: number; readonly value: PlanExpression }[];
  /** Input rows for which it is not TRUE are not looked up (inner: dropped; left: with NULLs). */
  readonly inputCondition: PlanExpression | null;
  /** On the joined row. */
  readonly condition: PlanExpression | null;
  readonly unread: readonly number[];
  readonly lookup: LookupSettings;
}

/** How requests run beside each other: `table.exec.async-lookup.*` and the LOOKUP hint. Options of the table (cache, ...) are in `table.options`. */
export interface LookupSettings {
  /** Rows leave in the order in which they came (Flink's default); false: as answers come, for append input only. */
  readonly ordered: boolean;
  /** Input rows that wait for answers at once. */
  readonly capacity: number;
  readonly timeoutMs: number;
  /** Ask again for keys that have no row: `retry-predicate` = lookup_miss. */
  readonly retryMissed: { readonly attempts: number; readonly delayMs: number } | null;
}

/** All rows of all inputs; same types in the same order. */
export interface UnionNode {
  readonly kind: 'union';
}

/** Input columns, then the elements of a collection: ARRAY and MULTISET one column (or the fields of a ROW element), MAP two. */
export interface UnnestNode {
  readonly kind: 'unnest';
  readonly collection: PlanExpression;
  readonly type: 'inner' | 'left';
  readonly ordinality: boolean;
}

export interface ValuesNode {
  readonly kind: 'values';
  readonly rows: readonly (readonly PlanExpression[])[];
}

/** `table` null: the result of a SELECT (preview). Input columns are the written columns of the table in its order. */
export interface SinkNode {
  readonly kind: 'sink';
  readonly table: TablePlan | null;
  /** Target columns that INSERT INTO names; null: all. */
  readonly written: readonly number[] | null;
  /** Indices of the key by which rows replace each other at the target; null: append or retract. */
  readonly upsertKey: readonly number[] | null;
}
