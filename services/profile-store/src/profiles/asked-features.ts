import type { AnsweredFeature, FeatureSet } from '@hermes/profiles/features/feature-set';
import { nearest } from '@hermes/rules/suggestion';

/** The features that an answer is made of, by id. */
export type Asked = readonly (readonly [id: string, feature: AnsweredFeature])[];

export type AskedFeatures =
  | { readonly kind: 'ok'; readonly features: Asked }
  /** No published feature has this id. */
  | {
      readonly kind: 'unknown';
      readonly id: string;
      readonly didYouMean: string | undefined;
      readonly known: readonly string[];
    }
  /** The caller's key does not name it. */
  | { readonly kind: 'forbidden'; readonly id: string };

/**
 * Which features a read gets.
 *
 * @param ids - what the caller named; undefined: all that it may see
 * @param allowed - what the caller's key names; undefined: all
 */
export function askedFeatures(
  set: FeatureSet,
  ids: readonly string[] | undefined,
  allowed: ReadonlySet<string> | undefined,
): AskedFeatures {
  if (ids === undefined) {
    const all = [...set.answered];
    return { kind: 'ok', features: allowed === undefined ? all : all.filter(([id]) => allowed.has(id)) };
  }
  const features: [string, AnsweredFeature][] = [];
  for (const id of ids) {
    // What a key may not see is forbidden whether or not it exists: the answer must not tell.
    if (allowed !== undefined && !allowed.has(id)) return { kind: 'forbidden', id };
    const feature = set.answered.get(id);
    if (feature === undefined) {
      const known = [...set.answered.keys()].filter((one) => allowed === undefined || allowed.has(one));
      return { kind: 'unknown', id, didYouMean: nearest(id, known), known };
    }
    features.push([id, feature]);
  }
  return { kind: 'ok', features };
}
