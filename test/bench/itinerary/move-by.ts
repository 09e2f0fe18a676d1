import type { Position } from '@hermes/itinerary/coordinates';
import { EARTH_RADIUS_KM } from '@hermes/itinerary/distance';

const DEGREE = Math.PI / 180;

/** The position that lies `km` away in a direction, radians east of north. Source: spherical trigonometry, the direct problem. */
export function moveBy({ longitude, latitude }: Position, km: number, bearing: number): Position {
  const angle = km / EARTH_RADIUS_KM;
  const [sinFrom, cosFrom] = [Math.sin(latitude * DEGREE), Math.cos(latitude * DEGREE)];
  const sinTo = sinFrom * Math.cos(angle) + cosFrom * Math.sin(angle) * Math.cos(bearing);
  const east = Math.atan2(Math.sin(bearing) * Math.sin(angle) * cosFrom, Math.cos(angle) - sinFrom * sinTo);
  return {
    longitude: ((longitude + east / DEGREE + 540) % 360) - 180,
    latitude: Math.asin(Math.max(-1, Math.min(1, sinTo))) / DEGREE,
  };
}
