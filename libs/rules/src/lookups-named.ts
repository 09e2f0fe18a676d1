import type { Condition, LeafCondition, RuleDraft } from '@hermes/contracts/rule';
import type { RuleAction } from '@hermes/contracts/rule-action';
import { withComparisons } from './each-comparison.ts';
import { referenceIn } from './expected-value.ts';
import { type LookupRef, lookupRefOf } from './lookup-fact.ts';
import { placesOfAction } from './resolve-actions.ts';

const inConditions = new WeakMap<Condition, readonly LookupRef[]>();
const inActions = new WeakMap<readonly RuleAction[], readonly LookupRef[]>();

/** What a comparison looks up: itself, and what it compares with. */
export const lookupsOf = (leaf: LeafCondition): readonly LookupRef[] =>
  [leaf, referenceIn(leaf)].map((place) => place && lookupRefOf(place)).filter((ref) => ref !== undefined);

/** What a rule looks up, in its conditions and for its actions, each once; looked for once in each of them. */
export function lookupsNamed({ conditions, actions }: Pick<RuleDraft, 'conditions' | 'actions'>): readonly LookupRef[] {
  const asked = kept(inConditions, conditions, askedIn);
  if (actions === undefined) return asked;
  const read = kept(inActions, actions, readBy);
  return read.length === 0 ? asked : eachOnce([...asked, ...read]);
}

function kept<Of extends object>(
  known: WeakMap<Of, readonly LookupRef[]>,
  of: Of,
  find: (of: Of) => readonly LookupRef[],
): readonly LookupRef[] {
  let those = known.get(of);
  if (those === undefined) known.set(of, (those = eachOnce(find(of))));
  return those;
}

function askedIn(condition: Condition): readonly LookupRef[] {
  const found: LookupRef[] = [];
  withComparisons(condition, (leaf) => {
    found.push(...lookupsOf(leaf));
    return leaf;
  });
  return found;
}

const readBy = (actions: readonly RuleAction[]): readonly LookupRef[] =>
  actions.flatMap((action) => placesOfAction(action).flatMap(({ place }) => lookupRefOf(place) ?? []));

const eachOnce = (refs: readonly LookupRef[]): readonly LookupRef[] => [
  ...new Map(refs.map((ref) => [JSON.stringify(ref), ref])).values(),
];
