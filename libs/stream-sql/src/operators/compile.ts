import { compileCast } from '../functions/cast.ts';
import { SCALAR_FUNCTIONS } from '../functions/registry.ts';
import type { EvaluationSettings, Evaluator } from '../functions/signature.ts';
import type { PlanExpression } from '../plan/expression.ts';
import type { DataType, Row, Value } from '../types/data-type.ts';

/** Turns a typed expression into a function of the input row. All types are settled here, none is asked for per row. */
export function compile(expression: PlanExpression, settings: EvaluationSettings): Evaluator {
  switch (expression.kind) {
    case 'input': {
      const { index } = expression;
      return (row) => row[index]!;
    }
    case 'field': {
      const of = compile(expression.of, settings);
      const { index } = expression;
      return (row) => {
        const value = of(row);
        return value === null ? null : (value as Row)[index]!;
      };
    }
    case 'literal': {
      const value = literalValue(expression.value, expression.type);
      return () => value;
    }
    case 'cast':
      return compileCast(
        compile(expression.operand, settings),
        expression.operand.type,
        expression.type,
        expression.safe,
        settings,
      );
    case 'case': {
      const whens = expression.whens.map(({ when, then }) => ({
        when: compile(when, settings),
        then: compile(then, settings),
      }));
      const otherwise = compile(expression.otherwise, settings);
      return (row) => {
        for (const { when, then } of whens) if (when(row) === true) return then(row);
        return otherwise(row);
      };
    }
    case 'call': {
      const fn = SCALAR_FUNCTIONS.get(expression.name);
      if (fn === undefined)
        throw new Error(`the plan names the function ${expression.name}, which this version does not have`);
      const args = expression.arguments.map((argument) => compile(argument, settings));
      return fn.compile(
        args,
        expression.arguments.map((argument) => argument.type),
        expression.type,
        settings,
      );
    }
  }
}

function literalValue(value: null | boolean | number | string, type: DataType): Value {
  return value !== null && (type.kind === 'BIGINT' || type.kind === 'DECIMAL') ? BigInt(value) : value;
}
