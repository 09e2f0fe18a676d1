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
  /** Fired at `sinceMs`; only a later beat resolves it. With `fault` it fired for what a beat said, and a beat must take that back. */
  | { readonly kind: 'firing'; readonly sinceMs: number; readonly fault?: string };

/** What one step of a watch says. `startedMs` names the firing that begins or ends. */
export type WatchEvent =
  | { readonly kind: 'fired'; readonly startedMs: number; readonly detail: string; readonly isFault?: true }
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
 * Next state of a heartbeat watch as time passes. Pure: `nowMs` and the last beat are arguments. Silence says nothing new of one
 * that has a fault: its alert stands until a beat takes the fault back.
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
    if (prev.fault !== undefined) return { next: prev };
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

/**
 * Next state of a heartbeat watch at a beat. A fault fires at once, in place of a silence that ends with it; a beat without one
 * resolves. While it fires, another fault is the same trouble: no second alert.
 *
 * @param fault what the beat says is wrong, for people
 */
export function stepBeat(
  prev: HeartbeatState,
  fault: string | undefined,
  nowMs: number,
  rule: HeartbeatRule,
): { readonly next: HeartbeatState; readonly events: readonly WatchEvent[] } {
  if (prev.kind === 'firing' && prev.fault !== undefined) {
    // A firing is named by its start: two within a millisecond would be one.
    if (fault !== undefined || nowMs <= prev.sinceMs) return { next: prev, events: [] };
    const detail = `works again after ${formatMs(nowMs - prev.sinceMs)}`;
    return {
      next: { kind: 'watching', sinceMs: nowMs },
      events: [{ kind: 'resolved', startedMs: prev.sinceMs, detail }],
    };
  }
  const step = stepHeartbeat(prev, nowMs, nowMs, rule);
  const events = step.event === undefined ? [] : [step.event];
  if (fault === undefined || step.next.kind === 'firing') return { next: step.next, events };
  return {
    next: { kind: 'firing', sinceMs: nowMs, fault },
    events: [...events, { kind: 'fired', startedMs: nowMs, detail: fault, isFault: true }],
  };
}
