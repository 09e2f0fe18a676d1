import { convertPosition, type Position } from '@hermes/itinerary/coordinates';
import { distanceKm } from '@hermes/itinerary/distance';
import { DISTRICTS, foundCity, type Listing, newListing } from './city.ts';
import { type Dice, dice } from './dice.ts';
import type { Line } from './event-types.ts';

/** What the city says: the parts of a CloudEvent that depend on the world, without id and source. */
export interface Happening {
  readonly type: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a broker is doing; instants in milliseconds. Travelling is a straight line at an even speed. */
type Errand =
  | { readonly kind: 'in-shop'; readonly untilMs: number }
  | { readonly kind: 'to-showing'; readonly fromMs: number; readonly untilMs: number; readonly visit: Visit }
  | { readonly kind: 'showing'; readonly fromMs: number; readonly untilMs: number; readonly visit: Visit }
  | { readonly kind: 'signing'; readonly untilMs: number; readonly visit: Visit }
  | { readonly kind: 'to-shop'; readonly fromMs: number; readonly untilMs: number };

interface Visit {
  /** Common part of the ids of the appointment and the showing; kept, because a restart changes the run. */
  readonly mark: string;
  readonly customerId: string;
  /** Index into the city's listings. */
  readonly listing: number;
}

interface Broker {
  readonly id: string;
  readonly line: Line;
  readonly shop: Position;
  /** Where the present way began, and where it leads; equal while standing. */
  readonly from: Position;
  readonly to: Position;
  readonly errand: Errand;
}

interface Interest {
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

const BROKERS = 400;
const LISTINGS_PER_BROKER = 3;
const CUSTOMERS = 6_000;
const RECENT = 64;
const MINUTE_MS = 60_000;
/** On an electric bike through the city. */
const SPEED_KMH = 22;
const SIGNED_SHARE = 0.24;

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

const customer = (roll: Dice): string => `c-${1 + roll.index(CUSTOMERS)}`;
const round = (value: number, places: number): number => Math.round(value * 10 ** places) / 10 ** places;
const degrees = ({ longitude, latitude }: Position): Position => ({
  longitude: round(longitude, 6),
  latitude: round(latitude, 6),
});
const onMap = (at: Position): Position => degrees(convertPosition(at, 'WGS84', 'BD-09'));
const cny = (whole: number): string => `${whole}.00`;
const travelMs = (from: Position, to: Position): number =>
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
interface Outcome {
  readonly happening: Happening;
  readonly change: Partial<Omit<City, 'version' | 'seed' | 'roll' | 'count'>>;
}

/**
 * The next event of the city at `nowMs`, which never goes back. Pure: the same city, instant and run give the same event. What is
 * due (an arrival, the end of a showing, a signature) comes first; else a throw of the dice decides.
 *
 * @param run - marks what is new (appointments, deals, listings), so that two runs of one seed never share an id
 */
export function nextHappening(
  city: City,
  nowMs: number,
  run: string,
): { readonly happening: Happening; readonly city: City } {
  const roll = dice(city.roll);
  const step: Step = {
    city,
    nowMs,
    roll,
    newId: (kind) => `${kind}-${run}-${city.count}`,
    mark: `${run}-${city.count}`,
  };
  const due = city.brokers.findIndex(({ errand }) => errand.untilMs <= nowMs && errand.kind !== 'to-shop');
  const { happening, change } = due >= 0 ? proceed(step, due) : somethingNew(step);
  return { happening, city: { ...city, ...change, roll: roll.state, count: city.count + 1 } };
}

interface Step {
  readonly city: City;
  readonly nowMs: number;
  readonly roll: Dice;
  readonly mark: string;
  newId(kind: string): string;
}

/** The broker's errand has come to an end: say so, and begin the next one. */
function proceed(step: Step, index: number): Outcome {
  const { city, nowMs, roll } = step;
  const broker = city.brokers[index]!;
  const { errand } = broker;
  const become = (next: Partial<Broker>): Partial<City> => ({
    brokers: city.brokers.with(index, { ...broker, ...next }),
  });
  const homeward = (): Partial<Broker> => ({
    from: broker.to,
    to: broker.shop,
    errand: { kind: 'to-shop', fromMs: nowMs, untilMs: nowMs + travelMs(broker.to, broker.shop) },
  });

  if (errand.kind === 'in-shop' || errand.kind === 'to-shop') return appointment(step, index);
  const { visit } = errand;
  const listing = city.listings[visit.listing]!;
  const ids = { showingId: `s-${visit.mark}`, appointmentId: `a-${visit.mark}` };
  if (errand.kind === 'to-showing') {
    const fix = noisy(broker.to, roll);
    return {
      happening: {
        type: 'showing.checked_in',
        subject: `broker:${broker.id}`,
        data: { ...ids, listingId: listing.id, ...fix, distanceM: round(distanceKm(fix, listing.position) * 1_000, 1) },
      },
      change: become({
        from: broker.to,
        errand: { kind: 'showing', fromMs: nowMs, untilMs: nowMs + roll.between(2.5, 6) * MINUTE_MS, visit },
      }),
    };
  }
  if (errand.kind === 'showing') {
    const signs = roll.next() < SIGNED_SHARE;
    return {
      happening: {
        type: 'showing.held',
        subject: `broker:${broker.id}`,
        data: {
          ...ids,
          customerId: visit.customerId,
          listingId: listing.id,
          line: listing.line,
          district: listing.district,
          durationMin: round((nowMs - errand.fromMs) / MINUTE_MS, 1),
        },
      },
      change: become(
        signs
          ? { errand: { kind: 'signing', untilMs: nowMs + roll.between(0.5, 1.5) * MINUTE_MS, visit } }
          : homeward(),
      ),
    };
  }
  // The bargain: a few per cent below the asking price, to the thousand (a rent to the hundred).
  const to = listing.line === 'rental' ? 100 : 1_000;
  const price = Math.max(to, Math.round((listing.priceCny * roll.between(0.94, 1)) / to) * to);
  return {
    happening: {
      type: 'deal.signed',
      subject: `broker:${broker.id}`,
      data: {
        dealId: step.newId('d'),
        line: listing.line,
        district: listing.district,
        brokerId: broker.id,
        customerId: visit.customerId,
        listingId: listing.id,
        totalPriceCny: cny(price),
        areaM2: listing.areaM2,
        signedAt: new Date(nowMs).toISOString(),
        ...onMap(listing.position),
      },
    },
    change: { ...become(homeward()), sold: [...city.sold, visit.listing] },
  };
}

/** A broker in the shop agrees with a caller to see a listing of the broker's own, and sets out. */
function appointment(step: Step, index: number): Outcome {
  const { city, nowMs, roll } = step;
  const broker = city.brokers[index]!;
  const own = city.callers.filter(({ listing }) => city.listings[listing]?.brokerId === broker.id);
  const listing = own[0]?.listing ?? index + BROKERS * roll.index(LISTINGS_PER_BROKER);
  const customerId = own[0]?.customerId ?? customer(roll);
  const home = city.listings[listing]!;
  const untilMs = nowMs + travelMs(broker.shop, home.position);
  const visit: Visit = { mark: step.mark, customerId, listing };
  return {
    happening: {
      type: 'appointment.created',
      subject: `broker:${broker.id}`,
      data: {
        appointmentId: `a-${visit.mark}`,
        customerId,
        listingId: home.id,
        line: home.line,
        district: home.district,
        startsAt: new Date(untilMs).toISOString(),
        ...onMap(home.position),
      },
    },
    change: {
      brokers: city.brokers.with(index, {
        ...broker,
        from: broker.shop,
        to: home.position,
        errand: { kind: 'to-showing', fromMs: nowMs, untilMs, visit },
      }),
      callers: city.callers.filter((caller) => caller !== own[0]),
    },
  };
}

/** What happens of itself, by share; the rest is positions. */
const SHARES: readonly (readonly [share: number, happen: (step: Step) => Outcome])[] = [
  [0.25, browsed],
  [0.05, called],
  [0.03, visited],
  [0.012, published],
  [0.016, priceChanged],
];

function somethingNew(step: Step): Outcome {
  let left = step.roll.next();
  for (const [share, happen] of SHARES) {
    left -= share;
    if (left < 0) return happen(step);
  }
  return fix(step);
}

const recent = (items: readonly Interest[], item: Interest): readonly Interest[] => [...items.slice(1 - RECENT), item];

/** Every broker in turn, so that each phone reports at an even pace. Who is back in the shop rests there. */
function fix({ city, nowMs, roll }: Step): Outcome {
  const broker = city.brokers[city.nextFix]!;
  const isBack = broker.errand.kind === 'to-shop' && broker.errand.untilMs <= nowMs;
  const rested: Broker = {
    ...broker,
    from: broker.shop,
    to: broker.shop,
    errand: { kind: 'in-shop', untilMs: nowMs + roll.between(0.2, 2.5) * MINUTE_MS },
  };
  return {
    happening: {
      type: 'broker.location',
      subject: `broker:${broker.id}`,
      data: { ...noisy(positionOf(broker, nowMs), roll), accuracyM: round(roll.between(4, 25), 1) },
    },
    change: {
      nextFix: (city.nextFix + 1) % city.brokers.length,
      ...(isBack ? { brokers: city.brokers.with(city.nextFix, rested) } : {}),
    },
  };
}

/** A phone is a few metres off. */
const noisy = (at: Position, roll: Dice): Position =>
  degrees({ longitude: at.longitude + roll.bell() * 0.000_03, latitude: at.latitude + roll.bell() * 0.000_03 });

function browsed({ city, roll }: Step): Outcome {
  // A third of those who look have looked before.
  const before = city.browsers.length > 0 && roll.next() < 0.33 ? roll.pick(city.browsers).customerId : undefined;
  const interest: Interest = { customerId: before ?? customer(roll), listing: roll.index(city.listings.length) };
  const { id, line, district } = city.listings[interest.listing]!;
  return {
    happening: {
      type: 'customer.browsed',
      subject: `customer:${interest.customerId}`,
      data: { listingId: id, line, district, durationS: round(Math.exp(3.2 + 0.9 * roll.bell()), 0) },
    },
    change: { browsers: recent(city.browsers, interest) },
  };
}

function called({ city, roll }: Step): Outcome {
  const interest =
    city.browsers.length > 0
      ? roll.pick(city.browsers)
      : { customerId: customer(roll), listing: roll.index(city.listings.length) };
  const { id, line, brokerId } = city.listings[interest.listing]!;
  return {
    happening: {
      type: 'customer.called',
      subject: `customer:${interest.customerId}`,
      data: { brokerId, listingId: id, line, durationS: round(Math.exp(4.2 + 0.7 * roll.bell()), 0) },
    },
    change: { callers: recent(city.callers, interest) },
  };
}

function visited({ city, roll }: Step): Outcome {
  const interest =
    city.callers.length > 0
      ? roll.pick(city.callers)
      : { customerId: customer(roll), listing: roll.index(city.listings.length) };
  const { brokerId, district, line } = city.listings[interest.listing]!;
  return {
    happening: {
      type: 'customer.visited',
      subject: `customer:${interest.customerId}`,
      data: { brokerId, district, line },
    },
    change: {},
  };
}

/** A sold listing, or one that nobody is on the way to, is taken off the market, and another takes its place. */
function published(step: Step): Outcome {
  const { city, roll } = step;
  const index = city.sold[0] ?? idleListing(city, roll);
  const old = city.listings[index]!;
  const district = DISTRICTS.find(({ name }) => name === old.district) ?? DISTRICTS[0]!;
  const listing = newListing(step.newId('l'), old.line, district, old.brokerId, roll);
  const { id, line, brokerId, priceCny, areaM2, rooms, position } = listing;
  return {
    happening: {
      type: 'listing.published',
      subject: `listing:${id}`,
      data: { line, district: listing.district, brokerId, priceCny: cny(priceCny), areaM2, rooms, ...onMap(position) },
    },
    change: { listings: city.listings.with(index, listing), sold: city.sold.slice(1) },
  };
}

/** Mostly a few per cent down, sometimes up, and one time in ten a cut that somebody should look at. */
function priceChanged({ city, roll }: Step): Outcome {
  const index = roll.index(city.listings.length);
  const listing = city.listings[index]!;
  const factor = roll.next() < 0.105 ? roll.between(0.82, 0.895) : roll.between(0.93, 1.03);
  const to = listing.line === 'rental' ? 50 : 1_000;
  const priceCny = Math.max(to, Math.round((listing.priceCny * factor) / to) * to);
  const changePercent = round((priceCny / listing.priceCny - 1) * 100, 2);
  return {
    happening: {
      type: 'listing.price_changed',
      subject: `listing:${listing.id}`,
      data: {
        line: listing.line,
        district: listing.district,
        oldPriceCny: cny(listing.priceCny),
        newPriceCny: cny(priceCny),
        changePercent,
      },
    },
    change: { listings: city.listings.with(index, { ...listing, priceCny }) },
  };
}

function idleListing(city: City, roll: Dice): number {
  const busy = new Set(city.brokers.flatMap(({ errand }) => ('visit' in errand ? [errand.visit.listing] : [])));
  for (;;) {
    const index = roll.index(city.listings.length);
    if (!busy.has(index)) return index;
  }
}
