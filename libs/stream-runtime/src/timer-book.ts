import type { Timer } from './logic.ts';

/** How many timers a partition keeps in memory before it lets the latest go. */
const MAX_LOADED = 4_096;
const KEPT_ON_OVERFLOW = 1_024;

const before = (a: Timer, b: Timer): boolean => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.id < b.id);

/**
 * The soonest timers of a partition, sorted by due instant; those at or beyond the horizon are only in Valkey, and are
 * loaded when the ones in memory have been used up. Pure.
 */
export class TimerBook {
  #sorted: Timer[] = [];
  #byId = new Map<string, Timer>();
  /** Timers due at this instant or later may exist in Valkey without being here. */
  #horizonMs = Number.POSITIVE_INFINITY;

  /** Replaces everything by what a read of the soonest timers gave; `total` is how many there are in Valkey. */
  load(soonest: readonly Timer[], total: number): void {
    this.#sorted = [...soonest].sort((a, b) => (before(a, b) ? -1 : 1));
    this.#byId = new Map(soonest.map((timer) => [timer.id, timer]));
    this.#horizonMs = total > soonest.length ? this.#sorted.at(-1)!.dueMs : Number.POSITIVE_INFINITY;
  }

  /** True when nothing is left in memory but Valkey has more: `load` before asking for due timers. */
  get exhausted(): boolean {
    return this.#sorted.length === 0 && this.#horizonMs !== Number.POSITIVE_INFINITY;
  }

  get size(): number {
    return this.#sorted.length;
  }

  at(index: number): Timer | undefined {
    return this.#sorted[index];
  }

  find(id: string): Timer | undefined {
    return this.#byId.get(id);
  }

  set(timer: Timer): void {
    this.remove(timer.id);
    if (timer.dueMs >= this.#horizonMs) return;
    this.#byId.set(timer.id, timer);
    this.#sorted.splice(this.#position(timer), 0, timer);
  }

  remove(id: string): void {
    const known = this.#byId.get(id);
    if (known === undefined) return;
    this.#byId.delete(id);
    this.#sorted.splice(this.#position(known), 1);
  }

  /** Between steps: lets the latest timers go when there are too many. Only for committed timers. */
  shrink(): void {
    if (this.#sorted.length <= MAX_LOADED) return;
    for (const gone of this.#sorted.splice(KEPT_ON_OVERFLOW)) {
      this.#byId.delete(gone.id);
      this.#horizonMs = Math.min(this.#horizonMs, gone.dueMs);
    }
  }

  /** Index of the first timer that is not before this one. */
  #position(timer: Timer): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (before(this.#sorted[middle]!, timer)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
