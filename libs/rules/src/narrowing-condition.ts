import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { isInterval, isScalar } from './comparison.ts';
import type { Likelihood } from './likelihood.ts';

/** One comparison with literals by which rules can be found from what an event holds: none of the others may fire. */
export type Narrow =
  | { readonly kind: 'values'; readonly leaf: LeafCondition; readonly values: readonly unknown[] }
  | { readonly kind: 'range'; readonly leaf: LeafCondition };

/** A comparison as a way to find its rule; undefined where it is none. */
function narrowOf(leaf: LeafCondition): Narrow | undefined {
  const { operator, value } = leaf;
  // Another fact would be computed for each event, to find rules that other conditions rule out.
  if (leaf.fact !== 'event') return undefined;
  if (operator === 'in')
    return Array.isArray(value) ? { kind: 'values', leaf, values: value.filter(isScalar) } : undefined;
  if (operator === 'became') return isScalar(value) ? { kind: 'values', leaf, values: [value] } : undefined;
  if (!isInterval(leaf) || operator === 'notEqual') return undefined;
  return operator === 'equal' ? { kind: 'values', leaf, values: [value] } : { kind: 'range', leaf };
}

/**
 * Comparisons of which one must hold, or be undecidable, if the condition is to be anything but false: chosen so that they find it for as few
 * events as can be told from the literals. Undefined: it has to be evaluated for every event.
 */
export function narrowsOf(condition: Condition, likelihood: Likelihood): readonly Narrow[] | undefined {
  if ('not' in condition) return undefined;
  if ('any' in condition) {
    const all: Narrow[] = [];
    for (const child of condition.any) {
      const narrows = narrowsOf(child, likelihood);
      if (narrows === undefined) return undefined;
      all.push(...narrows);
    }
    // An empty list is true.
    return all.length === 0 ? undefined : all;
  }
  if ('all' in condition) {
    const choices = condition.all
      .map((child) => narrowsOf(child, likelihood))
      .filter((narrows) => narrows !== undefined)
      .map((narrows) => ({ narrows, share: narrows.reduce((sum, { leaf }) => sum + likelihood.ofLeaf(leaf), 0) }));
    return choices.sort((a, b) => a.share - b.share)[0]?.narrows;
  }
  const narrow = narrowOf(condition);
  return narrow && [narrow];
}
