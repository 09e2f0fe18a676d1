import type { Observation } from './observation.ts';

/** Clocks of phones are off by seconds, and by minutes where nobody sets them. */
const CLOCK_ERROR_MS = 300_000;

/**
 * An observation at an instant that can be true: nothing happens after its event was received. A fix whose clock is ahead by more is left out, because all that comes
 * until its date would be older than it; a check-in counts from when it was received, because somebody came.
 *
 * @returns undefined when it is to be left out
 */
export function withinReceipt(observation: Observation): Observation | undefined {
  const { timeMs, receivedMs } = observation;
  if (receivedMs === undefined || timeMs <= receivedMs + CLOCK_ERROR_MS) return observation;
  if (observation.kind === 'fix') return undefined;
  return observation.kind === 'check-in' ? { ...observation, timeMs: receivedMs } : observation;
}
