import { resolve } from '../../planner/expression/resolve.ts';
import type { PlanExpression } from '../../planner/expression.ts';
import { parseExpressionText } from '../../syntax/parse.ts';
import { castFor } from '../../values/cast.ts';
import type { DataType, Value } from '../../values/data-type.ts';
import { valueOfLiteral } from '../../values/literal.ts';
import { zoneOf } from '../../values/zone.ts';
import { scalarFunction } from '../registry.ts';
import type { Argument, EvaluationContext } from '../signature.ts';

export const contextIn = (zoneName: string): EvaluationContext => ({
  zone: zoneOf(zoneName),
  zoneName,
  now: () => 1_700_000_000_000,
  random: () => 0.5,
});
export const context = contextIn('UTC');

/** The value and type of an expression without columns. Throws what the parser, the planner or the functions throw. */
export function evaluateText(
  text: string,
  within: EvaluationContext = context,
): { readonly value: Value; readonly type: DataType } {
  const parsed = parseExpressionText(text);
  if (parsed.kind === 'refused') throw new Error(parsed.problem.message);
  const expression = resolve(parsed.expression, {
    column: () => {
      throw new Error('no columns here');
    },
    place: 'a test',
  });
  return { value: evaluate(expression, within), type: expression.type };
}

function evaluate(expression: PlanExpression, within: EvaluationContext): Value {
  const inner = (one: PlanExpression): Value => evaluate(one, within);
  switch (expression.kind) {
    case 'literal':
      return valueOfLiteral(expression.value, expression.type);
    case 'cast': {
      const value = inner(expression.operand);
      const cast = castFor(expression.operand.type, expression.type, expression.safe, within);
      if (cast === undefined) throw new Error('no such cast');
      return value === null ? null : cast(value);
    }
    case 'case': {
      const found = expression.whens.find(({ when }) => inner(when) === true);
      return inner(found === undefined ? expression.otherwise : found.then);
    }
    case 'call': {
      const found = scalarFunction(expression.name);
      if (found === undefined) throw new Error(`no function ${expression.name}`);
      const values = expression.arguments.map(inner);
      if (found.nulls === 'strict' && values.includes(null)) return null;
      const args: Argument[] = expression.arguments.map((argument) => ({
        type: argument.type,
        literal: argument.kind === 'literal' ? valueOfLiteral(argument.value, argument.type) : undefined,
      }));
      return found.evaluate(args, expression.type, within)(...(values as Exclude<Value, null>[]));
    }
    default:
      throw new Error(`no ${expression.kind} here`);
  }
}
