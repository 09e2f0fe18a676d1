import type { Feature, FeatureCompute, FeatureDraft, FeatureKey } from '@hermes/contracts/feature';
import type { FeatureProblem } from '@hermes/profiles/features/check-feature';
import { suggest } from '@hermes/rules/suggestion';

export const MAX_FEATURES = 500;
export const MAX_FEATURES_OF_A_GROUP = 200;

/** A published feature as others see it: its newest version, live or filling. */
export type PublishedFeature = Pick<Feature, 'id' | 'key' | 'compute' | 'group'>;

/** Why a draft cannot be published as things are. */
export type PublishRefusal =
  | { readonly kind: 'invalid'; readonly problems: readonly FeatureProblem[] }
  /** Ratios that name the feature need it to stay a number of the same key. */
  | { readonly kind: 'in-use'; readonly by: readonly string[] }
  | { readonly kind: 'too-many'; readonly limit: number; readonly group: string | undefined };

const NUMERIC: ReadonlySet<FeatureCompute['kind']> = new Set([
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'rate',
  'distinct-count',
  'ewma',
  'time-since',
]);

/** Whose profile the features belong to: the path may differ, the entity may not. */
const sameKey = (a: FeatureKey, b: FeatureKey): boolean =>
  a.kind === 'subject' ? b.kind === 'subject' : b.kind === 'field' && a.entity === b.entity;

const keyText = (key: FeatureKey): string => (key.kind === 'subject' ? "the event's subject" : `"${key.entity}"`);

/** What is wrong with the two features that a ratio names; empty for any other feature. */
export function ratioProblems(
  id: string,
  draft: Pick<FeatureDraft, 'compute' | 'key'>,
  published: readonly PublishedFeature[],
): readonly FeatureProblem[] {
  const { compute, key } = draft;
  if (compute.kind !== 'ratio') return [];
  const others = published.filter((other) => other.id !== id);
  const fitting = others.filter((other) => NUMERIC.has(other.compute.kind) && sameKey(other.key, key));
  return (['numerator', 'denominator'] as const).flatMap((part): FeatureProblem[] => {
    const name = compute[part];
    const refuse = (code: string, message: string): FeatureProblem[] => [
      { pointer: `/compute/${part}`, code, message },
    ];
    const named = others.find((other) => other.id === name);
    if (named === undefined) {
      const names = fitting.map((other) => other.id);
      const advice = names.length === 0 ? 'publish one first' : suggest(name, names);
      return refuse('unknown-feature', `no published feature is called "${name}"; ${advice}`);
    }
    if (!NUMERIC.has(named.compute.kind))
      return refuse('not-a-number', `"${name}" is of the kind ${named.compute.kind}, which answers no number`);
    if (!sameKey(named.key, key))
      return refuse('another-key', `"${name}" belongs to ${keyText(named.key)}, and this feature to ${keyText(key)}`);
    return [];
  });
}

/** The published ratios that name a feature. */
export const ratiosOn = (id: string, published: readonly PublishedFeature[]): readonly PublishedFeature[] =>
  published.filter(
    ({ id: other, compute }) =>
      other !== id && compute.kind === 'ratio' && (compute.numerator === id || compute.denominator === id),
  );

/**
 * Why the draft cannot be published under this id; undefined when it can.
 *
 * @param published - the newest versions of all features of the project
 */
export function publishRefusal(
  id: string,
  draft: FeatureDraft,
  published: readonly PublishedFeature[],
): PublishRefusal | undefined {
  const problems = ratioProblems(id, draft, published);
  if (problems.length > 0) return { kind: 'invalid', problems };
  const broken = ratiosOn(id, published).filter(
    (ratio) => !NUMERIC.has(draft.compute.kind) || !sameKey(ratio.key, draft.key),
  );
  if (broken.length > 0) return { kind: 'in-use', by: broken.map((ratio) => ratio.id) };
  const others = published.filter((other) => other.id !== id);
  if (others.length >= MAX_FEATURES) return { kind: 'too-many', limit: MAX_FEATURES, group: undefined };
  const { group } = draft;
  if (others.filter((other) => other.group === group).length >= MAX_FEATURES_OF_A_GROUP)
    return { kind: 'too-many', limit: MAX_FEATURES_OF_A_GROUP, group };
  return undefined;
}
