import type { EventTypeDraft } from '@hermes/contracts/event-type';
import { convertPosition, type Position } from './coordinates.ts';

type Place = EventTypeDraft['places'][number];

const numberIn = (data: Readonly<Record<string, unknown>>, field: string, limit: number): number | undefined => {
  const value = data[field];
  return typeof value === 'number' && Math.abs(value) <= limit ? value : undefined;
};

/**
 * A place of an event's data in WGS84, converted from the coordinate system that its event type states. Undefined where the data has
 * no such place, or one that is not on the Earth.
 */
export function placeIn(data: Readonly<Record<string, unknown>>, place: Place): Position | undefined {
  const longitude = numberIn(data, place.longitude, 180);
  const latitude = numberIn(data, place.latitude, 90);
  if (longitude === undefined || latitude === undefined) return undefined;
  return convertPosition({ longitude, latitude }, place.system, 'WGS84');
}
