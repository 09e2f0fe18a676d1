/** Readers of events go down by recursion: deeper data would end some of them. Nobody's data is as deep. */
export const MAX_NESTING = 100;

const CUT = '…';

/** Whether there are lists or objects in more than `levels` others, the value itself counted. */
export function isNestedDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const key in value) if (isNestedDeeperThan(levels - 1, (value as Record<string, unknown>)[key])) return true;
  return false;
}

/** The same with what is nested deeper left out. */
export function cutBelow(levels: number, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return CUT;
  if (Array.isArray(value)) return value.map((one) => cutBelow(levels - 1, one));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, cutBelow(levels - 1, one)]));
}
