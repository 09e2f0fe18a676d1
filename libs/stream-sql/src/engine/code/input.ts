import type { PlanExpression } from '../../planner/expression.ts';
import type { DataType } from '../../values/data-type.ts';

/** A value in generated code: a name or a literal, so it may be written several times. */
export interface Atom {
  readonly code: string;
  readonly nullable: boolean;
}

/**
 * Where generated code finds the columns of an input row: an array, two arrays of a join, the columns of a batch, or the projections of a calc
 * that is not computed until something needs it.
 */
export interface Input {
  /** Either code to be kept in a name, or an expression to compile on another input. */
  column(index: number, type: DataType): Source;
  /** A field of a ROW column without making the row, where the input can. */
  field?(index: number, path: readonly number[], type: DataType): Source | undefined;
  /** Code of a test whether a text column that is not NULL is this text, without making the string. */
  isText?(index: number, text: string): { readonly test: string; readonly isNull: string } | undefined;
  /** Code of an array of all columns, where there is one already. */
  readonly whole?: string;
}

export type Source =
  | { readonly kind: 'code'; readonly code: string; readonly nullable: boolean }
  | { readonly kind: 'expression'; readonly expression: PlanExpression; readonly on: Input };

/** A decimal with too many digits is NULL, even where its type says NOT NULL (Flink's way). */
export const mayBeNull = (type: DataType): boolean => type.nullable || type.kind === 'DECIMAL';

/** A row that is an array with this name. */
export function rowInput(name: string): Input {
  return {
    whole: name,
    column: (index, type) => ({ kind: 'code', code: `${name}[${index}]`, nullable: mayBeNull(type) }),
  };
}

/** The rows of a join, side by side. With outer joins a side may be all NULLs: the plan's types say so. */
export function pairInput(left: string, right: string, leftWidth: number): Input {
  return {
    column: (index, type) => ({
      kind: 'code',
      code: index < leftWidth ? `${left}[${index}]` : `${right}[${index - leftWidth}]`,
      nullable: mayBeNull(type),
    }),
  };
}

/** The output of a calc, computed from its own input when it is needed. */
export function projectedInput(projections: readonly PlanExpression[], on: Input): Input {
  return {
    column: (index) => ({ kind: 'expression', expression: projections[index]!, on }),
    field: (index, path, type) => {
      const expression = projections[index]!;
      return expression.kind === 'input' ? on.field?.(expression.index, path, type) : undefined;
    },
    isText: (index, text) => {
      const expression = projections[index]!;
      return expression.kind === 'input' ? on.isText?.(expression.index, text) : undefined;
    },
  };
}
