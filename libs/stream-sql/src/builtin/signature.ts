import type { DataType, Value } from '../values/data-type.ts';
import type { Zone } from '../values/zone.ts';

/** What an evaluation may depend on beside its arguments. The library has no clock and no random: the caller gives both. */
export interface EvaluationContext {
  /** `table.local-time-zone` */
  readonly zone: Zone;
  readonly zoneName: string;
  /** Milliseconds since 1970 UTC, the same for all rows of a batch. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** Milliseconds since 1970 up to which the rows of the source have come, -Infinity at first; only where expressions follow a source. */
  readonly watermarkMs?: () => number;
}

/** An argument as the text gives it: its type, and its value where it is a literal (formats, paths, units, lengths). */
export interface Argument {
  readonly type: DataType;
  readonly literal: Value | undefined;
}

export interface Resolution {
  readonly result: DataType;
  /** The types that the arguments are cast to before the call; as many as the arguments. */
  readonly parameters: readonly DataType[];
}

/** One scalar function or operator of Flink's. A new one is an entry in the registry; parser, planner and code need no change. */
export interface ScalarFunction {
  /** As plans name it: upper case, or the operator's sign. */
  readonly name: string;
  /** As Flink's documentation writes it; shown when the arguments do not fit, and in the table of functions. */
  readonly syntax: string;
  /** Of Flink's own chapters: comparison, logical, arithmetic, string, temporal, conditional, conversion, collection, json, value, hash. */
  readonly family: string;
  /** `strict`: NULL for any NULL argument, and `evaluate` sees none. `own`: it decides itself. */
  readonly nulls: 'strict' | 'own';
  /** The answer may differ from call to call (never folded at planning): NOW, RAND, UUID, ... */
  readonly volatile?: boolean;
  /** `undefined` when the function does not take these; a text says more precisely why. */
  resolve(args: readonly Argument[]): Resolution | string | undefined;
  /** The function on values; types are those of `Resolution.parameters`. Throws EvaluationError. */
  evaluate(
    args: readonly Argument[],
    result: DataType,
    context: EvaluationContext,
  ): (...values: Exclude<Value, null>[]) => Value;
  /**
   * A JavaScript expression that computes the same from argument expressions that are not null (for `strict`), each free of side effects and
   * a name or a literal; `undefined` where there is none for these types. It may be null only where the result type is nullable beside its arguments.
   */
  inline?(args: readonly string[], types: readonly DataType[], result: DataType): string | undefined;
}

/** An evaluation that has no answer (division by zero, a CAST that fails). */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
  /** Stable, kebab-case. */
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** State of one group: the slots of all its aggregates side by side. A slot holds a Value or, for collections, a Map that may change. */
export type Slots = (Value | Map<Value, Value>)[];

/** An aggregate bound to its types. It keeps its state in `width` slots from `at` on and nowhere else, so state is saved as values. */
export interface BoundAggregate {
  readonly width: number;
  start(slots: Slots, at: number): void;
  /** With NULL arguments too; most ignore them. */
  add(slots: Slots, at: number, ...args: Value[]): void;
  /** Takes a row back that was added. Absent when the aggregate cannot (the planner then refuses it over updating input). */
  retract?(slots: Slots, at: number, ...args: Value[]): void;
  /** Adds all of another's rows: slices of windows, sessions that grow together. Absent when order matters. */
  merge?(slots: Slots, at: number, other: Slots, otherAt: number): void;
  result(slots: Slots, at: number): Value;
}

export interface AggregateFunction {
  readonly name: string;
  readonly syntax: string;
  resolve(args: readonly Argument[]): Resolution | string | undefined;
  /** `retracting`: rows may be taken back, so MIN, MAX, FIRST_VALUE, ... keep all values with counts instead of the best alone. */
  bind(args: readonly Argument[], result: DataType, context: EvaluationContext, retracting: boolean): BoundAggregate;
}
