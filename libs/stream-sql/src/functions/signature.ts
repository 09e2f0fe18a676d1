import type { DataType, Row, Value } from '../types/data-type.ts';
import type { Zone } from '../types/zone.ts';

/** Computes one value from an input row. */
export type Evaluator = (row: Row) => Value;

/** What evaluation may depend on beside the row: nothing but the job's settings. */
export interface EvaluationSettings {
  /** `table.local-time-zone` */
  readonly zone: Zone;
}

export interface Resolution {
  readonly result: DataType;
  /** The types that the arguments are cast to before the call; as many as the arguments. */
  readonly parameters: readonly DataType[];
}

/** One scalar function or operator. A new one is an entry in the registry; plan and compiler need no change. */
export interface ScalarFunction {
  readonly name: string;
  /** As a person would write it; shown when the arguments do not fit. */
  readonly syntax: string;
  /** `undefined` when the function does not take these types. */
  resolve(args: readonly DataType[]): Resolution | undefined;
  compile(
    args: readonly Evaluator[],
    types: readonly DataType[],
    result: DataType,
    settings: EvaluationSettings,
  ): Evaluator;
}

/** An evaluation that has no answer (division by zero, a CAST that fails): the record goes to the dead letters with this. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
  /** Stable, kebab-case. */
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** NULL in, NULL out: `compute` sees no null. */
export function strict(args: readonly Evaluator[], compute: (...values: Exclude<Value, null>[]) => Value): Evaluator {
  const [a, b, c] = args;
  if (a === undefined) return () => compute();
  if (b === undefined) {
    return (row) => {
      const x = a(row);
      return x === null ? null : compute(x);
    };
  }
  if (c === undefined) {
    return (row) => {
      const x = a(row);
      if (x === null) return null;
      const y = b(row);
      return y === null ? null : compute(x, y);
    };
  }
  return (row) => {
    const values: Exclude<Value, null>[] = [];
    for (const arg of args) {
      const value = arg(row);
      if (value === null) return null;
      values.push(value);
    }
    return compute(...values);
  };
}

export const anyNullable = (types: readonly DataType[]): boolean => types.some((type) => type.nullable);
