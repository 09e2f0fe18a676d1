import type { Position } from './coordinates.ts';
import { distanceKm } from './distance.ts';

/** A position at an instant, and the radius in which it may be. */
export interface Place {
  readonly timeMs: number;
  readonly longitude: number;
  readonly latitude: number;
  readonly errorM: number;
}

/** Phones give whole seconds: two instants may be this much further apart than they say. */
const TIME_ERROR_MS = 1_000;
const MS_PER_HOUR = 3_600_000;

/** A move from one place to another, or back: instants may be in either order. */
export interface Move {
  readonly distanceKm: number;
  /** Of the time between, with what whole seconds hide. */
  readonly hours: number;
  /** The smallest speed that explains both places: from the near edge of one circle to the near edge of the other. */
  readonly speedKmh: number;
}

export function moveBetween(from: Place, to: Place): Move {
  return moveOver(distanceKm(from, to), from, to);
}

function moveOver(km: number, from: Place, to: Place): Move {
  const hours = (Math.abs(to.timeMs - from.timeMs) + TIME_ERROR_MS) / MS_PER_HOUR;
  const certainKm = Math.max(0, km - (from.errorM + to.errorM) / 1_000);
  return { distanceKm: km, hours, speedKmh: certainKm / hours };
}

/** Distance in metres that needs `speedKmh` at least between two such places: what `moveBetween` says the other way round. */
export function distanceMThatNeeds(
  speedKmh: number,
  from: Pick<Place, 'timeMs' | 'errorM'>,
  to: Pick<Place, 'timeMs' | 'errorM'>,
): number {
  const hours = (Math.abs(to.timeMs - from.timeMs) + TIME_ERROR_MS) / MS_PER_HOUR;
  return speedKmh * hours * 1_000 + from.errorM + to.errorM;
}

export const positionOf = ({ longitude, latitude }: Place): Position => ({ longitude, latitude });
