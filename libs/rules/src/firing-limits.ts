import type { RuleDraft } from '@hermes/contracts/rule';
import { isRolledOut } from './rollout.ts';

/** Whether a rule whose conditions hold may fire for a key, on an event received then (ISO 8601). */
export type FiringLimit = (key: string, receivedat: string) => boolean;

/** What keeps a rule from firing though its conditions hold; undefined: nothing does. */
export function firingLimitOf(ruleId: string, { rollout }: Pick<RuleDraft, 'rollout'>): FiringLimit | undefined {
  if (rollout === undefined) return undefined;
  const { percent } = rollout;
  return (key) => isRolledOut(ruleId, key, percent);
}
