import type { FeatureValue } from '@hermes/contracts/profile';
import { type RuleKeyValues, ruleKeyValueName } from '@hermes/contracts/rule-keys';
import { groupKey, subjectIn } from '@hermes/feature-counting/state-of-subject';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import { Frames, valueIn } from '@hermes/profiles/features/feature-view';
import type { FeatureLookup } from '@hermes/rules/feature-fact';
import type { StepContext } from '@hermes/stream-runtime/logic';
import type { RuleSet } from './rule-set.ts';

type Stored = Pick<StepContext<unknown, unknown>, 'get'>;

/** The features of a subject that are counted for rules, as of an instant: computed when a rule asks for them. */
export function featuresOf(set: RuleSet, context: Stored, subject: string, atMs: number): FeatureLookup {
  const frames = new Frames(atMs);
  return (id, version = 0) => {
    const feature = set.featureOf(id, version);
    return feature && valueIn(frames, feature, subjectIn(context.get(groupKey(subject, feature.group))));
  };
}

/** What features of a key come to as of an instant, to be taken to where rules are asked. */
export function valuesAt(
  features: readonly CompiledFeature[],
  context: Stored,
  key: string,
  atMs: number,
): RuleKeyValues {
  const frames = new Frames(atMs);
  return Object.fromEntries(
    features.map((feature): [string, FeatureValue] => [
      valueName(feature),
      valueIn(frames, feature, subjectIn(context.get(groupKey(key, feature.group)))),
    ]),
  );
}

const valueName = ({ feature: { id, version } }: CompiledFeature): string => ruleKeyValueName(id, version);

/** The same values, each with the key that it is of. */
export const withKey = (values: RuleKeyValues, key: string): RuleKeyValues =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { ...value, key }]));

/** Values that were gathered, as rules ask for them. */
export const gatheredFeatures =
  (values: RuleKeyValues): FeatureLookup =>
  (id, version = 0) => {
    const name = ruleKeyValueName(id, version);
    return Object.hasOwn(values, name) ? values[name] : undefined;
  };
