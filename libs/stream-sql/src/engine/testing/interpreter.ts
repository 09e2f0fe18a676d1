import type { EvaluationContext } from '../../builtin/signature.ts';
import type { PlanExpression } from '../../planner/expression.ts';
import type { Row, Value } from '../../values/data-type.ts';
import type { FunctionLibrary } from '../function-library.ts';

/** Whether a condition is TRUE. Where that is all that is asked for, AND stops at NULL, too, so that what stands behind it cannot fail. */
export function holds(
  condition: PlanExpression,
  row: Row,
  functions: FunctionLibrary,
  context: EvaluationContext,
): boolean {
  const part = (of: PlanExpression): boolean => holds(of, row, functions, context);
  if (condition.kind === 'call' && condition.name === 'AND') return condition.arguments.every(part);
  if (condition.kind === 'call' && condition.name === 'OR') return condition.arguments.some(part);
  return interpret(condition, row, functions, context) === true;
}

/** Walks the tree of an expression: what generated code must agree with. */
export function interpret(
  expression: PlanExpression,
  row: Row,
  functions: FunctionLibrary,
  context: EvaluationContext,
): Value {
  const of = (part: PlanExpression): Value => interpret(part, row, functions, context);
  switch (expression.kind) {
    case 'input':
      return row[expression.index]!;
    case 'literal':
      return functions.literal(expression.type, expression.value);
    case 'field': {
      const value = of(expression.of);
      return value === null ? null : (value as Row)[expression.index]!;
    }
    case 'cast': {
      const value = of(expression.operand);
      if (value === null) return null;
      return functions.cast(expression.operand.type, expression.type, expression.safe, context)(value);
    }
    case 'case': {
      for (const { when, then } of expression.whens) if (holds(when, row, functions, context)) return of(then);
      return of(expression.otherwise);
    }
    case 'call': {
      const { name, arguments: args } = expression;
      if (name === 'AND' || name === 'OR') return logic(args, name === 'OR', of);
      if (name === 'COALESCE') {
        for (const argument of args) {
          const value = of(argument);
          if (value !== null) return value;
        }
        return null;
      }
      if (name === 'IF') return of(holds(args[0]!, row, functions, context) ? args[1]! : args[2]!);
      const fn = functions.scalar(name)!;
      const values = args.map(of);
      if (fn.nulls === 'strict' && values.includes(null)) return null;
      const call = fn.evaluate(
        args.map(({ type }) => ({ type, literal: undefined })),
        expression.type,
        context,
      );
      return call(...(values as Exclude<Value, null>[]));
    }
  }
}

function logic(args: readonly PlanExpression[], stop: boolean, of: (part: PlanExpression) => Value): Value {
  let result: Value = !stop;
  for (const argument of args) {
    const value = of(argument);
    if (value === stop) return stop;
    if (value === null) result = null;
  }
  return result;
}
