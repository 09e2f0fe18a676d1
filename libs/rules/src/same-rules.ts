import { createHash } from 'node:crypto';
import type { RuleDraft } from '@hermes/contracts/rule';
import { canonicalName } from './canonical-condition.ts';
import type { Finding } from './finding.ts';
import { both } from './words.ts';

/** Another rule that is in force. */
export interface NamedRule {
  readonly id: string;
  readonly name: string;
}

/**
 * Rules with the same one fire on the very same events: SHA-256, as hex, over the event types and the canonical name of the condition. Where a later
 * version of the platform names conditions otherwise, those that were named before are not found again.
 *
 * @param rule - its conditions placed in a time zone (`inTimeZone`)
 */
export function conditionHash({ eventTypes, conditions }: Pick<RuleDraft, 'eventTypes' | 'conditions'>): string {
  const text = JSON.stringify([[...new Set(eventTypes)].sort(), canonicalName(conditions)]);
  return createHash('sha256').update(text).digest('hex');
}

/** @param others - rules with the draft's `conditionHash` */
export const sameConditions = (others: readonly NamedRule[]): readonly Finding[] =>
  others.map(({ id, name }): Finding => {
    const text = both(
      `the rule "${name}" (${id}) has the same condition: both fire on the same events`,
      `规则“${name}”（${id}）的条件完全相同：两者会在相同的事件上触发`,
    );
    return { pointer: '/conditions', code: 'same-condition', text };
  });
