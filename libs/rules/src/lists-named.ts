import type { Condition } from '@hermes/contracts/rule';
import { withComparisons } from './each-comparison.ts';
import { listAsked } from './list-operators.ts';

const named = new WeakMap<Condition, readonly string[]>();

/** Named lists that the condition asks, each once, in order; looked for once in a condition. */
export function listsNamed(condition: Condition): readonly string[] {
  let those = named.get(condition);
  if (those === undefined) named.set(condition, (those = namedIn(condition)));
  return those;
}

function namedIn(condition: Condition): readonly string[] {
  const found = new Set<string>();
  withComparisons(condition, (leaf) => {
    const id = listAsked(leaf);
    if (id !== undefined) found.add(id);
    return leaf;
  });
  return [...found].sort();
}
