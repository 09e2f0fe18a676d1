import { accuracyOfJitterM, jitterM } from '@hermes/itinerary/position-noise';
import type { FilePosition } from './positions.ts';

/**
 * The accuracy of a track whose file states none: from the median by which its positions are off the way between their neighbours, over the whole
 * track; 0 where they are too far apart to tell.
 */
export function trackAccuracyM(track: readonly FilePosition[]): number {
  const jitters = track
    .slice(2)
    .map((after, i) => jitterM(track[i]!, track[i + 1]!, after))
    .filter((each) => each !== undefined)
    .toSorted((a, b) => a - b);
  return accuracyOfJitterM(jitters[jitters.length >> 1] ?? 0);
}
