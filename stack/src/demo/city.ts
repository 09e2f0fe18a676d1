import type { Position } from '@hermes/itinerary/coordinates';
import { type Dice, dice } from './dice.ts';
import type { Line } from './event-types.ts';

/** A part of the city with its own price level; positions are WGS84. */
export interface District {
  readonly name: string;
  readonly centre: Position;
  /** CNY per square metre of a second-hand home. */
  readonly priceCnyPerM2: number;
}

export interface Listing {
  readonly id: string;
  readonly line: Line;
  readonly district: string;
  readonly brokerId: string;
  readonly position: Position;
  readonly areaM2: number;
  readonly rooms: number;
  /** Whole CNY; per month for rental. */
  readonly priceCny: number;
}

export const DISTRICTS: readonly District[] = [
  { name: 'riverside', centre: { longitude: 120.214, latitude: 30.246 }, priceCnyPerM2: 78_000 },
  { name: 'old-town', centre: { longitude: 120.169, latitude: 30.249 }, priceCnyPerM2: 62_000 },
  { name: 'lakeside', centre: { longitude: 120.128, latitude: 30.262 }, priceCnyPerM2: 71_000 },
  { name: 'university', centre: { longitude: 120.086, latitude: 30.303 }, priceCnyPerM2: 52_000 },
  { name: 'tech-park', centre: { longitude: 120.019, latitude: 30.279 }, priceCnyPerM2: 46_000 },
  { name: 'harbour', centre: { longitude: 120.262, latitude: 30.312 }, priceCnyPerM2: 38_000 },
  { name: 'station-east', centre: { longitude: 120.213, latitude: 30.291 }, priceCnyPerM2: 43_000 },
  { name: 'hills', centre: { longitude: 120.139, latitude: 30.163 }, priceCnyPerM2: 33_000 },
];

/** Shares of the business by number of listings and brokers. */
const LINE_SHARES: readonly (readonly [Line, number])[] = [
  ['second-hand', 0.5],
  ['rental', 0.27],
  ['new-home', 0.15],
  ['decoration', 0.08],
];

const KM_PER_DEGREE = 111.2;

/** A position up to `radiusKm` away, evenly over the disc. */
export function nearby(centre: Position, radiusKm: number, roll: Dice): Position {
  const distance = radiusKm * Math.sqrt(roll.next());
  const angle = roll.between(0, 2 * Math.PI);
  return {
    longitude:
      centre.longitude + (distance * Math.cos(angle)) / (KM_PER_DEGREE * Math.cos((centre.latitude * Math.PI) / 180)),
    latitude: centre.latitude + (distance * Math.sin(angle)) / KM_PER_DEGREE,
  };
}

export function pickLine(roll: Dice): Line {
  let left = roll.next();
  for (const [line, share] of LINE_SHARES) {
    left -= share;
    if (left < 0) return line;
  }
  return 'second-hand';
}

/** Large homes, whose prices are what the demo's rules look for. */
const VILLA_SHARE = 0.14;

/** A listing in a district: area from the number of rooms, price from the district's level with a spread of a fifth. */
export function newListing(id: string, line: Line, district: District, brokerId: string, roll: Dice): Listing {
  const isVilla = roll.next() < VILLA_SHARE;
  const rooms = isVilla ? 4 + roll.index(3) : 1 + roll.index(4);
  const plainM2 = isVilla ? roll.between(160, 300) : 25 + rooms * 24 + roll.bell() * 9;
  const areaM2 = Math.max(18, Math.round(plainM2 * 10) / 10);
  const spread = Math.exp(0.2 * roll.bell()) * (isVilla ? 1.3 : 1);
  const perM2: Readonly<Record<Line, number>> = {
    'second-hand': district.priceCnyPerM2,
    'new-home': district.priceCnyPerM2 * 1.08,
    rental: district.priceCnyPerM2 / 480,
    decoration: 1_350,
  };
  const step = line === 'rental' ? 100 : line === 'decoration' ? 1_000 : 10_000;
  const priceCny = Math.max(step, Math.round((perM2[line] * areaM2 * spread) / step) * step);
  // Two kilometres round the centre: a broker is there within minutes.
  return {
    id,
    line,
    district: district.name,
    brokerId,
    position: nearby(district.centre, 1.4, roll),
    areaM2: Math.max(18, areaM2),
    rooms,
    priceCny,
  };
}

export interface BrokerHome {
  readonly id: string;
  readonly line: Line;
  readonly district: District;
  readonly shop: Position;
}

/** The city's brokers and its first listings: a function of the seed alone. */
export function foundCity(
  seed: number,
  brokers: number,
  listingsPerBroker: number,
): { readonly brokers: readonly BrokerHome[]; readonly listings: readonly Listing[] } {
  const roll = dice(seed);
  const homes = Array.from({ length: brokers }, (_, index): BrokerHome => {
    const district = DISTRICTS[index % DISTRICTS.length]!;
    return { id: `b-${index + 1}`, line: pickLine(roll), district, shop: nearby(district.centre, 1, roll) };
  });
  const listings = Array.from({ length: brokers * listingsPerBroker }, (_, index) => {
    const broker = homes[index % brokers]!;
    return newListing(`l-${index + 1}`, broker.line, broker.district, broker.id, roll);
  });
  return { brokers: homes, listings };
}
