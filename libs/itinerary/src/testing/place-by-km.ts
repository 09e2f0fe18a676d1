import type { Position } from '../coordinates.ts';
import { EARTH_RADIUS_KM } from '../distance.ts';
import type { Fix } from '../observation.ts';

const DEGREES_PER_KM = 180 / (Math.PI * EARTH_RADIUS_KM);

/** A position by kilometres east and north of one on the equator, where both are as long as the other. */
export const placeByKm = (eastKm: number, northKm = 0): Position => ({
  longitude: 120 + eastKm * DEGREES_PER_KM,
  latitude: northKm * DEGREES_PER_KM,
});

export const START_MS = Date.UTC(2026, 2, 2, 2);

/** A fix of broker b-1, some seconds after ten o'clock in Shanghai on a Monday. */
export const fixByKm = (seconds: number, eastKm: number, more: Partial<Fix> = {}): Fix => ({
  kind: 'fix',
  brokerId: 'b-1',
  timeMs: START_MS + seconds * 1_000,
  position: placeByKm(eastKm),
  ...more,
});
