import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { previousRefOf } from './change-operators.ts';
import { withComparisons } from './each-comparison.ts';
import { referenceIn } from './expected-value.ts';
import { type FactReference, isFactReference } from './fact-reference.ts';
import { patternConditions } from './memory/memories-named.ts';
import { countedFor, type FeatureRef, featureRefOf, type PinnedFeature, pinnedParams } from './feature-fact.ts';

const asked = new WeakMap<Condition, readonly FeatureRef[]>();
const named = new WeakMap<Condition, readonly FeatureRef[]>();

/** Features as the condition asks for them, each once; looked for once in a condition. */
export function featuresAsked(condition: Condition): readonly FeatureRef[] {
  let those = asked.get(condition);
  if (those === undefined) asked.set(condition, (those = askedIn(condition)));
  return those;
}

const kept = new WeakMap<Condition, readonly FeatureRef[]>();

/** What is counted for the condition's comparisons of change, those of events that it remembers too, each once; looked for once in a condition. */
export function previousNamed(condition: Condition): readonly FeatureRef[] {
  let those = kept.get(condition);
  if (those === undefined) kept.set(condition, (those = previousIn(condition)));
  return those;
}

function previousIn(condition: Condition): readonly FeatureRef[] {
  const found = new Map<string, FeatureRef>();
  for (const one of [condition, ...patternConditions(condition)])
    withComparisons(one, (leaf) => {
      const previous = previousRefOf(leaf);
      if (previous !== undefined) found.set(previous.id, previous);
      return leaf;
    });
  return [...found.values()];
}

/** Features that have to be counted for the condition, each once: for a ratio those that it divides. */
export function featuresNamed(condition: Condition): readonly FeatureRef[] {
  let those = named.get(condition);
  if (those === undefined) named.set(condition, (those = eachOnce(featuresAsked(condition).flatMap(countedFor))));
  return those;
}

export const eachOnce = (features: readonly FeatureRef[]): readonly FeatureRef[] => [
  ...new Map(features.map((one) => [`${one.id} ${String(one.version)}`, one])).values(),
];

function askedIn(condition: Condition): readonly FeatureRef[] {
  const found = new Map<string, FeatureRef>();
  withComparisons(condition, (leaf) => {
    for (const place of [leaf, referenceIn(leaf)]) {
      const feature = place && featureRefOf(place);
      if (feature !== undefined) found.set(JSON.stringify(feature), feature);
    }
    return leaf;
  });
  return [...found.values()];
}

/** The condition with the version of each feature that it asks for; it means the same from then on, whatever becomes of the feature. */
export const withFeatureVersions = (condition: Condition, pinnedTo: (id: string) => PinnedFeature): Condition =>
  withComparisons(condition, (leaf) => ({ ...versioned(leaf, pinnedTo), value: versionedValue(leaf, pinnedTo) }));

function versioned<P extends FactReference>(place: P, pinnedTo: (id: string) => PinnedFeature): P {
  const feature = featureRefOf(place);
  return feature === undefined ? place : { ...place, params: pinnedParams(feature.id, pinnedTo(feature.id)) };
}

function versionedValue(leaf: LeafCondition, pinnedTo: (id: string) => PinnedFeature): unknown {
  const reference = referenceIn(leaf);
  if (reference === undefined) return leaf.value;
  const named = versioned(reference, pinnedTo);
  return isFactReference(leaf.value) ? named : { ...(leaf.value as object), of: named };
}
