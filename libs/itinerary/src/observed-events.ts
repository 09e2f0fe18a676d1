import type { EventTypeDraft } from '@hermes/contracts/event-type';
import type { ObservedEvents, ObservedPlace } from '@hermes/contracts/rule-memory';
import type { ObservationKind } from './observation.ts';

type Given<Kind extends ObservationKind> = NonNullable<ObservedEvents[Kind]>;
/** One type of events that is an observation of a kind, and where in them what stands. */
export type SourceOf<Kind extends ObservationKind> = Exclude<Given<Kind>, readonly unknown[]>;

const BROKER = { brokerId: '$.subject' } as const;

/** The event types of the demo's catalogue, and the usual names of fields beyond it. */
const DEFAULTS: { readonly [Kind in ObservationKind]: SourceOf<Kind> } = {
  fix: {
    type: 'broker.location',
    ...BROKER,
    position: 'position',
    accuracyM: '$.data.accuracyM',
    deviceId: '$.data.deviceId',
    isMock: '$.data.isMock',
    isKnownPlace: '$.data.isKnownPlace',
  },
  'check-in': {
    type: 'showing.checked_in',
    ...BROKER,
    checkInId: '$.data.checkInId',
    listingId: '$.data.listingId',
    appointmentId: '$.data.appointmentId',
    showingId: '$.data.showingId',
    deviceId: '$.data.deviceId',
    accuracyM: '$.data.accuracyM',
    position: 'position',
    listingPosition: 'listing',
  },
  appointment: {
    type: 'appointment.created',
    ...BROKER,
    appointmentId: '$.data.appointmentId',
    listingId: '$.data.listingId',
    customerId: '$.data.customerId',
    startsAt: '$.data.startsAt',
    listingPosition: 'listing',
  },
  'appointment-cancelled': { type: 'appointment.cancelled', ...BROKER, appointmentId: '$.data.appointmentId' },
  showing: {
    type: 'showing.held',
    ...BROKER,
    showingId: '$.data.showingId',
    listingId: '$.data.listingId',
    customerId: '$.data.customerId',
    appointmentId: '$.data.appointmentId',
    startedAt: '$.data.startedAt',
    endedAt: '$.data.endedAt',
    durationMin: '$.data.durationMin',
    listingPosition: 'listing',
  },
  route: {
    type: 'route.planned',
    ...BROKER,
    routeId: '$.data.routeId',
    points: '$.data.points',
    from: '$.data.from',
    until: '$.data.until',
    system: 'WGS84',
  },
};

const PLACES = ['position', 'listingPosition'] as const;

/** The types that are observations of a kind, whatever is not said of them as in the defaults. */
export function sourcesOf<Kind extends ObservationKind>(kind: Kind, events: ObservedEvents): readonly SourceOf<Kind>[] {
  const given: unknown = events[kind];
  if (given === undefined) return [DEFAULTS[kind]];
  const list = (Array.isArray(given) ? given : [given]) as readonly SourceOf<Kind>[];
  return list.map((one) => ({ ...DEFAULTS[kind], ...one }));
}

/** What the event catalogue says of a type; undefined: it is not there. */
export type PlacesOf = (type: string) => EventTypeDraft['places'] | undefined;

export interface FaultOfEvents {
  /** JSON pointer into `events`. */
  readonly pointer: string;
  readonly place: string;
  readonly type: string;
  /** Places that the type has. */
  readonly known: readonly string[];
}

export interface WrittenOut {
  readonly events: ObservedEvents;
  /** Places that a person named and the catalogue does not have. */
  readonly unknown: readonly FaultOfEvents[];
}

/** Fields of the data that are a place where no catalogue says which are. */
const USUAL: ObservedPlace = { longitude: '$.data.longitude', latitude: '$.data.latitude', system: 'WGS84' };

type PlaceField = (typeof PLACES)[number];
type Places = ReturnType<PlacesOf>;

/** Where a place stands: as the catalogue says; undefined where it says nothing of it. */
function placeNamed(field: PlaceField, name: string, isOwn: boolean, places: Places): ObservedPlace | undefined {
  // A type's only place is its position, whatever it is called.
  const only = !isOwn && field === 'position' && places?.length === 1 ? places[0] : undefined;
  const found = places?.find((place) => place.name === name) ?? only;
  if (found === undefined) return !isOwn && field === 'position' ? USUAL : undefined;
  const { longitude, latitude, system } = found;
  return { longitude: `$.data.${longitude}`, latitude: `$.data.${latitude}`, system };
}

/**
 * The events that a check looks at, with every field and the coordinate system of every place in them, as the catalogue has it now: they mean the same
 * ever after. A place that nobody named, and that the catalogue does not have, is left out; a position of which it says nothing is taken from
 * `longitude` and `latitude` as WGS84.
 */
export function withEventsWrittenOut(
  kinds: readonly ObservationKind[],
  events: ObservedEvents,
  placesOf: PlacesOf,
): WrittenOut {
  const unknown: FaultOfEvents[] = [];
  const written = kinds.map((kind) => {
    const given = events[kind];
    const sources = sourcesOf(kind, events).map((source, i) => {
      const own = (Array.isArray(given) ? given[i] : given) as Readonly<Record<string, unknown>> | undefined;
      const places = placesOf(source.type);
      const fields = Object.entries(source).flatMap(([field, value]: [string, unknown]) => {
        const isPlace = (PLACES as readonly string[]).includes(field) && typeof value === 'string';
        if (!isPlace) return [[field, value] as const];
        const isOwn = own?.[field] !== undefined;
        const place = placeNamed(field as PlaceField, value, isOwn, places);
        if (place === undefined && isOwn) {
          const at = Array.isArray(given) ? `/${kind}/${String(i)}` : `/${kind}`;
          const known = (places ?? []).map(({ name }) => name);
          unknown.push({ pointer: `${at}/${field}`, place: value, type: source.type, known });
        }
        return place === undefined ? [] : [[field, place] as const];
      });
      return Object.fromEntries(fields);
    });
    return [kind, sources] as const;
  });
  // The sources come from the kinds' own, which TypeScript cannot follow through their entries.
  return { events: Object.fromEntries(written) as unknown as ObservedEvents, unknown };
}
