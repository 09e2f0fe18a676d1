import type { Expression } from '../../syntax/tree-expression.ts';
import { conjunctsOf } from '../expression/parts.ts';
import { resolveCondition } from '../expression/resolve.ts';
import type { PlanExpression } from '../expression.ts';
import { where } from '../relation/calc.ts';
import type { Relation } from '../relation/relation.ts';
import type { QueryEnvironment } from './environment.ts';
import { subQueryJoin, subQueryOf } from './sub-query.ts';
import { withSubQueries } from './sub-query-columns.ts';
import { subQueriesIn } from './sub-query-nodes.ts';
import type { Around } from './sub-query-values.ts';

/**
 * The rows that pass a condition: IN and EXISTS with sub-queries are joins where they stand alone or between ANDs, and columns more where they stand in an
 * expression. `simplified` as in CarriedFrom. Throws SqlRefusal.
 */
export function filtered(
  around: Around,
  node: Expression,
  environment: QueryEnvironment,
  simplified: (conjunct: PlanExpression) => readonly PlanExpression[] = (conjunct) => [conjunct],
): Relation {
  const nodes = conjunctNodes(node);
  const plain = nodes.filter((each) => subQueryOf(each) === undefined);
  const { relation, context } = withSubQueries(
    around.relation,
    plain.flatMap(subQueriesIn),
    around.context,
    environment,
  );
  const conjuncts = plain.flatMap((each) => conjunctsOf(resolveCondition(each, context))).flatMap(simplified);
  const passed = where(relation, conjuncts, node.at);
  return nodes.reduce((all, each) => {
    const subQuery = subQueryOf(each);
    return subQuery === undefined ? all : subQueryJoin({ relation: all, context }, subQuery, environment);
  }, passed);
}

export const conjunctNodes = (node: Expression): readonly Expression[] =>
  node.kind === 'binary' && node.operator === 'AND'
    ? [...conjunctNodes(node.left), ...conjunctNodes(node.right)]
    : [node];
