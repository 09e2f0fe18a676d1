import type { Zone } from '../types/zone.ts';

/** A window of time: wall-clock milliseconds, `start` in it, `end` after it. */
export interface TimeWindow {
  readonly start: number;
  readonly end: number;
}

/**
 * The one tumbling window that holds a wall-clock instant. Windows begin at `offsetMs` after 1970 and every `sizeMs` from
 * there. Source: Flink's TimeWindow.getWindowStartWithOffset.
 */
export function tumble(localMs: number, sizeMs: number, offsetMs: number): TimeWindow {
  const past = (((localMs - offsetMs) % sizeMs) + sizeMs) % sizeMs;
  const start = localMs - past;
  return { start, end: start + sizeMs };
}

/**
 * A time attribute and its windows. Windows of TIMESTAMP_LTZ follow the wall clock of `table.local-time-zone`; a watermark
 * is an instant, so the window's end is turned back into one.
 */
export interface WindowClock {
  toLocal(timeMs: number): number;
  /** The watermark at which a window with this end (wall clock) is complete. */
  completeAt(endLocalMs: number): number;
}

export function windowClock(kind: 'TIMESTAMP' | 'TIMESTAMP_LTZ', zone: Zone): WindowClock {
  if (kind === 'TIMESTAMP') return { toLocal: (ms) => ms, completeAt: (end) => end - 1 };
  return { toLocal: (ms) => zone.toLocal(ms), completeAt: (end) => zone.toInstant(end) - 1 };
}
