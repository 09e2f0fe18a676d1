/** The nearest-rank percentile: the smallest value that at least `percent` of all are at or below. NaN when there is none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** The item in the middle by `of`; of an even number the upper one. */
export function medianBy<T>(items: readonly T[], of: (item: T) => number): T {
  const middle = [...items].sort((a, b) => of(a) - of(b))[Math.floor(items.length / 2)];
  if (middle === undefined) throw new Error('the median of nothing');
  return middle;
}

export const round1 = (value: number): number => Math.round(value * 10) / 10;
