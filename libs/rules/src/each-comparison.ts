import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { elementSearchOf, withElementCondition } from './element-operators.ts';

/** The condition with each of its comparisons changed, those that are asked of a list's elements too. */
export function withComparisons(condition: Condition, change: (leaf: LeafCondition) => LeafCondition): Condition {
  const changed = (child: Condition): Condition => withComparisons(child, change);
  if ('all' in condition) return { ...condition, all: condition.all.map(changed) };
  if ('any' in condition) return { ...condition, any: condition.any.map(changed) };
  if ('not' in condition) return { ...condition, not: changed(condition.not) };
  const leaf = change(condition);
  return elementSearchOf(leaf) === undefined ? leaf : withElementCondition(leaf, changed);
}
