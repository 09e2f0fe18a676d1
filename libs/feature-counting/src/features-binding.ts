import { featuresTopic } from '@hermes/contracts/topics';
import { EMPTY_FEATURE_SET, type FeatureSet, featureSetOf } from '@hermes/profiles/features/feature-set';
import type { DefinitionsBinding } from '@hermes/stream-runtime/processor-options';

/** How `<project>.features` becomes what profiles are counted and answered by. */
export const featuresBinding = (project: string): DefinitionsBinding<FeatureSet> => ({
  topic: featuresTopic(project),
  build: (number, members) => featureSetOf(number, members),
  empty: EMPTY_FEATURE_SET,
});
