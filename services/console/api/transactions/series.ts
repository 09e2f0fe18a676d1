import type { LineSeries } from '@hermes/contracts/console-api';

/** One group of the series query: `bucket` in unix seconds, `value` a decimal string. */
export interface SeriesRow {
  readonly bucket: number;
  readonly line: string;
  readonly deals: string;
  readonly value: string;
}

/** The platform's lines of business in the order in which they are drawn; others follow by name. */
const LINE_ORDER = ['second-hand', 'new-home', 'rental', 'decoration'];

const byOrder = (a: string, b: string): number => {
  const at = (line: string): number => (LINE_ORDER.includes(line) ? LINE_ORDER.indexOf(line) : LINE_ORDER.length);
  return at(a) - at(b) || a.localeCompare(b);
};

/** Rows as one dense series a line: zero where a bucket has no row; rows outside the buckets are left out. Pure. */
export function toSeries(buckets: readonly number[], rows: readonly SeriesRow[]): LineSeries[] {
  const index = new Map(buckets.map((bucket, i) => [bucket, i]));
  const lines = new Map<string, LineSeries>();
  for (const row of rows) {
    const i = index.get(row.bucket);
    if (i === undefined) continue;
    const series = lines.get(row.line) ?? { line: row.line, deals: buckets.map(() => 0), value: buckets.map(() => 0) };
    series.deals[i] = Number(row.deals);
    series.value[i] = Number(row.value);
    lines.set(row.line, series);
  }
  return [...lines.values()].toSorted((a, b) => byOrder(a.line, b.line));
}
