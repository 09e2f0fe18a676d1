import { DISTRICTS, newListing } from './city.ts';
import {
  type Broker,
  type City,
  cny,
  customer,
  type Interest,
  MINUTE_MS,
  noisy,
  onMap,
  type Outcome,
  positionOf,
  round,
  type Step,
} from './city-state.ts';
import type { Dice } from './dice.ts';

/** Of those who browsed or called so many are remembered. */
const RECENT = 64;

/** What happens of itself, by share; the rest is positions. */
const SHARES: readonly (readonly [share: number, happen: (step: Step) => Outcome])[] = [
  [0.25, browsed],
  [0.05, called],
  [0.03, visited],
  [0.012, published],
  [0.016, priceChanged],
];

/** A throw of the dice decides. */
export function somethingNew(step: Step): Outcome {
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
