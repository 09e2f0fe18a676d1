import { scalarFunction } from '../../builtin/registry.ts';
import { type EvaluationContext, EvaluationError } from '../../builtin/signature.ts';
import { castFor } from '../../values/cast.ts';
import type { DataType, Value } from '../../values/data-type.ts';
import { literalOf, valueOfLiteral } from '../../values/literal.ts';
import { isBytes, isPrimitive } from '../../values/types.ts';
import type { PlanExpression } from '../expression.ts';
import { withParts } from './parts.ts';

type LiteralExpression = PlanExpression & { readonly kind: 'literal' };

/** An evaluation asked for what is known only when the job runs. */
class NotConstant extends Error {}

const notKnown = (): never => {
  throw new NotConstant();
};
/** Time zone, clock and random belong to the run. */
const context: EvaluationContext = {
  zone: { toLocal: notKnown, toInstant: notKnown },
  get zoneName(): never {
    return notKnown();
  },
  now: notKnown,
  random: notKnown,
};

/** The call's answer where all its arguments are literals and nothing of the run decides it; else, and where it fails, the call itself. */
export function foldCall(call: PlanExpression & { readonly kind: 'call' }): PlanExpression {
  const found = scalarFunction(call.name);
  const args = call.arguments;
  if (found === undefined || found.volatile === true || args.length === 0 || !args.every(isLiteral)) return call;
  const values = args.map((each) => valueOfLiteral(each.value, each.type));
  if (found.nulls === 'strict' && values.includes(null)) return asLiteral(null, call.type) ?? call;
  return (
    evaluated(call.type, () => {
      const argumentsOf = args.map(({ type }, i) => ({ type, literal: values[i]! }));
      return found.evaluate(argumentsOf, call.type, context)(...(values as Exclude<Value, null>[]));
    }) ?? call
  );
}

/** The literal cast to the type; `undefined` where only the run can. */
export function foldCast(operand: LiteralExpression, to: DataType): PlanExpression | undefined {
  const value = valueOfLiteral(operand.value, operand.type);
  if (value === null) return asLiteral(null, to);
  const convert = castFor(operand.type, to, false, context);
  return convert === undefined ? undefined : evaluated(to, () => convert(value));
}

/** The expression with what has become constant computed, after literals were put into it. */
export function refolded(expression: PlanExpression): PlanExpression {
  const made = withParts(expression, refolded);
  if (made.kind === 'call') return foldCall(made);
  if (made.kind === 'cast' && !made.safe && isLiteral(made.operand)) return foldCast(made.operand, made.type) ?? made;
  return made;
}

const isLiteral = (expression: PlanExpression): expression is LiteralExpression => expression.kind === 'literal';

const MAX_LITERAL = 10_000;

function evaluated(type: DataType, evaluate: () => Value): PlanExpression | undefined {
  if (!isPrimitive(type) && !isBytes(type)) return undefined;
  try {
    const value = evaluate();
    // A long text is made by the run, rather than kept in every copy of the plan.
    return typeof value === 'string' && value.length > MAX_LITERAL ? undefined : asLiteral(value, type);
  } catch (error) {
    if (error instanceof NotConstant || error instanceof EvaluationError) return undefined;
    throw error;
  }
}

/** A NULL stays a call where the type says that there is none. */
function asLiteral(value: Value, type: DataType): PlanExpression | undefined {
  if (value === null && !type.nullable) return undefined;
  return { kind: 'literal', value: literalOf(value, type), type };
}
