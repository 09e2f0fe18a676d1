import type { BacktestSample } from '@hermes/contracts/rule-backtest';

const KEPT = 50;
/** In characters of JSON: rules and events may say a lot, and all of it goes to PostgreSQL and to a page at once. */
const KEPT_CHARACTERS = 500_000;

interface Measured {
  readonly sample: BacktestSample;
  readonly characters: number;
}

const later = ({ sample: a }: Measured, { sample: b }: Measured): number =>
  a.at === b.at ? (a.event.id < b.event.id ? -1 : 1) : a.at > b.at ? -1 : 1;

/** The latest hits, whatever order they come in; of large ones fewer, and always one. */
export class LatestSamples {
  private samples: Measured[] = [];
  private characters = 0;
  /** The latest that was left out: what comes behind it is as well. */
  private cut: Measured | undefined;

  /** Whether one of that instant would be kept: making it costs. */
  wants(at: string): boolean {
    return this.cut === undefined || at >= this.cut.sample.at;
  }

  add(sample: BacktestSample): void {
    const { length: characters } = JSON.stringify(sample);
    this.samples.push({ sample, characters });
    this.characters += characters;
    if (this.samples.length >= 2 * KEPT || this.characters >= 2 * KEPT_CHARACTERS) this.shrink();
  }

  /** Latest first. */
  result(): BacktestSample[] {
    this.shrink();
    return this.samples.map(({ sample }) => sample);
  }

  private shrink(): void {
    this.samples.sort(later);
    let characters = 0;
    let kept = 0;
    for (const one of this.samples) {
      if (this.cut !== undefined && later(this.cut, one) < 0) break;
      if (kept > 0 && (kept === KEPT || characters + one.characters > KEPT_CHARACTERS)) break;
      characters += one.characters;
      kept += 1;
    }
    const left = this.samples[kept];
    if (left === undefined) return;
    if (this.cut === undefined || later(left, this.cut) < 0) this.cut = left;
    this.samples = this.samples.slice(0, kept);
    this.characters = characters;
  }
}
