import type { Span } from './tree-node.ts';

/** Why a text is refused: where, what, and what to write instead. It may stand where contracts' `SqlProblem` is asked for. */
export interface Problem extends Span {
  /** One sentence without a full stop. */
  readonly message: string;
  readonly hint?: string;
}

/** Thrown inside parser and planner for the first thing that is wrong in a statement; callers see `Problem` values. */
export class SqlRefusal extends Error {
  override readonly name = 'SqlRefusal';
  readonly problem: Problem;
  constructor(at: Span, message: string, hint?: string) {
    super(`${at.line}:${at.column} ${message}`);
    this.problem = {
      line: at.line,
      column: at.column,
      endLine: at.endLine,
      endColumn: at.endColumn,
      message,
      ...(hint === undefined ? {} : { hint }),
    };
  }
}

/** Refuses a construct of Flink SQL that this engine does not run (yet): never a wrong answer instead. */
export function refuse(at: Span, construct: string, hint: string): never {
  throw new SqlRefusal(at, `${construct} is not supported`, hint);
}
