import { groupKey, subjectIn } from '@hermes/feature-counting/state-of-subject';
import { Frames, valueIn } from '@hermes/profiles/features/feature-view';
import type { FeatureLookup } from '@hermes/rules/feature-fact';
import type { StepContext } from '@hermes/stream-runtime/logic';
import type { RuleSet } from './rule-set.ts';

/** The features of a subject that are counted for rules, as of an instant: computed when a rule asks for them. */
export function featuresOf(
  set: RuleSet,
  context: Pick<StepContext<unknown, unknown>, 'get'>,
  subject: string,
  atMs: number,
): FeatureLookup {
  const frames = new Frames(atMs);
  return (id, version = 0) => {
    const feature = set.featureOf(id, version);
    return feature && valueIn(frames, feature, subjectIn(context.get(groupKey(subject, feature.group))));
  };
}
