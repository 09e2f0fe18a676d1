import { z } from 'zod';
import { distanceKm } from './distance.ts';
import { type Move, moveBetween, type Place } from './smallest-speed.ts';
import { areIdentical, isBackFromTower, mayBeTower } from './tower-doubt.ts';
import { areClose, calmKmh, extendTrack, isSoonAfter, isUsualMove, nextUsualMs, trackPlace } from './travel-track.ts';

export const travelState = z.strictObject({
  /** Places that can be reached from each other, oldest first. */
  track: z.array(trackPlace).readonly(),
  /** A place that the track cannot reach; one fix alone may be an error of the receiver. */
  pending: trackPlace.nullable(),
  /** How often `pending` came again at its very coordinates, so that it may be a cell tower's, and when last. */
  repeats: z.number(),
  repeatedMs: z.number(),
  /** How many fixes in a row, `pending` the last of them, can be reached neither from the track nor from each other. */
  astray: z.number(),
  /** The track went on after `pending` had been seen. */
  isPassed: z.boolean(),
  /** About the median of the times between fixes; 0 before the second one. */
  usualMs: z.number(),
});
export type TravelState = z.infer<typeof travelState>;

export const NOWHERE: TravelState = {
  track: [],
  pending: null,
  repeats: 0,
  repeatedMs: 0,
  astray: 0,
  isPassed: false,
  usualMs: 0,
};

/** What a jump is. */
export interface TravelLimits {
  readonly speedKmh: number;
  readonly leastDistanceKm: number;
  readonly confirmWithinMs: number;
}

export interface Jump extends Move {
  readonly from: Place;
  readonly to: Place;
}

export interface TravelStep {
  readonly state: TravelState;
  readonly jumps: readonly Jump[];
}

/** An error of the receiver lies anywhere; where the device then is, is seldom this much nearer to it than to where the device was. */
const NEARER_SHARE = 0.5;
/** So many fixes in a row that none before them explains are no errors any more: the device moves too fast all the time. */
const ASTRAY_FIXES = 3;

const still = (state: TravelState): TravelStep => ({ state, jumps: [] });

/** The move from the track to a place that most exceeds the limit; undefined when none does. */
function worstJump(track: readonly Place[], to: Place, limits: TravelLimits): Jump | undefined {
  let worst: Jump | undefined;
  for (const from of track) {
    const move = moveBetween(from, to);
    if (move.distanceKm < limits.leastDistanceKm || move.speedKmh <= limits.speedKmh) continue;
    if (worst === undefined || move.speedKmh > worst.speedKmh) worst = { ...move, from, to };
  }
  return worst;
}

/**
 * Whether where the jump began is sure: a fix of another second stands by it. A receiver that wakes up after a gap says a wrong place once, and what
 * looks like a jump from there is its way back.
 */
function isSettled(jump: Jump, { track, usualMs }: TravelState, limits: TravelLimits): boolean {
  const isBack = isBackFromTower(track, jump.from, jump.to, limits.speedKmh);
  const others = track.filter(
    (other) => other.timeMs !== jump.from.timeMs && !(isBack && areIdentical(other, jump.from)),
  );
  const pace = { usualMs, calmKmh: calmKmh(others, limits.speedKmh) };
  return others.some(
    (other) =>
      moveBetween(other, jump.to).speedKmh > limits.speedKmh ||
      isUsualMove(other, jump.from, pace) ||
      (isSoonAfter(other, jump.from) && areClose(other, jump.from, jump.distanceKm)),
  );
}

/** The new place was seen twice: it is where the device is, and how it was reached is judged. */
function confirm(before: TravelState, pending: Place, now: Place, limits: TravelLimits): TravelStep {
  // The two may have come in the other order.
  const [first, second] = pending.timeMs <= now.timeMs ? [pending, now] : [now, pending];
  const jump = worstJump(before.track, first, limits);
  const arrived = { ...before, pending: null, repeats: 0, astray: 0, isPassed: false };
  if (jump === undefined) return still({ ...arrived, track: extendTrack(extendTrack(before.track, first), second) });
  if (isSettled(jump, before, limits)) return { state: { ...arrived, track: [first, second] }, jumps: [jump] };
  // Without the doubtful place the rest may reach the new one, or be as doubtful.
  const rest = before.track.filter((other) => other !== jump.from);
  return confirm({ ...before, track: rest }, pending, now, limits);
}

