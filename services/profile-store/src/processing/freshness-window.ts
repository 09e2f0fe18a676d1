const WINDOW_MS = 60_000;
const SLICE_MS = 5_000;
/** Counted by whole milliseconds up to here, and by tenths of their size beyond. */
const LINEAR_MS = 200;
const GROWTH = 1.1;

const bucketOf = (ms: number): number =>
  ms < LINEAR_MS ? Math.max(0, Math.round(ms)) : LINEAR_MS + Math.floor(Math.log(ms / LINEAR_MS) / Math.log(GROWTH));
const valueOf = (bucket: number): number =>
  bucket < LINEAR_MS ? bucket : Math.round(LINEAR_MS * GROWTH ** (bucket - LINEAR_MS + 1));

interface Slice {
  readonly sinceMs: number;
  readonly counts: Map<number, number>;
}

/** Quantiles of the last minute: right to 1 ms up to 200 ms, to a tenth beyond. Time is an argument. */
export class FreshnessWindow {
  private slices: Slice[] = [];

  add(samplesMs: readonly number[], nowMs: number): void {
    let slice = this.slices.at(-1);
    if (slice === undefined || nowMs - slice.sinceMs >= SLICE_MS) {
      slice = { sinceMs: nowMs, counts: new Map() };
      this.slices.push(slice);
    }
    for (const ms of samplesMs) {
      const bucket = bucketOf(ms);
      slice.counts.set(bucket, (slice.counts.get(bucket) ?? 0) + 1);
    }
  }

  /** Pairs of quantile and milliseconds; NaN when nothing came within the window. */
  quantiles(wanted: readonly number[], nowMs: number): readonly (readonly [quantile: number, ms: number])[] {
    this.slices = this.slices.filter(({ sinceMs }) => nowMs - sinceMs < WINDOW_MS);
    const counts = new Map<number, number>();
    let total = 0;
    for (const slice of this.slices) {
      for (const [bucket, count] of slice.counts) {
        counts.set(bucket, (counts.get(bucket) ?? 0) + count);
        total += count;
      }
    }
    const sorted = [...counts].sort(([a], [b]) => a - b);
    return wanted.map((quantile) => {
      let left = Math.max(1, Math.ceil(quantile * total));
      for (const [bucket, count] of sorted) {
        left -= count;
        if (left <= 0) return [quantile, valueOf(bucket)] as const;
      }
      return [quantile, Number.NaN] as const;
    });
  }
}
