import type { Condition } from '@hermes/contracts/rule';
import { withComparisons } from './each-comparison.ts';
import { listAsked } from './list-operators.ts';
import { patternConditions } from './memory/memories-named.ts';

const named = new WeakMap<Condition, readonly string[]>();

/** Named lists that the condition asks, of events that it remembers too, each once, in order; looked for once in a condition. */
export function listsNamed(condition: Condition): readonly string[] {
  let those = named.get(condition);
  if (those === undefined) named.set(condition, (those = namedIn(condition)));
  return those;
}

function namedIn(condition: Condition): readonly string[] {
  const found = new Set<string>();
  for (const one of [condition, ...patternConditions(condition)])
    withComparisons(one, (leaf) => {
      const id = listAsked(leaf);
      if (id !== undefined) found.add(id);
      return leaf;
    });
  return [...found].sort();
}
