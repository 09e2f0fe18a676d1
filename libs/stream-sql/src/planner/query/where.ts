import type { Expression } from '../../syntax/tree-expression.ts';
import type { ResolveContext } from '../expression/context.ts';
import { conjunctsOf } from '../expression/parts.ts';
import { resolveCondition } from '../expression/resolve.ts';
import { where } from '../relation/calc.ts';
import type { Relation } from '../relation/relation.ts';
import { resolveColumn } from '../scope/scope.ts';
import type { QueryEnvironment } from './environment.ts';
import type { FromClause } from './from.ts';
import { subQueryJoin, subQueryOf } from './sub-query.ts';

/** WHERE: conditions, and IN and EXISTS with sub-queries as joins. Throws SqlRefusal. */
export function filtered(
  from: FromClause,
  node: Expression,
  intercept: NonNullable<ResolveContext['intercept']>,
  environment: QueryEnvironment,
): Relation {
  const context: ResolveContext = { place: 'WHERE', column: ({ path }) => resolveColumn(from.scope, path), intercept };
  const nodes = conjunctNodes(node);
  const plain = nodes.filter((each) => subQueryOf(each) === undefined);
  const conjuncts = plain.flatMap((each) => conjunctsOf(resolveCondition(each, context)));
  const relation = where(from.relation, conjuncts, node.at);
  return nodes.reduce((all, each) => {
    const subQuery = subQueryOf(each);
    return subQuery === undefined ? all : subQueryJoin(all, from.scope, subQuery, environment);
  }, relation);
}

const conjunctNodes = (node: Expression): readonly Expression[] =>
  node.kind === 'binary' && node.operator === 'AND'
    ? [...conjunctNodes(node.left), ...conjunctNodes(node.right)]
    : [node];