/**
 * A fix that is slow to come after a jump can be reached from the place before it too. Then it is the jump's place that is seen again when the fix is
 * close to that one; or when it goes on from there as usual, and not from the other, or is much nearer.
 */
function isSeenAgain(before: TravelState, pending: Place, now: Place, limits: TravelLimits): boolean {
  const latest = before.track.at(-1);
  if (before.isPassed || latest === undefined) return false;
  const apartKm = distanceKm(latest, pending);
  if (areClose(latest, now, apartKm)) return false;
  if (areClose(pending, now, apartKm)) return true;
  // A phone that finds its satellites again goes on where it was, however far it got.
  if (before.repeats > 0) return false;
  const pace = { usualMs: before.usualMs, calmKmh: calmKmh(before.track, limits.speedKmh) };
  if (!isUsualMove(pending, now, pace)) return false;
  return !isUsualMove(latest, now, pace) || distanceKm(pending, now) <= NEARER_SHARE * distanceKm(latest, now);
}

/** One more place, later than the track. */
function goOn(earlier: TravelState, now: Place, limits: TravelLimits): TravelStep {
  const { track, pending, isPassed } = earlier;
  const seen = pending === null || earlier.repeats === 0 ? pending : { ...pending, timeMs: earlier.repeatedMs };
  const last = seen === null || isPassed ? track.at(-1) : seen;
  const before = { ...earlier, usualMs: nextUsualMs(earlier.usualMs, last, now.timeMs) };
  if (seen !== null && !isPassed && areIdentical(seen, now) && mayBeTower(track.at(-1), seen, before.repeats + 2)) {
    const repeats = before.repeats + (now.timeMs === seen.timeMs ? 0 : 1);
    return still({ ...before, repeats, repeatedMs: Math.max(seen.timeMs, now.timeMs) });
  }
  const jump = worstJump(track, now, limits);
  const isExpired = pending !== null && now.timeMs - pending.timeMs > limits.confirmWithinMs;
  const mayConfirm = pending !== null && pending.timeMs !== now.timeMs && !(isExpired && isPassed);
  const astray = jump === undefined ? 0 : mayConfirm && !isPassed ? before.astray + 1 : 1;
  if (mayConfirm) {
    const isReached = worstJump([seen ?? pending], now, limits) === undefined;
    const isBelieved = isReached
      ? jump !== undefined || isSeenAgain(before, pending, now, limits)
      : astray >= ASTRAY_FIXES;
    if (isBelieved) return confirm(before, pending, now, limits);
  }
  if (jump !== undefined) return still({ ...before, pending: now, repeats: 0, astray, isPassed: false });
  const longer = { ...before, track: extendTrack(track, now), astray: 0 };
  // What comes late, and was before the place that waits, has not passed it.
  if (pending !== null && now.timeMs < pending.timeMs) return still(longer);
  const kept = isExpired || before.repeats > 0 ? null : pending;
  return still({ ...longer, pending: kept, repeats: 0, isPassed: kept !== null });
}

/**
 * Where a device is seen next, and the jumps that are sure by now. A place that comes late is put where it belongs, and what was seen after it
 * is looked at again; one that is older than all that is remembered says nothing.
 */
export function travelTo(before: TravelState, now: Place, limits: TravelLimits): TravelStep {
  const later = before.track.filter(({ timeMs }) => timeMs > now.timeMs);
  if (later.length === 0) return goOn(before, now, limits);
  if (later.length === before.track.length) return still(before);
  const until = before.track.slice(0, before.track.length - later.length);
  let step = still({ ...before, track: until });
  for (const place of [now, ...later]) {
    const next = goOn(step.state, place, limits);
    step = { state: next.state, jumps: [...step.jumps, ...next.jumps] };
  }
  return step;
}
