import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { withComparisons } from './each-comparison.ts';
import { referenceIn } from './expected-value.ts';
import { type LookupRef, lookupRefOf } from './lookup-fact.ts';

const named = new WeakMap<Condition, readonly LookupRef[]>();

/** What a comparison looks up: itself, and what it compares with. */
export const lookupsOf = (leaf: LeafCondition): readonly LookupRef[] =>
  [leaf, referenceIn(leaf)].map((place) => place && lookupRefOf(place)).filter((ref) => ref !== undefined);

/** What the condition looks up, each once; looked for once in a condition. */
export function lookupsNamed(condition: Condition): readonly LookupRef[] {
  let those = named.get(condition);
  if (those === undefined) named.set(condition, (those = namedIn(condition)));
  return those;
}

function namedIn(condition: Condition): readonly LookupRef[] {
  const found = new Map<string, LookupRef>();
  withComparisons(condition, (leaf) => {
    for (const ref of lookupsOf(leaf)) found.set(JSON.stringify(ref), ref);
    return leaf;
  });
  return [...found.values()];
}
