import type { AggregateFunction, EvaluationContext, ScalarFunction } from '../builtin/signature.ts';
import type { PlanExpression } from '../planner/expression.ts';
import type { DataType, Value } from '../values/data-type.ts';

type Literal = Extract<PlanExpression, { kind: 'literal' }>['value'];

/** What the engine knows of functions: it runs whatever it is given here and decides nothing by a function's name but AND, OR, COALESCE, IF. */
export interface FunctionLibrary {
  scalar(name: string): ScalarFunction | undefined;
  aggregate(name: string): AggregateFunction | undefined;
  /** A cast of values that are not NULL. `safe` (TRY_CAST) answers NULL where it would throw EvaluationError. */
  cast(from: DataType, to: DataType, safe: boolean, context: EvaluationContext): (value: Exclude<Value, null>) => Value;
  /** The same as a JavaScript expression that neither fails nor is NULL, where there is one; the operand is a name or a literal. */
  inlineCast?(operand: string, from: DataType, to: DataType): string | undefined;
  literal(type: DataType, value: Literal): Value;
}
