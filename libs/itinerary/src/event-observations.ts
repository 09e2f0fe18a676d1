import type { ObservedEvents } from '@hermes/contracts/rule-memory';
import type { Position } from './coordinates.ts';
import { placeIn } from './event-place.ts';
import type {
  Appointment,
  AppointmentCancelled,
  CheckIn,
  Fix,
  Observation,
  ObservationKind,
  PlannedRoute,
  Showing,
} from './observation.ts';
import { sourcesOf, type SourceOf } from './observed-events.ts';
import {
  brokerAt,
  fieldAt,
  idAt,
  instantAt,
  isTrueAt,
  numberAt,
  type ObservedEvent,
  placeAt,
} from './observed-fields.ts';

/** What every observation has of its event; undefined where the event is none of a broker. */
function observedIn(
  event: ObservedEvent,
  brokerPath: string | undefined,
): { readonly timeMs: number; readonly receivedMs: number; readonly brokerId: string } | undefined {
  const brokerId = brokerAt(event, brokerPath);
  const [timeMs, receivedMs] = [Date.parse(event.time), Date.parse(event.receivedat)];
  return brokerId === undefined || Number.isNaN(timeMs) || Number.isNaN(receivedMs)
    ? undefined
    : { timeMs, receivedMs, brokerId };
}

function fixIn(event: ObservedEvent, source: SourceOf<'fix'>): Fix | undefined {
  const observed = observedIn(event, source.brokerId);
  const position = placeAt(event, source.position);
  if (observed === undefined || position === undefined) return undefined;
  return {
    ...observed,
    kind: 'fix',
    position,
    accuracyM: numberAt(event, source.accuracyM),
    deviceId: idAt(event, source.deviceId),
    isMock: isTrueAt(event, source.isMock),
    isKnownPlace: isTrueAt(event, source.isKnownPlace),
  };
}

function checkInIn(event: ObservedEvent, source: SourceOf<'check-in'>): CheckIn | undefined {
  const observed = observedIn(event, source.brokerId);
  const listingId = idAt(event, source.listingId);
  if (observed === undefined || listingId === undefined) return undefined;
  return {
    ...observed,
    kind: 'check-in',
    checkInId: idAt(event, source.checkInId) ?? event.id,
    listingId,
    appointmentId: idAt(event, source.appointmentId),
    showingId: idAt(event, source.showingId),
    deviceId: idAt(event, source.deviceId),
    position: placeAt(event, source.position),
    accuracyM: numberAt(event, source.accuracyM),
    listingPosition: placeAt(event, source.listingPosition),
  };
}

function appointmentIn(event: ObservedEvent, source: SourceOf<'appointment'>): Appointment | undefined {
  const observed = observedIn(event, source.brokerId);
  const listingId = idAt(event, source.listingId);
  const startsAtMs = instantAt(event, source.startsAt);
  if (observed === undefined || listingId === undefined || startsAtMs === undefined) return undefined;
  return {
    ...observed,
    kind: 'appointment',
    appointmentId: idAt(event, source.appointmentId) ?? event.id,
    listingId,
    customerId: idAt(event, source.customerId) ?? '',
    startsAtMs,
    listingPosition: placeAt(event, source.listingPosition),
  };
}

function cancellationIn(
  event: ObservedEvent,
  source: SourceOf<'appointment-cancelled'>,
): AppointmentCancelled | undefined {
  const observed = observedIn(event, source.brokerId);
  const appointmentId = idAt(event, source.appointmentId);
  if (observed === undefined || appointmentId === undefined) return undefined;
  return { ...observed, kind: 'appointment-cancelled', appointmentId };
}

/** Its end is when its event says so, or when the event happened; its beginning is told, or its length before the end. */
function showingIn(event: ObservedEvent, source: SourceOf<'showing'>): Showing | undefined {
  const observed = observedIn(event, source.brokerId);
  const listingId = idAt(event, source.listingId);
  if (observed === undefined || listingId === undefined) return undefined;
  const toldStartMs = instantAt(event, source.startedAt);
  const lengthMs = (numberAt(event, source.durationMin) ?? 0) * 60_000;
  const toldEndMs = instantAt(event, source.endedAt);
  const endedAtMs = toldEndMs ?? (toldStartMs !== undefined && lengthMs > 0 ? toldStartMs + lengthMs : observed.timeMs);
  return {
    ...observed,
    kind: 'showing',
    showingId: idAt(event, source.showingId) ?? event.id,
    listingId,
    customerId: idAt(event, source.customerId) ?? '',
    appointmentId: idAt(event, source.appointmentId),
    startedAtMs: toldStartMs ?? endedAtMs - lengthMs,
    endedAtMs,
    listingPosition: placeAt(event, source.listingPosition),
  };
}

/** More points are no route that anybody plans. */
const MAX_POINTS = 1_000;

function pointsIn(points: unknown, system: SourceOf<'route'>['system']): readonly Position[] {
  if (!Array.isArray(points)) return [];
  return points.slice(0, MAX_POINTS).flatMap((point: unknown) => {
    if (typeof point !== 'object' || point === null) return [];
    const place = { name: '', longitude: 'longitude', latitude: 'latitude', system: system ?? 'WGS84' } as const;
    return placeIn(point as Readonly<Record<string, unknown>>, place) ?? [];
  });
}

function routeIn(event: ObservedEvent, source: SourceOf<'route'>): PlannedRoute | undefined {
  const observed = observedIn(event, source.brokerId);
  const [fromMs, untilMs] = [instantAt(event, source.from), instantAt(event, source.until)];
  if (observed === undefined || fromMs === undefined || untilMs === undefined) return undefined;
  return {
    ...observed,
    kind: 'route',
    routeId: idAt(event, source.routeId) ?? event.id,
    points: pointsIn(fieldAt(event, source.points), source.system),
    fromMs,
    untilMs,
  };
}

const READS: {
  readonly [Kind in ObservationKind]: (event: ObservedEvent, source: SourceOf<Kind>) => Observation | undefined;
} = {
  fix: fixIn,
  'check-in': checkInIn,
  appointment: appointmentIn,
  'appointment-cancelled': cancellationIn,
  showing: showingIn,
  route: routeIn,
};

/** Reads the observations that an event is, of these kinds. */
export type Observing = (event: ObservedEvent) => readonly Observation[];

/**
 * What each type of events is to a check: which observations, by the fields that `events` names. An event that lacks what it would have to say is no
 * observation.
 */
export function observationsByType(
  kinds: readonly ObservationKind[],
  events: ObservedEvents,
): ReadonlyMap<string, Observing> {
  const byType = new Map<string, ((event: ObservedEvent) => Observation | undefined)[]>();
  const add = <Kind extends ObservationKind>(kind: Kind): void => {
    for (const source of sourcesOf(kind, events)) {
      const readers = byType.get(source.type) ?? [];
      byType.set(source.type, readers);
      readers.push((event) => READS[kind](event, source));
    }
  };
  kinds.forEach(add);
  return new Map(
    [...byType].map(([type, readers]) => [
      type,
      (event: ObservedEvent) => readers.flatMap((read) => read(event) ?? []),
    ]),
  );
}
