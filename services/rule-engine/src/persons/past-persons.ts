import type { Feature } from '@hermes/contracts/feature';
import type { Condition } from '@hermes/contracts/rule';
import type { PastPersons } from '@hermes/contracts/rule-backtest';
import type { AnsweredFeature, FeatureSet } from '@hermes/profiles/features/feature-set';
import { personsNamed } from '@hermes/rules/persons-named';

/** What has to be counted over the past to know what rules ask for of persons. */
export type FoundPersons =
  | { readonly kind: 'found'; readonly persons: PastPersons | undefined }
  /** It cannot be known: `missing` is not published any more, `of-another-key` is told because of other subjects' events. */
  | { readonly kind: 'missing' | 'of-another-key'; readonly id: string };

const partsOf = (one: AnsweredFeature): readonly Feature[] =>
  one.kind === 'counted' ? [one.feature.feature] : [one.feature, one.numerator.feature, one.denominator.feature];

/** Finds it among the features and segments that are answered now. */
export function pastPersons(
  conditions: readonly Condition[],
  { answered, segments }: Pick<FeatureSet, 'answered' | 'segments'>,
): FoundPersons {
  const named = conditions.flatMap((condition) => personsNamed(condition));
  if (named.length === 0) return { kind: 'found', persons: undefined };
  const features = new Map<string, Feature>();
  const add = (id: string): FoundPersons | undefined => {
    const one = answered.get(id);
    if (one === undefined) return { kind: 'missing', id };
    if (partsOf(one).some(({ key }) => key.kind !== 'subject')) return { kind: 'of-another-key', id };
    for (const feature of partsOf(one)) features.set(feature.id, feature);
    return undefined;
  };
  const told = new Set<string>();
  const chosen = new Map(segments.set.all.map((segment) => [segment.id, segment]));
  const asked = new Set(named.flatMap(({ kind, id }) => (kind === 'segment' ? [id] : [])));
  for (const { kind, id } of named) {
    const segment = chosen.get(id);
    if (kind === 'segment' && segment === undefined) return { kind: 'missing', id };
    for (const feature of kind === 'segment' ? segment!.features : [id]) {
      const refused = add(feature);
      if (refused !== undefined) return refused;
    }
    if (kind === 'feature') told.add(id);
  }
  return {
    kind: 'found',
    persons: {
      features: [...features.values()],
      told: [...told],
      segments: [...asked].map((id) => chosen.get(id)!.definition),
    },
  };
}
