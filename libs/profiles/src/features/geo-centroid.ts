import { addExactly } from '../bytes.ts';
import type { Aggregate } from './aggregate.ts';

/** A hundred-millionth of a degree is about a millimetre. */
const UNITS_PER_DEGREE = 1e8;
const FULL_TURN = 360 * UNITS_PER_DEGREE;

type Integer = number | bigint;

/**
 * Sums of coordinates in units of 1e-8 degrees, exact. Longitudes are summed twice, from -180 to 180 and from 0 to 360, with the extent of
 * each: near the antimeridian only the second makes sense.
 */
interface Places {
  count: number;
  latitude: Integer;
  longitude: Integer;
  west: number;
  east: number;
  /** From 0 to 360. */
  turned: Integer;
  turnedWest: number;
  turnedEast: number;
}

const unitsOf = (degrees: number): number => Math.round(degrees * UNITS_PER_DEGREE);
const turnedOf = (units: number): number => (units < 0 ? units + FULL_TURN : units);

interface Degrees {
  readonly longitude: number;
  readonly latitude: number;
}

/** A place on Earth, or undefined. */
export function placeOf(longitude: unknown, latitude: unknown): Degrees | undefined {
  if (typeof longitude !== 'number' || typeof latitude !== 'number') return undefined;
  if (!(Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90)) return undefined;
  return { longitude, latitude };
}

/** The mean of the latitudes and of the longitudes, each rounded to 1e-8 degrees. */
export const geoCentroid: Aggregate<Places> = {
  add(into, { value }) {
    const { longitude, latitude } = (value ?? {}) as Partial<Degrees>;
    const place = placeOf(longitude, latitude);
    if (place === undefined) return undefined;
    const lon = unitsOf(place.longitude);
    const turned = turnedOf(lon);
    const one: Places = {
      count: 1,
      latitude: unitsOf(place.latitude),
      longitude: lon,
      west: lon,
      east: lon,
      turned,
      turnedWest: turned,
      turnedEast: turned,
    };
    return into === undefined ? one : joined(into, one);
  },
  merge: (into, from) => (into === undefined ? { ...from } : joined(into, from)),
  write(writer, state) {
    writer.varint(state.count);
    writer.integer(state.latitude);
    writer.integer(state.longitude);
    writer.zigzag(state.west);
    writer.zigzag(state.east);
    writer.integer(state.turned);
    writer.varint(state.turnedWest);
    writer.varint(state.turnedEast);
  },
  read: (reader) => ({
    count: reader.varint(),
    latitude: reader.integer(),
    longitude: reader.integer(),
    west: reader.zigzag(),
    east: reader.zigzag(),
    turned: reader.integer(),
    turnedWest: reader.varint(),
    turnedEast: reader.varint(),
  }),
  value(state) {
    if (state === undefined) return { value: null };
    const straight = state.east - state.west <= state.turnedEast - state.turnedWest;
    const units = Math.round(Number(straight ? state.longitude : state.turned) / state.count);
    const longitude = units > FULL_TURN / 2 ? units - FULL_TURN : units;
    return {
      value: {
        longitude: longitude / UNITS_PER_DEGREE,
        latitude: Math.round(Number(state.latitude) / state.count) / UNITS_PER_DEGREE,
      },
    };
  },
};

function joined(into: Places, from: Places): Places {
  into.count += from.count;
  into.latitude = addExactly(into.latitude, from.latitude);
  into.longitude = addExactly(into.longitude, from.longitude);
  into.west = Math.min(into.west, from.west);
  into.east = Math.max(into.east, from.east);
  into.turned = addExactly(into.turned, from.turned);
  into.turnedWest = Math.min(into.turnedWest, from.turnedWest);
  into.turnedEast = Math.max(into.turnedEast, from.turnedEast);
  return into;
}
