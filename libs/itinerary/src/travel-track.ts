import { z } from 'zod';
import { distanceKm } from './distance.ts';
import { moveBetween, type Place } from './smallest-speed.ts';
import { storedFix } from './stored-place.ts';

export const trackPlace = storedFix.extend({ errorM: z.number() });

const TRACK_LENGTH = 8;
/** The newest two are kept whatever their distance; older ones this far apart, so that eight fixes a second apart reach back 90 s. */
const TRACK_SPACING_MS = 15_000;
/** Two places are one, as seen from a third, when they are this share of the way apart. */
const SAME_PLACE_SHARE = 0.25;
/** What is further apart in time says nothing about whether one of the two is an error. */
const TELLING_MS = 600_000;
/** A receiver that was off for longer than usual wakes up at a wrong place first. */
const USUAL_TIMES = 2;
/**
 * Between usual fixes no faster than this share of the limit: then neither of them can be so wrong that the way from it to a right one is
 * beyond the limit.
 */
const CALM_SHARE = 0.5;
/** Nor when it is about as fast as the moves before. */
const STEADY_TIMES = 1.25;
const LONGEST_USUAL_MS = 3_600_000;
const USUAL_STEP = 1.2;

/** Adds a place by its time: a late one stands where it belongs. The oldest leave. */
export function extendTrack(track: readonly Place[], to: Place): readonly Place[] {
  const at = track.findLastIndex(({ timeMs }) => timeMs <= to.timeMs) + 1;
  const longer = track.toSpliced(at, 0, to);
  const third = longer.length - 3;
  const isNear = third > 0 && longer[third]!.timeMs - longer[third - 1]!.timeMs < TRACK_SPACING_MS;
  const spaced = isNear ? longer.toSpliced(third, 1) : longer;
  return spaced.slice(-TRACK_LENGTH);
}

/** Whether two places are one as seen from a third, `apartKm` away from the first. */
export const areClose = (a: Place, b: Place, apartKm: number): boolean =>
  distanceKm(a, b) <= SAME_PLACE_SHARE * apartKm + (a.errorM + b.errorM) / 1_000;

export const isSoonAfter = (a: Place, b: Place): boolean => Math.abs(a.timeMs - b.timeMs) <= TELLING_MS;

/** How a device moves from fix to fix. */
export interface Pace {
  /** About the median of the times between its fixes. */
  readonly usualMs: number;
  /** Up to this speed a move says nothing against either of its ends. */
  readonly calmKmh: number;
}

/** The speed up to which a move is calm: half of the limit, or a little above the median of the moves along the track. */
export function calmKmh(track: readonly Place[], limitKmh: number): number {
  const speeds = track.slice(1).map((place, i) => moveBetween(track[i]!, place).speedKmh);
  const median = speeds.toSorted((a, b) => a - b)[speeds.length >> 1] ?? 0;
  return Math.max(CALM_SHARE * limitKmh, Math.min(limitKmh, STEADY_TIMES * median));
}

/** Whether the device went on from one place to the other as it usually does, and calmly. */
export function isUsualMove(a: Place, b: Place, { usualMs, calmKmh }: Pace): boolean {
  const betweenMs = Math.abs(a.timeMs - b.timeMs);
  // Two positions of one second are one look of the receiver.
  return betweenMs > 0 && betweenMs <= USUAL_TIMES * usualMs && moveBetween(a, b).speedKmh <= calmKmh;
}

/** Follows the median of the times between fixes: a step up after a longer one, a step down after a shorter one. */
export function nextUsualMs(usualMs: number, before: Place | undefined, nowMs: number): number {
  const betweenMs = nowMs - (before?.timeMs ?? nowMs);
  if (betweenMs <= 0) return usualMs;
  if (usualMs === 0) return Math.min(betweenMs, LONGEST_USUAL_MS);
  return Math.min(betweenMs > usualMs ? usualMs * USUAL_STEP : usualMs / USUAL_STEP, LONGEST_USUAL_MS);
}
