import type { Expression, Operation } from '../../syntax/tree-expression.ts';
import type { Query } from '../../syntax/tree.ts';
import { childrenOf, containsAggregate, isAggregateCall } from './contains-aggregate.ts';

/** An expression that asks another query. */
export type SubQueryNode = Operation &
  (
    | { readonly kind: 'scalar-query' }
    | { readonly kind: 'in-query' }
    | { readonly kind: 'exists' }
    | { readonly kind: 'quantified'; readonly right: { readonly kind: 'query'; readonly query: Query } }
  );

export const isSubQuery = (node: Expression): node is SubQueryNode =>
  node.kind === 'scalar-query' ||
  node.kind === 'in-query' ||
  node.kind === 'exists' ||
  (node.kind === 'quantified' && node.right.kind === 'query');

/** The sub-queries of an expression, those within operands of others first. */
export function subQueriesIn(node: Expression): readonly SubQueryNode[] {
  const inner = childrenOf(node).flatMap(subQueriesIn);
  return isSubQuery(node) ? [...inner, node] : inner;
}

/** The same without those that an aggregate has among its arguments. */
export function subQueriesOutside(node: Expression): readonly SubQueryNode[] {
  if (node.kind === 'call' && isAggregateCall(node)) return [];
  const inner = childrenOf(node).flatMap(subQueriesOutside);
  return isSubQuery(node) ? [...inner, node] : inner;
}

export const containsSubQuery = (node: Expression): boolean => subQueriesIn(node).length > 0;

/** What two nodes that say the same have in common. */
export const textOf = (node: Expression): string =>
  JSON.stringify(node, (key, value: unknown) => (key === 'at' || key === 'operatorAt' ? undefined : value));

/** Whether the query has one row whatever its tables hold: an aggregate of all rows. */
export function isOfAllRows({ body, limit, offset }: Query): boolean {
  if (limit !== undefined || offset !== undefined || body.kind !== 'select') return false;
  if (body.groupBy !== undefined || body.having !== undefined || body.qualify !== undefined) return false;
  return body.items.some((item) => item.kind === 'expression' && containsAggregate(item.expression));
}
