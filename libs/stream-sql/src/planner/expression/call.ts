import { aggregateFunction, functionNames, scalarFunction } from '../../builtin/registry.ts';
import type { Argument, Resolution } from '../../builtin/signature.ts';
import { SqlRefusal } from '../../syntax/problem.ts';
import type { Span } from '../../syntax/tree-node.ts';
import { valueOfLiteral } from '../../values/literal.ts';
import { closestName } from '../closest-name.ts';
import type { PlanExpression } from '../expression.ts';
import { shownType } from '../shown-type.ts';
import { implicitly } from './cast.ts';
import { foldCall } from './fold.ts';

/** A call of the registry's function with implicit casts of its arguments. Throws SqlRefusal when it does not take them. */
export function call(name: string, args: readonly PlanExpression[], at: Span, shown: string = name): PlanExpression {
  const found = scalarFunction(name);
  if (found === undefined) throw unknownFunction(shown, at);
  const resolution = found.resolve(args.map(argumentOf));
  const { result, parameters } = taken(resolution, shown, found.syntax, args, at);
  return foldCall({
    kind: 'call',
    name: found.name,
    arguments: args.map((argument, i) => implicitly(argument, parameters[i]!)),
    type: result,
  });
}

/** What a signature answered, or a refusal that shows the types that came and the syntax that is there. */
export function taken(
  resolution: Resolution | string | undefined,
  name: string,
  syntax: string,
  args: readonly PlanExpression[],
  at: Span,
): Resolution {
  if (resolution !== undefined && typeof resolution !== 'string') return resolution;
  const types = args.map(({ type }) => shownType(type));
  const message = resolution ?? `${name} does not take ${types.length === 0 ? 'no arguments' : types.join(' and ')}`;
  throw new SqlRefusal(at, message, `it is written ${syntax}`);
}

export const argumentOf = (expression: PlanExpression): Argument => ({
  type: expression.type,
  literal: expression.kind === 'literal' ? valueOfLiteral(expression.value, expression.type) : undefined,
});

export function unknownFunction(name: string, at: Span): SqlRefusal {
  if (aggregateFunction(name) !== undefined)
    return new SqlRefusal(
      at,
      `the aggregate ${name} is not expected here`,
      'aggregates stand in SELECT and HAVING of a query with GROUP BY; compute it in a sub-query',
    );
  const near = closestName(name, functionNames());
  return new SqlRefusal(
    at,
    `the function ${name} is not supported`,
    near === undefined ? 'docs/sql-functions.md lists the functions that are there' : `did you mean ${near}?`,
  );
}
