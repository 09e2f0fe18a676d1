import type { DataType } from '../types/data-type.ts';
import type { PlanExpression } from './expression.ts';

/**
 * What a job does, checked and typed: the only thing that a run needs. JSON, so that the process which runs it needs no
 * parser, and so that two plans can be compared. A later `formatVersion` is for a change that old checkpoints do not fit.
 */
export interface JobPlan {
  readonly formatVersion: 1;
  readonly settings: JobSettings;
  readonly source: KafkaSourcePlan;
  /** From the source's rows to the sink's, in order. */
  readonly operators: readonly OperatorPlan[];
  readonly sink: SinkPlan;
}

export interface JobSettings {
  /** `table.local-time-zone`, IANA name; default UTC. */
  readonly timeZone: string;
  /** `table.exec.source.idle-timeout`; 0 means never. */
  readonly idleTimeoutMs: number;
  /** `table.exec.sink.not-null-enforcer` */
  readonly notNullEnforcer: 'ERROR' | 'DROP';
}

export type SourceColumn = { readonly name: string; readonly type: DataType } & (
  | { readonly kind: 'physical' }
  | { readonly kind: 'metadata'; readonly key: MetadataKey }
  /** `AS PROCTIME()`: the instant at which the record is processed. */
  | { readonly kind: 'proctime' }
  /** On the row of all columns; it refers to physical and metadata columns only. */
  | { readonly kind: 'computed'; readonly expression: PlanExpression }
);

export type MetadataKey = 'timestamp' | 'partition' | 'offset' | 'topic';

export interface KafkaSourcePlan {
  readonly connector: 'kafka';
  readonly table: string;
  readonly topic: string;
  readonly startup: 'earliest-offset' | 'latest-offset';
  readonly ignoreParseErrors: boolean;
  readonly failOnMissingField: boolean;
  readonly timestampFormat: 'SQL' | 'ISO-8601';
  readonly columns: readonly SourceColumn[];
  /** `expression` is on the row of all columns and answers the watermark that this row stands for. */
  readonly watermark: { readonly column: number; readonly expression: PlanExpression } | null;
}

/** A column and where the text declares it, for problems that only a server knows. */
export interface PlacedColumn {
  readonly name: string;
  readonly type: DataType;
  readonly at: { readonly line: number; readonly column: number };
}

/** How profiles are asked for. */
export interface LookupSettings {
  /** null: no answer is used twice. */
  readonly cache: {
    /** `lookup.partial-cache.expire-after-write` */
    readonly expireMs: number;
    readonly maxRows: number;
    /** Whether it is remembered too that a subject is not known. */
    readonly cacheMissingKey: boolean;
  } | null;
  /** `lookup.timeout`: of one request. */
  readonly timeoutMs: number;
}

/** `unread`: declared, and used by no expression; it is not asked for, and NULL. */
export type LookupColumn = PlacedColumn & { readonly role: 'subject' | 'feature' | 'unread' };

/**
 * A lookup join: always the first operator. Output row: the input row, then `columns`. An inner join leaves out rows whose
 * subject is not known, a left join gives NULLs.
 */
export interface LookupPlan {
  readonly kind: 'lookup';
  readonly connector: 'hermes-profile';
  readonly join: 'inner' | 'left';
  /** Rows for which it is not TRUE are neither looked up nor passed on. */
  readonly condition: PlanExpression | null;
  /** The subject. */
  readonly key: PlanExpression;
  readonly columns: readonly LookupColumn[];
  readonly settings: LookupSettings;
}

export interface CalcPlan {
  readonly kind: 'calc';
  readonly condition: PlanExpression | null;
  readonly projections: readonly PlanExpression[];
}

export type AggregateName = 'COUNT' | 'SUM' | 'AVG' | 'MIN' | 'MAX';

export interface AggregatePlan {
  readonly function: AggregateName;
  /** Index in the input row; null for COUNT(*). */
  readonly argument: number | null;
  readonly argumentType: DataType | null;
  /** Index of the FILTER condition in the input row. */
  readonly filter: number | null;
  readonly type: DataType;
}

/**
 * A TUMBLE window with aggregates by key. Output row: window_start, window_end (TIMESTAMP), window_time (the time
 * attribute's type), the keys, the aggregates. It comes when the watermark passes the window's end.
 */
export interface WindowAggregatePlan {
  readonly kind: 'window-aggregate';
  readonly window: { readonly kind: 'tumble'; readonly sizeMs: number; readonly offsetMs: number };
  readonly time: number;
  readonly timeKind: 'TIMESTAMP' | 'TIMESTAMP_LTZ';
  readonly keys: readonly { readonly index: number; readonly type: DataType }[];
  readonly aggregates: readonly AggregatePlan[];
}

export type OperatorPlan = LookupPlan | CalcPlan | WindowAggregatePlan;

export type SinkPlan = ClickHouseSinkPlan | ProfileSinkPlan;

export interface ClickHouseSinkPlan {
  readonly connector: 'clickhouse';
  /** Where the text declares it, for problems that only the server knows. */
  readonly at: { readonly line: number; readonly column: number };
  readonly table: string;
  /** Order of the output row. */
  readonly columns: readonly { readonly name: string; readonly type: DataType }[];
  /** Make the table when it is missing. */
  readonly create: { readonly orderBy: readonly string[]; readonly partitionBy: string | null } | null;
}

/** `allowed`: the only values that the attribute takes, as far as somebody has asked; the text does not say. */
export type AttributeColumn = PlacedColumn & { readonly allowed?: readonly (string | number | boolean)[] };

/** Rows become events that set the subject's attributes. */
export interface ProfileSinkPlan {
  readonly connector: 'hermes-profile';
  readonly at: { readonly line: number; readonly column: number };
  readonly table: string;
  /** Order of the output row: `subject`, and an attribute by each other name. */
  readonly columns: readonly AttributeColumn[];
  /** Index of `subject`. */
  readonly subject: number;
}
