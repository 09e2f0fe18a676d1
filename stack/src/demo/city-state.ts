import { convertPosition, type Position } from '@hermes/itinerary/coordinates';
import { distanceKm } from '@hermes/itinerary/distance';
import { foundCity, type Listing } from './city.ts';
import { type Dice, dice } from './dice.ts';
import type { Line } from './event-types.ts';

/** What the city says: the parts of a CloudEvent that depend on the world, without id and source. */
export interface Happening {
  readonly type: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a broker is doing; instants in milliseconds. Travelling is a straight line at an even speed. */
export type Errand =
  | { readonly kind: 'in-shop'; readonly untilMs: number }
  | { readonly kind: 'to-showing'; readonly fromMs: number; readonly untilMs: number; readonly visit: Visit }
  | { readonly kind: 'showing'; readonly fromMs: number; readonly untilMs: number; readonly visit: Visit }
  | { readonly kind: 'signing'; readonly untilMs: number; readonly visit: Visit }
  | { readonly kind: 'to-shop'; readonly fromMs: number; readonly untilMs: number };

export interface Visit {
  /** Common part of the ids of the appointment and the showing; kept, because a restart changes the run. */
  readonly mark: string;
  readonly customerId: string;
  /** Index into the city's listings. */
  readonly listing: number;
}

export interface Broker {
  readonly id: string;
  readonly line: Line;
  readonly shop: Position;
  /** Where the present way began, and where it leads; equal while standing. */
  readonly from: Position;
  readonly to: Position;
  readonly errand: Errand;
}

export interface Interest {
  readonly customerId: string;
  readonly listing: number;
}

/** The whole city: a value, fit for JSON. */
export interface City {
  readonly version: 1;
  readonly seed: number;
  readonly roll: number;
  /** Events so far; numbers what is new: appointments, deals, listings. */
  readonly count: number;
  readonly brokers: readonly Broker[];
  readonly listings: readonly Listing[];
  /** Indices of listings that are sold: the next ones to be replaced. */
  readonly sold: readonly number[];
  /** Whose position is told next. */
  readonly nextFix: number;
  /** Who browsed, and who called, lately: those go on. */
  readonly browsers: readonly Interest[];
  readonly callers: readonly Interest[];
}

export const BROKERS = 400;
export const LISTINGS_PER_BROKER = 3;
const CUSTOMERS = 6_000;
export const MINUTE_MS = 60_000;
/** On an electric bike through the city. */
const SPEED_KMH = 22;

/** A city in the middle of its day: brokers are at every stage of an errand, so the first minute looks like any other. */
export function newCity(seed: number, nowMs: number): City {
  const { brokers: homes, listings } = foundCity(seed, BROKERS, LISTINGS_PER_BROKER);
  const roll = dice(seed ^ 0x5eed);
  const brokers = homes.map(({ id, line, shop }, index): Broker => {
    const standing = { id, line, shop, from: shop, to: shop };
    if (roll.next() < 0.3)
      return { ...standing, errand: { kind: 'in-shop', untilMs: nowMs + roll.between(0, 3) * MINUTE_MS } };
    const listing = index + BROKERS * roll.index(LISTINGS_PER_BROKER);
    const visit: Visit = { mark: `start-${index}`, customerId: customer(roll), listing };
    const at = listings[listing]!.position;
    return {
      ...standing,
      from: at,
      to: at,
      errand: {
        kind: 'showing',
        fromMs: nowMs - 2 * MINUTE_MS,
        untilMs: nowMs + roll.between(0, 6) * MINUTE_MS,
        visit,
      },
    };
  });
  return {
    version: 1,
    seed,
    roll: roll.state,
    count: 0,
    brokers,
    listings,
    sold: [],
    nextFix: 0,
    browsers: [],
    callers: [],
  };
}

export const customer = (roll: Dice): string => `c-${1 + roll.index(CUSTOMERS)}`;
export const round = (value: number, places: number): number => Math.round(value * 10 ** places) / 10 ** places;
export const degrees = ({ longitude, latitude }: Position): Position => ({
  longitude: round(longitude, 6),
  latitude: round(latitude, 6),
});
export const onMap = (at: Position): Position => degrees(convertPosition(at, 'WGS84', 'BD-09'));
export const cny = (whole: number): string => `${whole}.00`;
export const travelMs = (from: Position, to: Position): number =>
  Math.max(10_000, (distanceKm(from, to) / SPEED_KMH) * 3_600_000);

/** Where a broker is: on the way, the part of the way that the time gone by is of the whole. */
export function positionOf(broker: Broker, nowMs: number): Position {
  const { errand, from, to } = broker;
  if (errand.kind !== 'to-showing' && errand.kind !== 'to-shop') return to;
  const part = Math.min(1, Math.max(0, (nowMs - errand.fromMs) / (errand.untilMs - errand.fromMs)));
  return {
    longitude: from.longitude + (to.longitude - from.longitude) * part,
    latitude: from.latitude + (to.latitude - from.latitude) * part,
  };
}

/** What a step comes to, before the city's own counters move on. */
export interface Outcome {
  readonly happening: Happening;
  readonly change: Partial<Omit<City, 'version' | 'seed' | 'roll' | 'count'>>;
}

/** What a step has to go by. */
export interface Step {
  readonly city: City;
  readonly nowMs: number;
  readonly roll: Dice;
  readonly mark: string;
  newId(kind: string): string;
}

/** A phone is a few metres off. */
export const noisy = (at: Position, roll: Dice): Position =>
  degrees({ longitude: at.longitude + roll.bell() * 0.000_03, latitude: at.latitude + roll.bell() * 0.000_03 });
