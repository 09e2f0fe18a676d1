import { SubjectState } from '@hermes/profiles/features/subject-state';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import type { FeatureInjection } from './counting-job.ts';
import { groupKey, MAIN_GROUP, subjectIn } from './state-of-subject.ts';

/** Every group in which the subject may have a value. */
export function groupsOf(features: FeatureSet | undefined): readonly string[] {
  return [...new Set([MAIN_GROUP, ...(features?.groups ?? [])])];
}

/**
 * Puts the mark of an erasure in the place of all that is known of a subject: events up to that time do not count any more, whenever they
 * come. Done twice it changes nothing, so that what came after the erasure stays.
 *
 * @param onRemoved - told how many values were removed
 */
export function eraseInjection(
  subject: string,
  erasedAtMs: number,
  groups: readonly string[],
  onRemoved: (values: number) => void,
): FeatureInjection {
  const keys = groups.map((group) => groupKey(subject, group));
  return {
    keys,
    apply(context) {
      let removed = 0;
      for (const key of keys) {
        const known = subjectIn(context.get(key));
        if (known?.erasedAtMs !== undefined && known.erasedAtMs >= erasedAtMs) continue;
        if (known !== undefined) removed += 1;
        const erased = new SubjectState();
        erased.erasedAtMs = erasedAtMs;
        context.set(key, erased);
      }
      onRemoved(removed);
    },
  };
}
