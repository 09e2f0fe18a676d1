import { createHash } from 'node:crypto';

/** Rules share no fate: who is in for one of them says nothing about another. A rule that is tried over the past (`<id>~`) has that of the rule itself. */
const nameOf = (ruleId: string, key: string): string => JSON.stringify([ruleId.replace(/~$/u, ''), key]);

/** Where a key stands in the roll-out of a rule: evenly from 0 up to, not including, 100; the same wherever and whenever it is asked. */
export function rolloutPlace(ruleId: string, key: string): number {
  const hash = createHash('sha256').update(nameOf(ruleId, key)).digest();
  return (hash.readUIntBE(0, 6) / 2 ** 48) * 100;
}

/** Whether the rule fires for the key when it is rolled out to so many percent of keys: who is in stays in with more. */
export const isRolledOut = (ruleId: string, key: string, percent: number): boolean =>
  rolloutPlace(ruleId, key) < percent;
