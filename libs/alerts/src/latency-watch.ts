import type { HopLatency } from '@hermes/contracts/metrics';
import type { WatchEvent } from './heartbeat-watch.ts';

/** Beats in a row above the limit before the watch fires, and beats in a row within it before it resolves. */
export const LATENCY_BEATS = 3;

export type LatencyState =
  /** `above`: measured beats above the limit in a row. */
  | { readonly kind: 'watching'; readonly above: number }
  /** `within`: beats within the limit in a row. */
  | { readonly kind: 'firing'; readonly sinceMs: number; readonly within: number };

export const INITIAL_LATENCY: LatencyState = { kind: 'watching', above: 0 };

/**
 * Next state of a latency watch on one hop, one beat at a time.
 *
 * A beat without measurements (`count` 0) says nothing while the watch is waiting, so slow but rare traffic still fires; while it
 * is firing it counts as recovery, so an alert does not stand for ever on a hop that fell idle.
 */
export function stepLatency(
  prev: LatencyState,
  beat: HopLatency,
  nowMs: number,
): { readonly next: LatencyState; readonly event?: WatchEvent } {
  const isIdle = beat.count === 0;
  const isAbove = !isIdle && beat.p99Ms > beat.limitMs;
  if (prev.kind === 'watching') {
    if (isIdle) return { next: prev };
    if (!isAbove) return { next: INITIAL_LATENCY };
    const above = prev.above + 1;
    if (above < LATENCY_BEATS) return { next: { kind: 'watching', above } };
    const detail = `${beat.hop}: p99 ${formatLatency(beat.p99Ms)} over the limit of ${formatLatency(beat.limitMs)} for ${String(above)} heartbeats`;
    return { next: { kind: 'firing', sinceMs: nowMs, within: 0 }, event: { kind: 'fired', startedMs: nowMs, detail } };
  }
  if (isAbove) return { next: { ...prev, within: 0 } };
  const within = prev.within + 1;
  if (within < LATENCY_BEATS) return { next: { ...prev, within } };
  const detail = isIdle
    ? `${beat.hop}: no traffic`
    : `${beat.hop}: p99 ${formatLatency(beat.p99Ms)}, within ${formatLatency(beat.limitMs)} again`;
  return { next: INITIAL_LATENCY, event: { kind: 'resolved', startedMs: prev.sinceMs, detail } };
}

const formatLatency = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : String(Math.round(ms))} ms`;
