import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { previousRefOf } from './change-operators.ts';
import { withComparisons } from './each-comparison.ts';
import { referenceIn } from './expected-value.ts';
import { type FactReference, isFactReference } from './fact-reference.ts';
import { type FeatureRef, featureRefOf } from './feature-fact.ts';

const named = new WeakMap<Condition, readonly FeatureRef[]>();

/** Features that the condition asks for, each once; looked for once in a condition. */
export function featuresNamed(condition: Condition): readonly FeatureRef[] {
  let those = named.get(condition);
  if (those === undefined) named.set(condition, (those = namedIn(condition)));
  return those;
}

const kept = new WeakMap<Condition, readonly FeatureRef[]>();

/** What is counted for the condition's comparisons of change, each once; looked for once in a condition. */
export function previousNamed(condition: Condition): readonly FeatureRef[] {
  let those = kept.get(condition);
  if (those === undefined) kept.set(condition, (those = previousIn(condition)));
  return those;
}

function previousIn(condition: Condition): readonly FeatureRef[] {
  const found = new Map<string, FeatureRef>();
  withComparisons(condition, (leaf) => {
    const previous = previousRefOf(leaf);
    if (previous !== undefined) found.set(previous.id, previous);
    return leaf;
  });
  return [...found.values()];
}

function namedIn(condition: Condition): readonly FeatureRef[] {
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
export const withFeatureVersions = (condition: Condition, versionOf: (id: string) => number): Condition =>
  withComparisons(condition, (leaf) => ({ ...versioned(leaf, versionOf), value: versionedValue(leaf, versionOf) }));

function versioned<P extends FactReference>(place: P, versionOf: (id: string) => number): P {
  const feature = featureRefOf(place);
  return feature === undefined ? place : { ...place, params: { id: feature.id, version: versionOf(feature.id) } };
}

function versionedValue(leaf: LeafCondition, versionOf: (id: string) => number): unknown {
  const reference = referenceIn(leaf);
  if (reference === undefined) return leaf.value;
  const named = versioned(reference, versionOf);
  return isFactReference(leaf.value) ? named : { ...(leaf.value as object), of: named };
}
