/** When silence becomes an alert. */
export interface HeartbeatRule {
  /** How often the component beats. */
  readonly everyMs: number;
  /** How many beats may be missed before the watch fires. */
  readonly missed: number;
}

/** Three beats missed: a component that stops is noticed 4 to 6 s after it stopped, at an interval of 2 s. */
export const MISSED_BEATS = 3;

export type HeartbeatState =
  /** Silence counts from the last beat, but never from before `sinceMs` (the watch's own start, or its last blindness). */
  | { readonly kind: 'watching'; readonly sinceMs: number }
  /** Fired at `sinceMs`; only a later beat resolves it. */
  | { readonly kind: 'firing'; readonly sinceMs: number };

/** What one step of a watch says. `startedMs` names the firing that begins or ends. */
export type WatchEvent =
  | { readonly kind: 'fired'; readonly startedMs: number; readonly detail: string }
  | { readonly kind: 'resolved'; readonly startedMs: number; readonly detail: string };

export interface HeartbeatStep {
  readonly next: HeartbeatState;
  readonly event?: WatchEvent;
}

/** The longest silence that is still no alert. */
export const patienceMs = (rule: HeartbeatRule): number => rule.everyMs * rule.missed;

/** A duration for people: `6.0 s`, `12 min`, `3 h`. */
export function formatMs(durationMs: number): string {
  if (durationMs < 120_000) return `${(durationMs / 1000).toFixed(1)} s`;
  if (durationMs < 7_200_000) return `${String(Math.round(durationMs / 60_000))} min`;
  return `${String(Math.round(durationMs / 3_600_000))} h`;
}

/**
 * Next state of a heartbeat watch. Pure: `nowMs` and the last beat are arguments.
 *
 * @param lastBeatMs when the last beat arrived, on the watcher's clock; undefined when none ever did
 */
export function stepHeartbeat(
  prev: HeartbeatState,
  lastBeatMs: number | undefined,
  nowMs: number,
  rule: HeartbeatRule,
): HeartbeatStep {
  if (prev.kind === 'firing') {
    const isBack = lastBeatMs !== undefined && lastBeatMs > prev.sinceMs && nowMs - lastBeatMs < patienceMs(rule);
    if (!isBack) return { next: prev };
    return {
      next: { kind: 'watching', sinceMs: lastBeatMs },
      event: {
        kind: 'resolved',
        startedMs: prev.sinceMs,
        detail: `heartbeats are back after ${formatMs(lastBeatMs - prev.sinceMs)}`,
      },
    };
  }
  const silentMs = nowMs - Math.max(lastBeatMs ?? prev.sinceMs, prev.sinceMs);
  if (silentMs < patienceMs(rule)) return { next: prev };
  const trulySilentMs = nowMs - (lastBeatMs ?? prev.sinceMs);
  return {
    next: { kind: 'firing', sinceMs: nowMs },
    event: { kind: 'fired', startedMs: nowMs, detail: `no heartbeat for ${formatMs(trulySilentMs)}` },
  };
}
