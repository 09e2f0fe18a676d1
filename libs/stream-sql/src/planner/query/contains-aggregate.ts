import { aggregateFunction, scalarFunction } from '../../builtin/registry.ts';
import type { Call, Expression } from '../../syntax/tree-expression.ts';
import { isWindowFunction } from '../window/group-window.ts';

/** Whether the call computes one value of many rows (and is not over a window of OVER). */
export const isAggregateCall = (node: Call): boolean =>
  node.over === undefined &&
  (node.star || (aggregateFunction(node.name) !== undefined && scalarFunction(node.name) === undefined));

/** Whether an aggregate stands anywhere in the expression, outside of its sub-queries. */
export function containsAggregate(node: Expression): boolean {
  if (node.kind === 'json-objectagg' || node.kind === 'json-arrayagg') return true;
  if (node.kind === 'call' && (isAggregateCall(node) || isWindowFunction(node.name))) return true;
  return childrenOf(node).some(containsAggregate);
}

const isExpression = (value: object): value is Expression => 'kind' in value && 'at' in value;

/** Expressions below a node, whatever its form; queries are not looked into. */
export function childrenOf(node: object): readonly Expression[] {
  return Object.entries(node).flatMap(([key, value]: readonly [string, unknown]) => {
    if (key === 'query' || key === 'at' || typeof value !== 'object' || value === null) return [];
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    return items.flatMap((item) => {
      if (typeof item !== 'object' || item === null) return [];
      return isExpression(item) && item.kind !== undefined && !isPart(item) ? [item] : childrenOf(item);
    });
  });
}

/** Nodes with a kind that are no expressions themselves: bounds of frames, behaviors of JSON functions, types. */
const PARTS: ReadonlySet<string> = new Set([
  'preceding',
  'following',
  'unbounded-preceding',
  'unbounded-following',
  'current-row',
  'NULL',
  'ERROR',
  'EMPTY ARRAY',
  'EMPTY OBJECT',
  'DEFAULT',
]);
const isPart = (node: { readonly kind: string }): boolean => PARTS.has(node.kind);
