import type { RuleDraft } from '@hermes/contracts/rule';
import { isRolledOut } from './rollout.ts';
import { runsAt } from './run-times.ts';

/** Whether a rule whose conditions hold may fire for a key at an instant, ms since the epoch: an event's receipt, or when a wait is over. */
export type FiringLimit = (key: string, atMs: number) => boolean;

/** What keeps a rule from firing though its conditions hold; undefined: nothing does. */
export function firingLimitOf(
  ruleId: string,
  { rollout, schedule }: Pick<RuleDraft, 'rollout' | 'schedule'>,
): FiringLimit | undefined {
  if (rollout === undefined && schedule === undefined) return undefined;
  const runs = schedule === undefined ? (): boolean => true : runsAt(schedule);
  return (key, atMs) => runs(atMs) && (rollout === undefined || isRolledOut(ruleId, key, rollout.percent));
}
