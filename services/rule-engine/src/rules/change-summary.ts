import { isDeepStrictEqual } from 'node:util';
import type { RuleDraft } from '@hermes/contracts/rule';

/** Whether two drafts say the same, whatever the order of their fields. */
export const sameDraft = (a: RuleDraft, b: RuleDraft): boolean =>
  isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));

/** The fields in which two drafts differ, in the order of a draft. */
function changedFields(before: RuleDraft, after: RuleDraft): readonly string[] {
  const [old, now] = [before, after].map((draft) => JSON.parse(JSON.stringify(draft)) as Record<string, unknown>);
  const names = new Set([...Object.keys(old!), ...Object.keys(now!)]);
  return [...names].filter((name) => !isDeepStrictEqual(old![name], now![name]));
}

/**
 * What a version changes, in words.
 *
 * @param before - the version before it; undefined for the first
 * @param rolledBackTo - the version whose content it has again
 */
export function changeSummary(before: RuleDraft | undefined, after: RuleDraft, rolledBackTo?: number): string {
  if (before === undefined) return 'the first version';
  const fields = changedFields(before, after);
  const changes = fields.length === 0 ? 'the same again' : `changes ${fields.join(', ')}`;
  return rolledBackTo === undefined ? changes : `back to version ${rolledBackTo}: ${changes}`;
}
