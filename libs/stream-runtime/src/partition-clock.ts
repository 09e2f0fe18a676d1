/** The clock follows wall time this far behind, once the log's end was read: receipts under way may still arrive. */
export const IDLE_CLOCK_DELAY_MS = 1_000;

/** A record whose timestamp lies further in the future than this comes from a broken clock and moves nothing. */
export const MAX_CLOCK_SKEW_MS = 60_000;

/** The partition's clock after a record: the largest receipt time processed. Pure. */
export function clockAfterRecord(clockMs: number, receiptMs: number, wallMs: number): number {
  return receiptMs > clockMs && receiptMs <= wallMs + MAX_CLOCK_SKEW_MS ? receiptMs : clockMs;
}

/**
 * The clock of a partition without traffic. It moves only when everything that was in the log at `askedAtMs` has been processed:
 * a record that would cancel a timer may stand in the backlog.
 *
 * @param nextOffset - the next offset to process
 * @param endOffset - the log's end that the broker named in answer to a question asked at `askedAtMs`
 */
export function clockWhenIdle(clockMs: number, nextOffset: number, endOffset: number, askedAtMs: number): number {
  return nextOffset >= endOffset ? Math.max(clockMs, askedAtMs - IDLE_CLOCK_DELAY_MS) : clockMs;
}

/** A timer is due once the clock has passed its instant: a record received at that very instant still comes first. */
export const isDue = (dueMs: number, clockMs: number): boolean => dueMs < clockMs;
