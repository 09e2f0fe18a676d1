import type { RuleDraft } from '@hermes/contracts/rule';
import type { RuleAction } from '@hermes/contracts/rule-action';
import { isFactReference } from './fact-reference.ts';
import { type FeatureRef, featureRefOf } from './feature-fact.ts';
import { featuresNamed, previousNamed, withFeatureVersions } from './features-named.ts';
import { placesOfAction } from './resolve-actions.ts';

type Asking = Pick<RuleDraft, 'conditions' | 'actions'>;

const ofActions = new WeakMap<readonly RuleAction[], readonly FeatureRef[]>();

function featuresOfActions(actions: readonly RuleAction[]): readonly FeatureRef[] {
  let those = ofActions.get(actions);
  if (those === undefined) {
    those = actions.flatMap((action) => placesOfAction(action).flatMap((place) => featureRefOf(place) ?? []));
    ofActions.set(actions, those);
  }
  return those;
}

/** Features that a rule asks for, in its conditions and for its actions, each once. */
export function featuresOfRule({ conditions, actions }: Asking): readonly FeatureRef[] {
  const asked = featuresNamed(conditions);
  if (actions === undefined) return asked;
  const all = new Map([...asked, ...featuresOfActions(actions)].map((one) => [`${one.id} ${one.version ?? ''}`, one]));
  return all.size === asked.length ? asked : [...all.values()];
}

/** All that has to be counted for a rule: those, and what was before at the places of which it asks that. */
export function featuresCounted(rule: Asking): readonly FeatureRef[] {
  const before = previousNamed(rule.conditions);
  return before.length === 0 ? featuresOfRule(rule) : [...featuresOfRule(rule), ...before];
}

/** The rule's conditions and actions with the version of each feature that they ask for. */
export function withVersionsOfFeatures<D extends Asking>(draft: D, versionOf: (id: string) => number): D {
  const { conditions, actions } = draft;
  return {
    ...draft,
    conditions: withFeatureVersions(conditions, versionOf),
    ...(actions === undefined ? {} : { actions: actions.map((action) => versioned(action, versionOf) as RuleAction) }),
  };
}

function versioned(value: unknown, versionOf: (id: string) => number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isFactReference(value)) {
    const feature = featureRefOf(value);
    return feature === undefined ? value : { ...value, params: { id: feature.id, version: versionOf(feature.id) } };
  }
  if (Array.isArray(value)) return value.map((item: unknown) => versioned(item, versionOf));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, versioned(item, versionOf)]));
}
