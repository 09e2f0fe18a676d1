import type { Condition } from '@hermes/contracts/rule';
import { withComparisons } from './each-comparison.ts';
import { referenceIn } from './expected-value.ts';
import { personName, type PersonRef, personRefOf } from './person-fact.ts';

const named = new WeakMap<Condition, readonly PersonRef[]>();

/** What of the person the condition asks for, each once; looked for once in a condition. */
export function personsNamed(condition: Condition): readonly PersonRef[] {
  let those = named.get(condition);
  if (those === undefined) named.set(condition, (those = namedIn(condition)));
  return those;
}

function namedIn(condition: Condition): readonly PersonRef[] {
  const found = new Map<string, PersonRef>();
  withComparisons(condition, (leaf) => {
    for (const place of [leaf, referenceIn(leaf)]) {
      const ref = place && personRefOf(place);
      if (ref !== undefined) found.set(personName(ref), ref);
    }
    return leaf;
  });
  return [...found.values()];
}
