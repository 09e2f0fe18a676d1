import type { Rule, RuleDraft } from '@hermes/contracts/rule';
import { canonicalName } from './canonical-condition.ts';
import type { Finding } from './finding.ts';
import { both } from './words.ts';

/** A rule that is in force. */
export type RuleInForce = Pick<Rule, 'id' | 'name' | 'eventTypes' | 'conditions'>;

const typesName = (types: readonly string[]): string => [...new Set(types)].sort().join();

/**
 * The rules in force that fire on the very same events as the draft would: the same condition for the same event types.
 *
 * @param id - under which the draft is to be saved; that rule is not another
 */
export function sameRules(
  { eventTypes, conditions }: Pick<RuleDraft, 'eventTypes' | 'conditions'>,
  id: string | undefined,
  inForce: readonly RuleInForce[],
): readonly Finding[] {
  const types = typesName(eventTypes);
  const others = inForce.filter((rule) => rule.id !== id && typesName(rule.eventTypes) === types);
  if (others.length === 0) return [];
  const name = canonicalName(conditions);
  return others.flatMap((rule): Finding[] => {
    if (canonicalName(rule.conditions) !== name) return [];
    const text = both(
      `the rule "${rule.name}" (${rule.id}) has the same condition: both fire on the same events`,
      `规则“${rule.name}”（${rule.id}）的条件完全相同：两者会在相同的事件上触发`,
    );
    return [{ pointer: '/conditions', code: 'same-condition', text }];
  });
}
