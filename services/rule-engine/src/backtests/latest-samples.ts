import type { BacktestSample } from '@hermes/contracts/rule-backtest';

const KEPT = 50;

const later = (a: BacktestSample, b: BacktestSample): number =>
  a.at === b.at ? (a.event.id < b.event.id ? -1 : 1) : a.at > b.at ? -1 : 1;

/** The latest hits, whatever order they come in. */
export class LatestSamples {
  private readonly samples: BacktestSample[] = [];
  private earliest = '';

  /** Whether one of that instant would be kept: making it costs. */
  wants(at: string): boolean {
    return this.samples.length < KEPT || at >= this.earliest;
  }

  add(sample: BacktestSample): void {
    this.samples.push(sample);
    if (this.samples.length < 2 * KEPT) return;
    this.shrink();
    this.earliest = this.samples.at(-1)!.at;
  }

  /** Latest first. */
  result(): BacktestSample[] {
    this.shrink();
    return [...this.samples];
  }

  private shrink(): void {
    this.samples.sort(later);
    this.samples.length = Math.min(this.samples.length, KEPT);
  }
}
