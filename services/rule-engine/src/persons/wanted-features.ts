import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { personName } from '@hermes/rules/person-fact';

/**
 * The published features whose changes have to be told, sorted; undefined until it is known what there is.
 *
 * @param asked - what rules ask for of persons, by name
 */
export function wantedFeatures(
  asked: readonly string[] | undefined,
  published: Pick<FeatureSet, 'answered'> | undefined,
): readonly string[] | undefined {
  if (asked === undefined || published === undefined) return undefined;
  const names = new Set(asked);
  return [...published.answered]
    .flatMap(([id, { kind }]) => (kind === 'counted' && names.has(personName({ kind: 'feature', id })) ? [id] : []))
    .sort();
}
