/**
 * The instant of a checkpoint: now, and always after that of the one before. Attribute rows of a later checkpoint are newer for it, also when
 * the clock was set back.
 *
 * @param before - ISO 8601
 */
export function instantAfter(before: string | undefined, nowMs: number): string {
  return new Date(before === undefined ? nowMs : Math.max(nowMs, Date.parse(before) + 1)).toISOString();
}
