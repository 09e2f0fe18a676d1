import type { Position } from './coordinates.ts';

/** Mean radius of the Earth, R1 of the IUGG, in kilometres. */
export const EARTH_RADIUS_KM = 6_371.0088;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/**
 * Great-circle distance of two positions of one coordinate system, in kilometres. The Earth is taken as a sphere: up to
 * 0.5 % off. Source: the haversine formula (R. W. Sinnott, "Virtues of the Haversine", 1984).
 */
export function distanceKm(from: Position, to: Position): number {
  const latitude = Math.sin(radians(to.latitude - from.latitude) / 2);
  const longitude = Math.sin(radians(to.longitude - from.longitude) / 2);
  const h = latitude ** 2 + Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * longitude ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}
