import type { ResolveContext } from '../expression/context.ts';
import type { PlanExpression } from '../expression.ts';
import type { Relation } from '../relation/relation.ts';
import type { QueryEnvironment } from './environment.ts';
import { quantifiedValue } from './quantified.ts';
import { existsValue, inValue, scalarValue, type SubQueryValue } from './sub-query-values.ts';
import { textOf, type SubQueryNode } from './sub-query-nodes.ts';

/** A relation with columns more, and what its sub-queries mean on its row. */
export interface WithSubQueries {
  readonly relation: Relation;
  readonly context: ResolveContext;
}

/**
 * The relation joined with what sub-queries answer. Its columns stay where they are. A sub-query is joined once, however often it stands
 * there. Throws SqlRefusal.
 */
export function withSubQueries(
  relation: Relation,
  subQueries: readonly SubQueryNode[],
  context: ResolveContext,
  environment: QueryEnvironment,
): WithSubQueries {
  const found = new Map<string, PlanExpression>();
  let all = relation;
  const extended: ResolveContext = {
    ...context,
    intercept: (node) => {
      const own = found.size === 0 ? undefined : found.get(textOf(node));
      return own ?? context.intercept?.(node);
    },
  };
  for (const node of subQueries) {
    if (extended.intercept?.(node) !== undefined) continue;
    const { relation: joined, value } = valueOf(all, node, extended, environment);
    all = joined;
    found.set(textOf(node), value);
  }
  return { relation: all, context: found.size === 0 ? context : extended };
}

function valueOf(
  relation: Relation,
  node: SubQueryNode,
  context: ResolveContext,
  environment: QueryEnvironment,
): SubQueryValue {
  const outer = { relation, context };
  switch (node.kind) {
    case 'scalar-query':
      return scalarValue(node, outer, environment);
    case 'exists':
      return existsValue(node, outer, environment);
    case 'in-query':
      return inValue(node, outer, environment);
    case 'quantified': {
      const { query } = node.right;
      const isIn = node.operator === '=' && node.quantifier === 'SOME';
      const isNotIn = node.operator === '<>' && node.quantifier === 'ALL';
      return isIn || isNotIn
        ? inValue({ kind: 'in-query', operand: node.operand, query, negated: isNotIn, at: node.at }, outer, environment)
        : quantifiedValue(node, query, outer, environment);
    }
  }
}
