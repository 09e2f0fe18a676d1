import type { Bilingual } from '@hermes/contracts/event-type';
import type { Feature } from '@hermes/contracts/feature';
import type { RuleDraft } from '@hermes/contracts/rule';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import type { AnsweredFeature, FeatureSet } from '@hermes/profiles/features/feature-set';
import type { Finding } from '@hermes/rules/finding';
import type { CountedRef, PinnedFeature } from '@hermes/rules/feature-fact';
import { featuresAskedBy, withVersionsOfFeatures } from '@hermes/rules/features-of-rule';
import { adviceFor } from '@hermes/rules/suggestion';
import { both } from '@hermes/rules/words';

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
  | { readonly kind: 'rejected'; readonly problems: readonly Finding[] };

/** Finds the features that a rule asks for among those that are answered now. */
export function findFeatures(draft: RuleDraft, { answered }: Pick<FeatureSet, 'answered'>): FoundFeatures {
  const found = new Map<string, Feature>();
  const pinned = new Map<string, PinnedFeature>();
  const texts: Bilingual[] = [];
  for (const id of new Set(featuresAskedBy(draft).map((feature) => feature.id))) {
    const one = answered.get(id);
    if (one === undefined) texts.push(unknown(id, answered));
    else {
      for (const { feature } of countedIn(one)) found.set(feature.id, feature);
      pinned.set(id, pinOf(one));
    }
  }
  if (found.size > MAX_FEATURES_OF_A_RULE)
    texts.push(
      both(
        `a rule asks for at most ${MAX_FEATURES_OF_A_RULE} features, and this one for ${found.size}`,
        `规则最多使用 ${MAX_FEATURES_OF_A_RULE} 个特征，此规则用了 ${found.size} 个`,
      ),
    );
  const keys = keysNeeded([...found.values()], draft.key);
  if (keys.size > MAX_KEYS_OF_A_RULE)
    texts.push(
      both(
        `a rule needs at most ${MAX_KEYS_OF_A_RULE} keys beside the subject, its own and those of its features, and this one ${keys.size}: ${[...keys].join(', ')}`,
        `除主体外，规则最多需要 ${MAX_KEYS_OF_A_RULE} 个键（它自己的和其特征的），此规则需要 ${keys.size} 个：${[...keys].join('、')}`,
      ),
    );
  if (texts.length > 0)
    return {
      kind: 'rejected',
      problems: texts.map((text) => ({ pointer: '/conditions', code: 'unfit-feature', text })),
    };
  return {
    kind: 'found',
    draft: withVersionsOfFeatures(draft, (id) => pinned.get(id)!),
    features: [...found.values()],
  };
}

function unknown(id: string, answered: ReadonlyMap<string, AnsweredFeature>): Bilingual {
  const names = [...answered.keys()];
  const advice = names.length === 0 ? both('publish one first', '请先发布一个') : adviceFor(id, names);
  return both(`no published feature is called "${id}"; ${advice.en}`, `没有已发布的特征“${id}”；${advice.zh}`);
}

/** What is counted for it. */
const countedIn = (one: AnsweredFeature): readonly CompiledFeature[] =>
  one.kind === 'counted' ? [one.feature] : [one.numerator, one.denominator];

function pinOf(one: AnsweredFeature): PinnedFeature {
  if (one.kind === 'counted') return one.feature.feature.version;
  const [numerator, denominator] = [one.numerator, one.denominator].map(({ feature: { id, version } }) => ({
    id,
    version,
  })) as [CountedRef, CountedRef];
  return { version: one.feature.version, numerator, denominator };
}

/** Keys other than the subject at which an event has to be looked at for the rule, in words. */
function keysNeeded(features: readonly Feature[], key: RuleDraft['key']): ReadonlySet<string> {
  const fields = features.flatMap(({ key: of }) => (of.kind === 'field' ? [of] : []));
  return new Set([...(key === undefined ? [] : [key]), ...fields].map(({ entity, path }) => `${entity} at ${path}`));
}
