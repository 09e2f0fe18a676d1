import type { BacktestDifference, BacktestResult } from '@hermes/contracts/rule-backtest';
import { zoneOf } from '@hermes/stream-sql/values/zone';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Up to so long a span is told by the hour. */
const SHORT_SPAN_MS = 3 * DAY_MS;

type Counted = Record<BacktestDifference, number>;

/** Hits by hour or by day of the project's time zone. Pure. */
export class HitsOverTime {
  readonly per: BacktestResult['per'];
  private readonly widthMs: number;
  private readonly zone: ReturnType<typeof zoneOf>;
  private readonly counts = new Map<number, Counted>();

  /** @throws RangeError for an unknown time zone */
  constructor(spanMs: number, timeZone: string) {
    this.per = spanMs <= SHORT_SPAN_MS ? 'hour' : 'day';
    this.widthMs = this.per === 'hour' ? HOUR_MS : DAY_MS;
    this.zone = zoneOf(timeZone);
  }

  add(difference: BacktestDifference, atMs: number): void {
    const number = Math.floor(this.zone.toLocal(atMs) / this.widthMs);
    let counted = this.counts.get(number);
    if (counted === undefined) this.counts.set(number, (counted = { more: 0, fewer: 0, same: 0 }));
    counted[difference] += 1;
  }

  result(): BacktestResult['overTime'] {
    return [...this.counts]
      .sort(([a], [b]) => a - b)
      .map(([number, counted]) => ({
        from: new Date(this.zone.toInstant(number * this.widthMs)).toISOString(),
        ...counted,
      }));
  }
}
