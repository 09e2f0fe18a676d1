import { drawsOf } from './draws.ts';
import { moveBy } from './move-by.ts';
import type { Tracks } from './positions.ts';

/** How a file is made into another one. */
export interface Variation {
  /** Standard deviation of what is added to each position, in metres along each axis. */
  readonly noiseM: number;
  /** Every how-many-th position is kept. */
  readonly keepEvery: number;
  readonly eastDegrees: number;
  readonly northDegrees: number;
  /** Only these; all when empty. */
  readonly devices: readonly string[];
}

/** The radius that holds 68 % of a normal error in two dimensions, in standard deviations along one axis. */
const RADIUS_PER_DEVIATION = Math.sqrt(-2 * Math.log(0.32));

/** @throws Error in words when a device is not in the file, or nothing is left of it */
export function varyPositions(tracks: Tracks, variation: Variation, seed: number): Tracks {
  const draws = drawsOf(seed, 2);
  const names = variation.devices.length === 0 ? [...tracks.keys()] : variation.devices;
  return new Map(
    names.map((name) => {
      const track = tracks.get(name);
      if (track === undefined)
        throw new Error(`The file has no device "${name}"; it has ${[...tracks.keys()].join(', ')}.`);
      const kept = track.filter((_, number) => number % variation.keepEvery === 0);
      return [
        name,
        kept.map(({ longitude, latitude, ...rest }) => {
          const shifted = {
            longitude: ((longitude + variation.eastDegrees + 540) % 360) - 180,
            latitude: Math.max(-89, Math.min(89, latitude + variation.northDegrees)),
          };
          if (variation.noiseM === 0) return { ...rest, ...shifted };
          const [east, north] = [draws.normal(), draws.normal()];
          return {
            ...rest,
            // What is stated stays true.
            ...(rest.accuracyM === undefined
              ? {}
              : { accuracyM: Math.hypot(rest.accuracyM, RADIUS_PER_DEVIATION * variation.noiseM) }),
            ...moveBy(shifted, (Math.hypot(east, north) * variation.noiseM) / 1_000, Math.atan2(east, north)),
          };
        }),
      ] as const;
    }),
  );
}
