import type { RuleAction } from '@hermes/contracts/rule-action';
import type { AnsweredFeature, FeatureSet } from '@hermes/profiles/features/feature-set';
import { isFactReference } from '@hermes/rules/fact-reference';
import type { Finding } from '@hermes/rules/finding';
import { adviceFor } from '@hermes/rules/suggestion';
import { both } from '@hermes/rules/words';

/** What an attribute takes when it is written directly; undefined for a feature that is computed from events. */
function writableOf(one: AnsweredFeature | undefined): string | undefined {
  if (one?.kind !== 'counted') return undefined;
  const { compute } = one.feature.feature;
  return compute.kind === 'set' || compute.kind === 'set-once' ? compute.writable?.type : undefined;
}

/**
 * What is doubtful about attributes that a rule sets: profiles show nothing of one that is not published, or that takes no direct writes, or no value of
 * this kind. It may be published later, so nothing is refused.
 */
export function attributeWarnings(
  actions: readonly RuleAction[] = [],
  { answered }: Pick<FeatureSet, 'answered'>,
): readonly Finding[] {
  return actions.flatMap((action, i): Finding[] => {
    if (action.kind !== 'set-attribute') return [];
    const { attribute, value } = action;
    const type = writableOf(answered.get(attribute));
    if (type === undefined) {
      const known = [...answered].filter(([, one]) => writableOf(one) !== undefined).map(([id]) => id);
      const advice = known.length === 0 ? both('publish one first', '请先发布一个') : adviceFor(attribute, known);
      const text = both(
        `no published attribute that takes direct writes is called "${attribute}"; ${advice.en}`,
        `没有已发布且可直接写入的属性“${attribute}”；${advice.zh}`,
      );
      return [{ pointer: `/actions/${i}/attribute`, code: 'unknown-attribute', text }];
    }
    if (value === null || isFactReference(value) || typeof value === type) return [];
    const text = both(`"${attribute}" takes a ${type}`, `“${attribute}”的值是 ${type}`);
    return [{ pointer: `/actions/${i}/value`, code: 'type-mismatch', text }];
  });
}
