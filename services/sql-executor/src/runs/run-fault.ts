import type { RunState } from '@hermes/contracts/job';
import { STEADY_MS } from './backoff.ts';

/** What tells whether a wanted run does its work. Instants are of one monotonic clock. */
export interface RunHealth {
  readonly state: RunState;
  /** Since when it is in this state. */
  readonly sinceMs: number;
  /** Ends of its process in a row. */
  readonly failures: number;
  /** Why it ended last. */
  readonly reason: string;
}

/** So many ends in a row, or so long between two processes, are no mishap any more. */
const MANY_FAILURES = 3;
const LONG_DOWN_MS = 6_000;

/**
 * What is wrong with a run that is wanted, for people; undefined when nothing is. A run that ended again and again has to run as
 * long as the count of its ends goes back before it is trusted: else each of its short lives would resolve the alert.
 */
export function runFault({ state, sinceMs, failures, reason }: RunHealth, nowMs: number): string | undefined {
  const again = `the run ended ${String(failures)} times in a row: ${reason}`;
  switch (state) {
    case 'failed':
      return `the run failed for good: ${reason}`;
    case 'restarting':
      if (failures >= MANY_FAILURES) return again;
      return nowMs - sinceMs >= LONG_DOWN_MS ? `the run does not start again: ${reason}` : undefined;
    case 'running':
      return failures >= MANY_FAILURES && nowMs - sinceMs < STEADY_MS ? again : undefined;
    case 'starting':
    case 'stopped':
      return undefined;
  }
}
