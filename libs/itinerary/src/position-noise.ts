import { z } from 'zod';
import type { Position } from './coordinates.ts';
import { metresFrom } from './line-distance.ts';
import { storedFix } from './stored-place.ts';

type Spot = Position & { readonly timeMs: number };

/** How much the positions of a device jitter, for phones that do not say how accurate they are. */
export const positionNoise = z.strictObject({
  /** About the median by which a position is off the way between its neighbours; 0 until three were seen. */
  jitterM: z.number(),
  /** How many positions that comes from, while the first ones still count more. */
  learnedFrom: z.number(),
  /** The last two positions, older first. */
  recent: z.array(storedFix).readonly(),
});
export type PositionNoise = z.infer<typeof positionNoise>;

export const NO_NOISE: PositionNoise = { jitterM: 0, learnedFrom: 0, recent: [] };

/** Over a longer time a device turns corners, which is no jitter. */
const NEIGHBOURS_WITHIN_MS = 30_000;
/** A step is one part in so many, and larger at first. */
const STEADY = 10;
/** What is learned is a guess, and errors of one place and time are worse than of others. */
const GUESS_TIMES = 1.5;
const LEAST_JITTER_M = 1;
const LARGEST_JITTER_M = 2_000;

/**
 * By how many metres a position is off the way between its neighbours, or undefined when they are too far apart in time to say. Where
 * errors are normal in two dimensions, the median of this is within 5 % of the radius that holds 68 % of positions, which is what a phone
 * states as its accuracy.
 */
export function jitterM(before: Spot, position: Spot, after: Spot): number | undefined {
  const [sinceMs, untilMs] = [position.timeMs - before.timeMs, after.timeMs - position.timeMs];
  if (sinceMs <= 0 || untilMs <= 0 || sinceMs + untilMs > NEIGHBOURS_WITHIN_MS) return undefined;
  const [from, to] = [metresFrom(position, before), metresFrom(position, after)];
  const share = sinceMs / (sinceMs + untilMs);
  return Math.hypot(from.east + (to.east - from.east) * share, from.north + (to.north - from.north) * share);
}

/** Follows the median: a step up after a larger jitter, a step down after a smaller one, so that single wild positions change little. */
export function seeNoise(noise: PositionNoise, { timeMs, longitude, latitude }: Spot): PositionNoise {
  const now = { timeMs, longitude, latitude };
  const [before, position] = noise.recent;
  const recent = [...noise.recent, now].slice(-2);
  const seenM = before === undefined || position === undefined ? undefined : jitterM(before, position, now);
  if (seenM === undefined) return { ...noise, recent };
  const learnedFrom = Math.min(STEADY, noise.learnedFrom + 1);
  const step = 1 + 1 / learnedFrom;
  const nextM = noise.jitterM === 0 ? seenM : seenM > noise.jitterM ? noise.jitterM * step : noise.jitterM / step;
  return { jitterM: Math.max(LEAST_JITTER_M, Math.min(LARGEST_JITTER_M, nextM)), learnedFrom, recent };
}

/** The accuracy that a phone with such jitter should state. */
export const accuracyOfJitterM = (jitterM: number): number => GUESS_TIMES * jitterM;
