import type { Expression, Operation } from '../../syntax/tree-expression.ts';
import type { PlanExpression } from '../expression.ts';

export type ColumnNode = Operation & { readonly kind: 'column' };

/** What the place of an expression in the query adds to its meaning. */
export interface ResolveContext {
  column(node: ColumnNode): PlanExpression;
  /** Answers nodes that mean something of their own here (group keys, aggregates, OVER); `undefined` leaves the node to the resolver. */
  intercept?(node: Expression): PlanExpression | undefined;
  /** What stands here, for refusals: 'WHERE', 'GROUP BY', 'a computed column'. */
  readonly place: string;
}
