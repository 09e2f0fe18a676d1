import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Expression, Operation } from '../../syntax/tree-expression.ts';
import type { PlanExpression } from '../expression.ts';
import { join } from '../relation/join.ts';
import { inputAt, type Relation } from '../relation/relation.ts';
import { childrenOf } from './contains-aggregate.ts';
import type { QueryEnvironment } from './environment.ts';
import type { FromClause } from './from.ts';
import { queryRelation } from './query.ts';

type ScalarQuery = Operation & { readonly kind: 'scalar-query' };

/**
 * FROM with one column more for each sub-query that stands in the place of a value: NULL while the sub-query has no row. The names of FROM stay what they
 * are; `intercept` says which column a sub-query is. Throws SqlRefusal for sub-queries that may have several rows.
 */
export function withScalarQueries(
  from: FromClause,
  nodes: readonly Expression[],
  environment: QueryEnvironment,
): { readonly from: FromClause; intercept(node: Expression): PlanExpression | undefined } {
  const found = new Map<Expression, PlanExpression>();
  const relation = nodes.flatMap(scalarQueriesIn).reduce((all, node) => {
    const joined = join(all, scalarRelation(node, environment), 'left', [], node.at);
    found.set(node, inputAt(joined, all.columns.length));
    return joined;
  }, from.relation);
  return { from: { ...from, relation }, intercept: (node) => found.get(node) };
}

function scalarQueriesIn(node: Expression): readonly ScalarQuery[] {
  return node.kind === 'scalar-query' ? [node] : childrenOf(node).flatMap(scalarQueriesIn);
}

function scalarRelation(node: ScalarQuery, environment: QueryEnvironment): Relation {
  const relation = queryRelation(node.query, environment);
  if (relation.columns.length !== 1)
    throw new SqlRefusal(
      node.at,
      `a sub-query in the place of a value has ${relation.columns.length} columns`,
      'select one column',
    );
  if (!hasOneRow(relation))
    return refuse(
      node.at,
      'a sub-query in the place of a value that may have several rows',
      'aggregate without GROUP BY: (SELECT MAX(x) FROM t); or write a join with ON',
    );
  return relation;
}

/** An aggregate of all rows, whatever is computed of it. */
const hasOneRow = (relation: Relation): boolean =>
  relation.kind === 'calc'
    ? relation.conjuncts.length === 0 && hasOneRow(relation.input)
    : relation.kind === 'group-aggregate' && relation.keys.length === 0;
