import { distanceKm } from './distance.ts';
import { moveBetween, type Place } from './smallest-speed.ts';
import { calmKmh } from './travel-track.ts';

/** Towers that a phone falls back to are some kilometres away; what is further away is no tower. */
const TOWER_KM = 10;
/** A phone that says the same place so often stays there, or is made to say so; one that lost its satellites finds them again. */
const TOWER_FIXES = 10;

/** Two fixes at the very same coordinates: of one tower, of a phone at rest, or made up. A receiver measures no place twice. */
export const areIdentical = (a: Place, b: Place): boolean => a.longitude === b.longitude && a.latitude === b.latitude;

/** Whether a place that the track cannot reach, and that is seen again, may be a tower's: near, and seen `times` in all. */
export const mayBeTower = (latest: Place | undefined, place: Place, times: number): boolean =>
  latest !== undefined && times < TOWER_FIXES && distanceKm(latest, place) <= TOWER_KM;

/**
 * Whether a jump's end is where the track goes on from before its beginning, and calmly, so that the beginning, however often its very coordinates came, may have
 * been a tower's.
 */
export function isBackFromTower(track: readonly Place[], from: Place, to: Place, limitKmh: number): boolean {
  const others = track.filter((other) => !areIdentical(other, from));
  const calm = calmKmh(others, limitKmh);
  const goesOn = (other: Place): boolean => other.timeMs < from.timeMs && moveBetween(other, to).speedKmh <= calm;
  return mayBeTower(to, from, track.length - others.length) && others.some(goesOn);
}
