const REQUESTS_PER_S = 10;
const MOST_ROWS_PER_REQUEST = 500;

/** Rows of one request at a pace: small enough that a slow replay flows instead of coming in gusts. */
export const rowsPerRequest = (rowsPerS: number): number =>
  Math.min(MOST_ROWS_PER_REQUEST, Math.max(1, Math.ceil(rowsPerS / REQUESTS_PER_S)));

/**
 * Says when rows may go out so that no more than `rowsPerS` do. Time lost is not made up for: after an outage the pace is
 * the same as before it. (Generic cell rate algorithm, ITU-T I.371; its tolerance is one request's worth, which a late timer eats.)
 */
export class Pace {
  private readonly rowsPerS: number;
  private readonly toleranceMs: number;
  private dueMs = -Infinity;

  constructor(rowsPerS: number) {
    this.rowsPerS = rowsPerS;
    this.toleranceMs = (rowsPerRequest(rowsPerS) / rowsPerS) * 1_000;
  }

  /** Milliseconds to wait before so many rows go out. They count as sent then. */
  waitMs(rows: number, nowMs: number): number {
    const atMs = Math.max(this.dueMs, nowMs - this.toleranceMs);
    this.dueMs = atMs + (rows / this.rowsPerS) * 1_000;
    return Math.max(0, atMs - nowMs);
  }
}
