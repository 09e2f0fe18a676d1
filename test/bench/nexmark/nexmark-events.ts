import { seededRandom } from '../seeded-random.ts';

/**
 * The events of the Nexmark benchmark (https://github.com/nexmark/nexmark): of each fifty, one person registers, three auctions open, the
 * others are bids. Ids, hot keys, prices and sizes are spread as there; the numbers come from a seed, so that each run has the same events.
 */
const PER_EPOCH = 50;
const PERSONS = 1;
const AUCTIONS = 3;
const FIRST_PERSON = 1_000;
const FIRST_AUCTION = 1_000;
const FIRST_CATEGORY = 10;
const CATEGORIES = 5;
/** Ids beyond the newest that are asked for already, as if events had changed places. */
const LEAD = 10;
const ACTIVE_PEOPLE = 1_000;
const OPEN_AUCTIONS = 100;
const HOT_BATCH = 100;
const CHANNELS = 10_000;
const BYTES = { person: 200, auction: 500, bid: 100 };
const START_MS = Date.UTC(2026, 0, 1);

const STATES = ['AZ', 'CA', 'ID', 'OR', 'WA', 'WY'];
const CITIES = [
  'Phoenix',
  'Los Angeles',
  'San Francisco',
  'Boise',
  'Portland',
  'Bend',
  'Redmond',
  'Seattle',
  'Kent',
  'Cheyenne',
];
const FIRST_NAMES = ['Peter', 'Paul', 'Luke', 'John', 'Saul', 'Vicky', 'Kate', 'Julie', 'Sarah', 'Deiter', 'Walter'];
const LAST_NAMES = ['Shultz', 'Abrams', 'Spencer', 'White', 'Bartels', 'Walton', 'Smith', 'Jones', 'Noris'];
const HOT_CHANNELS = ['Google', 'Facebook', 'Baidu', 'Apple'];

const lastPerson = (event: number): number =>
  Math.floor(event / PER_EPOCH) * PERSONS + Math.min(event % PER_EPOCH, PERSONS - 1);

function lastAuction(event: number): number {
  const epoch = Math.floor(event / PER_EPOCH);
  const offset = event % PER_EPOCH;
  if (offset < PERSONS) return (epoch - 1) * AUCTIONS + AUCTIONS - 1;
  return epoch * AUCTIONS + Math.min(offset - PERSONS, AUCTIONS - 1);
}

/** Event `n` (from 0, in order) as a line of JSON. `perSecond`: events of a second of event time. */
export function nexmarkEvents(seed: number, perSecond: number): (n: number) => string {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const one = <T>(of: readonly T[]): T => of[below(of.length)]!;
  const letters = (most: number, blank: string): string =>
    Array.from({ length: 3 + below(most - 3) }, () => (below(13) === 0 ? blank : String.fromCharCode(97 + below(26))))
      .join('')
      .trim();
  const sea = Array.from({ length: 100_000 }, () => String.fromCharCode(97 + below(26))).join('');
  const extra = (size: number, average: number): string => {
    const wanted = Math.max(0, average - size);
    const length = Math.round(wanted * 0.8) + below(Math.max(1, Math.round(wanted * 0.4)));
    const at = below(sea.length - length);
    return sea.slice(at, at + length);
  };
  const page = (): string =>
    `https://www.nexmark.com/${letters(5, '_')}/${letters(5, '_')}/${letters(5, '_')}/item.htm?query=1`;
  const price = (): number => Math.round(10 ** (random() * 6) * 100);
  const hotPages = HOT_CHANNELS.map(page);
  const pages = Array.from({ length: CHANNELS }, (_, i) =>
    below(10) > 0 ? `${page()}&channel_id=${Math.imul(i, 2_654_435_761) >>> 1}` : page(),
  );
  const atMs = (n: number): number => START_MS + Math.floor((n * 1_000) / perSecond);
  const time = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 23);
  const anyPerson = (n: number): number => {
    const people = lastPerson(n) + 1;
    const active = Math.min(people, ACTIVE_PEOPLE);
    return people - active + below(active + LEAD);
  };
  const anyAuction = (n: number): number => {
    const newest = lastAuction(n);
    const oldest = Math.max(newest - OPEN_AUCTIONS, 0);
    return oldest + below(newest - oldest + 1 + LEAD);
  };
  /** How long auctions are open on average: until as many others have opened. */
  const horizonMs = Math.floor(((OPEN_AUCTIONS * PER_EPOCH) / AUCTIONS / perSecond) * 1_000);

  const person = (n: number): object => {
    const name = `${one(FIRST_NAMES)} ${one(LAST_NAMES)}`;
    const emailAddress = `${letters(7, ' ')}@${letters(5, ' ')}.com`;
    const creditCard = Array.from({ length: 4 }, () => String(below(10_000)).padStart(4, '0')).join(' ');
    const city = one(CITIES);
    const size = 10 + name.length + emailAddress.length + creditCard.length + city.length;
    return {
      id: FIRST_PERSON + lastPerson(n),
      name,
      emailAddress,
      creditCard,
      city,
      state: one(STATES),
      dateTime: time(atMs(n)),
      extra: extra(size, BYTES.person),
    };
  };
  const auction = (n: number): object => {
    const itemName = letters(20, ' ');
    const description = letters(100, ' ');
    const initialBid = price();
    return {
      id: FIRST_AUCTION + lastAuction(n),
      itemName,
      description,
      initialBid,
      reserve: initialBid + price(),
      dateTime: time(atMs(n)),
      expires: time(atMs(n) + 1 + below(Math.max(1, 2 * horizonMs))),
      seller: FIRST_PERSON + (below(4) > 0 ? Math.floor(lastPerson(n) / HOT_BATCH) * HOT_BATCH : anyPerson(n)),
      category: FIRST_CATEGORY + below(CATEGORIES),
      extra: extra(48 + itemName.length + description.length, BYTES.auction),
    };
  };
  const bid = (n: number): object => {
    const hot = below(2) > 0 ? below(HOT_CHANNELS.length) : -1;
    const channel = hot >= 0 ? -1 : below(CHANNELS);
    return {
      auction: FIRST_AUCTION + (below(2) > 0 ? Math.floor(lastAuction(n) / HOT_BATCH) * HOT_BATCH : anyAuction(n)),
      bidder: FIRST_PERSON + (below(4) > 0 ? Math.floor(lastPerson(n) / HOT_BATCH) * HOT_BATCH + 1 : anyPerson(n)),
      price: price(),
      channel: hot >= 0 ? HOT_CHANNELS[hot] : `channel-${channel}`,
      url: hot >= 0 ? hotPages[hot] : pages[channel],
      dateTime: time(atMs(n)),
      extra: extra(32, BYTES.bid),
    };
  };
  return (n) => {
    const offset = n % PER_EPOCH;
    const type = offset < PERSONS ? 0 : offset < PERSONS + AUCTIONS ? 1 : 2;
    return JSON.stringify({
      event_type: type,
      person: type === 0 ? person(n) : null,
      auction: type === 1 ? auction(n) : null,
      bid: type === 2 ? bid(n) : null,
    });
  };
}
