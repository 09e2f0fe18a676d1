import type { SqlProblem } from '@hermes/contracts/job';

/** A place in the text; lines and columns count from 1, columns in UTF-16 units as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Thrown inside parser and planner for the first thing that is wrong in a statement; callers see `SqlProblem` values. */
export class SqlRefusal extends Error {
  override readonly name = 'SqlRefusal';
  readonly problem: SqlProblem;
  constructor(at: Position, message: string, hint?: string) {
    super(`${at.line}:${at.column} ${message}`);
    this.problem = { line: at.line, column: at.column, message, ...(hint === undefined ? {} : { hint }) };
  }
}

/** Refuses a construct of Flink SQL that this engine does not run (yet): never a wrong answer instead. */
export function refuse(at: Position, construct: string, hint: string): never {
  throw new SqlRefusal(at, `${construct} is not supported`, hint);
}
