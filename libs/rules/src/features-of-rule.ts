import type { RuleDraft } from '@hermes/contracts/rule';
import type { RuleAction } from '@hermes/contracts/rule-action';
import { isFactReference } from './fact-reference.ts';
import { countedFor, type FeatureRef, featureRefOf, type PinnedFeature, pinnedParams } from './feature-fact.ts';
import { eachOnce, featuresAsked, featuresNamed, withFeatureVersions } from './features-named.ts';
import { placesOfAction } from './resolve-actions.ts';

type Asking = Pick<RuleDraft, 'conditions' | 'actions'>;

const ofActions = new WeakMap<readonly RuleAction[], readonly FeatureRef[]>();

function featuresOfActions(actions: readonly RuleAction[]): readonly FeatureRef[] {
  let those = ofActions.get(actions);
  if (those === undefined) {
    those = actions.flatMap((action) => placesOfAction(action).flatMap(({ place }) => featureRefOf(place) ?? []));
    ofActions.set(actions, those);
  }
  return those;
}

/** Features as a rule asks for them, in its conditions and for its actions, each once. */
export function featuresAskedBy({ conditions, actions }: Asking): readonly FeatureRef[] {
  const asked = featuresAsked(conditions);
  if (actions === undefined) return asked;
  const all = eachOnce([...asked, ...featuresOfActions(actions)]);
  return all.length === asked.length ? asked : all;
}

/** Features that have to be counted for a rule, each once: for a ratio those that it divides. */
export function featuresOfRule({ conditions, actions }: Asking): readonly FeatureRef[] {
  const named = featuresNamed(conditions);
  if (actions === undefined) return named;
  const all = eachOnce([...named, ...featuresOfActions(actions).flatMap(countedFor)]);
  return all.length === named.length ? named : all;
}

/** The rule's conditions and actions with the version of each feature that they ask for. */
export function withVersionsOfFeatures<D extends Asking>(draft: D, pinnedTo: (id: string) => PinnedFeature): D {
  const { conditions, actions } = draft;
  return {
    ...draft,
    conditions: withFeatureVersions(conditions, pinnedTo),
    ...(actions === undefined ? {} : { actions: actions.map((action) => versioned(action, pinnedTo) as RuleAction) }),
  };
}

function versioned(value: unknown, pinnedTo: (id: string) => PinnedFeature): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isFactReference(value)) {
    const feature = featureRefOf(value);
    return feature === undefined ? value : { ...value, params: pinnedParams(feature.id, pinnedTo(feature.id)) };
  }
  if (Array.isArray(value)) return value.map((item: unknown) => versioned(item, pinnedTo));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, versioned(item, pinnedTo)]));
}
