import type { Position } from './coordinates.ts';
import { EARTH_RADIUS_KM } from './distance.ts';

const METRES_PER_DEGREE = (EARTH_RADIUS_KM * 1_000 * Math.PI) / 180;

/** A point on a plane, in metres. */
interface Metres {
  readonly east: number;
  readonly north: number;
}

/**
 * Where a position lies as seen from another one, on the plane that touches the Earth there: for some tens of kilometres as good as
 * the sphere. The shorter way round is taken across the date line.
 */
export function metresFrom(origin: Position, to: Position): Metres {
  const degrees = ((to.longitude - origin.longitude + 540) % 360) - 180;
  return {
    east: degrees * METRES_PER_DEGREE * Math.cos((origin.latitude * Math.PI) / 180),
    north: (to.latitude - origin.latitude) * METRES_PER_DEGREE,
  };
}

/** Distance in metres from the origin of a plane to a stretch of a line on it. */
function distanceToStretchM(a: Metres, b: Metres): number {
  const [east, north] = [b.east - a.east, b.north - a.north];
  const squared = east ** 2 + north ** 2;
  const share = squared === 0 ? 0 : Math.max(0, Math.min(1, -(a.east * east + a.north * north) / squared));
  return Math.hypot(a.east + share * east, a.north + share * north);
}

/** Distance in metres from a position to a line of at least one point. */
export function distanceToLineM(position: Position, line: readonly Position[]): number {
  const onPlane = line.map((point) => metresFrom(position, point));
  return onPlane.reduce(
    (least, point, i) => Math.min(least, distanceToStretchM(onPlane[Math.max(0, i - 1)]!, point)),
    Infinity,
  );
}

/** The points without which the line would be more than `toleranceM` off. Source: D. H. Douglas and T. K. Peucker, 1973. */
function simplified(line: readonly Position[], toleranceM: number): readonly Position[] {
  const isKept = line.map((_, i) => i === 0 || i === line.length - 1);
  const stretches: [number, number][] = [[0, line.length - 1]];
  for (let stretch = stretches.pop(); stretch !== undefined; stretch = stretches.pop()) {
    const [first, last] = stretch;
    let [farthest, farthestM] = [-1, toleranceM];
    for (let i = first + 1; i < last; i++) {
      const offM = distanceToLineM(line[i]!, [line[first]!, line[last]!]);
      if (offM > farthestM) [farthest, farthestM] = [i, offM];
    }
    if (farthest === -1) continue;
    isKept[farthest] = true;
    stretches.push([first, farthest], [farthest, last]);
  }
  return line.filter((_, i) => isKept[i]);
}

/** The line in at most `most` points, as near to it as twice as little would not do. */
export function lineOfAtMost(line: readonly Position[], most: number): readonly Position[] {
  let shorter = line;
  for (let toleranceM = 1; shorter.length > most; toleranceM *= 2) shorter = simplified(line, toleranceM);
  return shorter;
}
