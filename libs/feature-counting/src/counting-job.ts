import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import type { CountingContext } from './state-of-subject.ts';

/** A change of the features in a partition's state, whatever else that holds. */
export interface FeatureInjection {
  readonly keys: readonly string[];
  apply(context: CountingContext): void;
}

/** A processor that counts features in its partitions' state. */
export interface CountingJob {
  /** Its name, in state keys. */
  readonly job: string;
  /** Whose features it counts: of events' subjects, or of other keys. */
  readonly counts: 'subjects' | 'keys';
  /** Partitions that this process owns now. */
  owned(): readonly number[];
  /** The features of the newest definition set; undefined before any. */
  features(): FeatureSet | undefined;
  /** Number of the first definition set that has the feature; undefined when it may be one that is not kept any more. */
  firstSetWith(feature: CompiledFeature): number | undefined;
  inject(partition: number, injection: FeatureInjection): Promise<'applied' | 'not-owned'>;
}
