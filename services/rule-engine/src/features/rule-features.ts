import type { Feature } from '@hermes/contracts/feature';
import type { RuleDraft } from '@hermes/contracts/rule';
import type { AnsweredFeature, FeatureSet } from '@hermes/profiles/features/feature-set';
import type { RuleProblem } from '@hermes/rules/frame-problems';
import { featuresOfRule, withVersionsOfFeatures } from '@hermes/rules/features-of-rule';
import { suggest } from '@hermes/rules/suggestion';

/** So many features a rule may ask for: each is a window of state for every subject. */
const MAX_FEATURES_OF_A_RULE = 20;
/** An event is looked at at each of them before the rule can be asked. */
const MAX_KEYS_OF_A_RULE = 4;

export type FoundFeatures =
  | {
      readonly kind: 'found';
      /** Each feature with the version that is answered now. */
      readonly draft: RuleDraft;
      readonly features: readonly Feature[];
    }
  | { readonly kind: 'rejected'; readonly problems: readonly RuleProblem[] };

/** Finds the features that a rule asks for among those that are answered now. */
export function findFeatures(draft: RuleDraft, { answered }: Pick<FeatureSet, 'answered'>): FoundFeatures {
  const found = new Map<string, Feature>();
  const messages: string[] = [];
  for (const id of new Set(featuresOfRule(draft).map((feature) => feature.id))) {
    const one = answered.get(id);
    const message = unfit(id, one, answered);
    if (message !== undefined) messages.push(message);
    else if (one !== undefined) found.set(id, one.kind === 'counted' ? one.feature.feature : one.feature);
  }
  if (found.size > MAX_FEATURES_OF_A_RULE)
    messages.push(`a rule asks for at most ${MAX_FEATURES_OF_A_RULE} features, and this one for ${found.size}`);
  const keys = keysNeeded([...found.values()], draft.key);
  if (keys.size > MAX_KEYS_OF_A_RULE)
    messages.push(
      `a rule needs at most ${MAX_KEYS_OF_A_RULE} keys beside the subject, its own and those of its features, and this one ${keys.size}: ${[...keys].join(', ')}`,
    );
  if (messages.length > 0)
    return {
      kind: 'rejected',
      problems: messages.map((message) => ({ pointer: '/conditions', code: 'unfit-feature', message })),
    };
  return {
    kind: 'found',
    draft: withVersionsOfFeatures(draft, (id) => found.get(id)!.version),
    features: [...found.values()],
  };
}

/** Why rules cannot ask for a feature, in words. */
function unfit(
  id: string,
  one: AnsweredFeature | undefined,
  answered: ReadonlyMap<string, AnsweredFeature>,
): string | undefined {
  if (one === undefined) {
    const names = [...answered].filter(([, other]) => isFit(other)).map(([name]) => name);
    const advice = names.length === 0 ? 'publish one first' : suggest(id, names);
    return `no published feature is called "${id}"; ${advice}`;
  }
  if (one.kind === 'ratio')
    return `"${id}" is a ratio, which rules cannot ask for yet; ask for "${one.numerator.feature.id}" and "${one.denominator.feature.id}"`;
  return undefined;
}

const isFit = ({ kind }: AnsweredFeature): boolean => kind === 'counted';

/** Keys other than the subject at which an event has to be looked at for the rule, in words. */
function keysNeeded(features: readonly Feature[], key: RuleDraft['key']): ReadonlySet<string> {
  const fields = features.flatMap(({ key: of }) => (of.kind === 'field' ? [of] : []));
  return new Set([...(key === undefined ? [] : [key]), ...fields].map(({ entity, path }) => `${entity} at ${path}`));
}
