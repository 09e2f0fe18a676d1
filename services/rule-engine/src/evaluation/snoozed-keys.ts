import type { Decision } from '@hermes/contracts/decision';
import type { SnoozedRule } from '@hermes/contracts/snooze';
import { subjectHash } from '@hermes/contracts/subject-hash';

/** Member id of what a rule is snoozed for. */
export const snoozedMemberId = (ruleId: string): string => `${SNOOZED_PREFIX}${ruleId}`;
export const SNOOZED_PREFIX = '~snoozed-';

/** Keys for which rules do not fire for a while, as one set of rules has them. */
export class SnoozedKeys {
  /** By the rule's id, and by the hash of the key. */
  private readonly untilMs: ReadonlyMap<string, ReadonlyMap<string, number>>;

  constructor(rules: readonly SnoozedRule[]) {
    this.untilMs = new Map(rules.map(({ ruleId, keys }) => [ruleId, new Map(keys)]));
  }

  /** The decisions that are not snoozed for the key, at an instant, ms since the epoch. */
  awake(decisions: readonly Decision[], key: string, atMs: number): readonly Decision[] {
    if (!decisions.some(({ ruleId }) => this.untilMs.has(ruleId))) return decisions;
    const hash = subjectHash(key);
    return decisions.filter(({ ruleId }) => atMs >= (this.untilMs.get(ruleId)?.get(hash) ?? -Infinity));
  }
}
