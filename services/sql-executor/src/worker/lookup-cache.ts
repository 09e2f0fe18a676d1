import type { LookupRow } from '@hermes/stream-sql/operators/lookup';
import type { LookupSettings } from '@hermes/stream-sql/plan/job-plan';

interface Kept {
  readonly row: LookupRow;
  readonly writtenMs: number;
}

/** Answers that may be used again: each for a time after it came, the oldest given up for new ones. No clock of its own. */
export class LookupCache {
  private readonly settings: LookupSettings['cache'];
  /** In the order in which they came. */
  private readonly kept = new Map<string, Kept>();

  constructor(settings: LookupSettings['cache']) {
    this.settings = settings;
  }

  get size(): number {
    return this.kept.size;
  }

  get(key: string, nowMs: number): LookupRow | undefined {
    const found = this.kept.get(key);
    if (found === undefined || this.settings === null) return undefined;
    if (nowMs - found.writtenMs < this.settings.expireMs) return found.row;
    this.kept.delete(key);
    return undefined;
  }

  set(key: string, row: LookupRow, nowMs: number): void {
    const { settings } = this;
    if (settings === null || (row.kind === 'unknown' && !settings.cacheMissingKey)) return;
    this.kept.delete(key);
    this.kept.set(key, { row, writtenMs: nowMs });
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= settings.maxRows) break;
      this.kept.delete(oldest);
    }
  }
}
