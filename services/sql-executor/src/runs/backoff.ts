const FIRST_MS = 500;
const LONGEST_MS = 15_000;
/** A process that lived so long had no lasting trouble: its end starts a new count. */
export const STEADY_MS = 30_000;

/** How long to wait before the next process of a run, after `failures` ends in a row. Pure. */
export const backoffMs = (failures: number): number => Math.min(FIRST_MS * 2 ** Math.max(0, failures - 1), LONGEST_MS);

/** The count of ends in a row, after one that lived `livedMs`. */
export const countFailure = (failuresBefore: number, livedMs: number): number =>
  livedMs >= STEADY_MS ? 1 : failuresBefore + 1;
