import type { BacktestResult } from '@hermes/contracts/rule-backtest';
import type { Side } from './sides.ts';

const KEPT = 10;
/** So many are counted before those that are complete are let go. */
const FOLD_AT = 1_000;

type Hits = BacktestResult['subjects'][number];

const busier = (a: Hits, b: Hits): number =>
  b.candidate - a.candidate || b.live - a.live || (a.subject < b.subject ? -1 : 1);

/** The subjects with most hits. Pure. */
export class BusiestSubjects {
  private readonly hits = new Map<string, Hits>();

  get size(): number {
    return this.hits.size;
  }

  add(subject: string, side: Side): void {
    let hits = this.hits.get(subject);
    if (hits === undefined) this.hits.set(subject, (hits = { subject, candidate: 0, live: 0 }));
    hits[side] += 1;
  }

  /** None of the subjects so far comes again. */
  complete(): void {
    if (this.hits.size < FOLD_AT) return;
    const kept = this.result();
    this.hits.clear();
    for (const one of kept) this.hits.set(one.subject, one);
  }

  result(): Hits[] {
    return [...this.hits.values()].sort(busier).slice(0, KEPT);
  }
}
