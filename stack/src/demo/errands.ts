import { distanceKm } from '@hermes/itinerary/distance';
import {
  type Broker,
  BROKERS,
  type City,
  cny,
  customer,
  LISTINGS_PER_BROKER,
  MINUTE_MS,
  noisy,
  onMap,
  type Outcome,
  round,
  type Step,
  travelMs,
  type Visit,
} from './city-state.ts';

/** Of the showings so many end in a deal. */
const SIGNED_SHARE = 0.24;

/** The broker's errand has come to an end: say so, and begin the next one. */
export function proceed(step: Step, index: number): Outcome {
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
