import { z } from 'zod';
import { CoordinateSystem } from './event-type.ts';
import { EventTypeName } from './identifiers.ts';
import { Condition, TimeSpan } from './rule.ts';

/** Events of a type, and what has to hold of them. */
export const EventPattern = z.strictObject({
  type: EventTypeName,
  /** A condition on the event; without it every event of the type is meant. */
  that: Condition.optional(),
});
export type EventPattern = z.infer<typeof EventPattern>;

const oneOrMore = <Schema extends z.ZodType>(schema: Schema, most: number) =>
  z.union([schema, z.array(schema).min(1).max(most)]);

const MemoryPath = z
  .string()
  .max(200)
  .regex(/^\$(\.[\p{L}_][\p{L}\p{N}_-]*)+$/u, 'a path into the event is such as "$.data.appointmentId"');

/** Places of events in which a value stands that all of them have in common. */
const Same = z.array(MemoryPath).min(1).max(5);

/** `params` of the fact `sequence`: it is true of an event with which the last step comes, within the time since the first one. */
export const SequenceParams = z.strictObject({
  first: EventPattern,
  then: oneOrMore(EventPattern, 4),
  /** None of these in between. */
  without: oneOrMore(EventPattern, 4).optional(),
  within: TimeSpan,
  same: Same.optional(),
});
export type SequenceParams = z.infer<typeof SequenceParams>;

/** `params` of the fact `absence`: it is true of an event after which nothing of what was waited for has come within the time. */
export const AbsenceParams = z.strictObject({
  after: EventPattern,
  no: oneOrMore(EventPattern, 4),
  within: TimeSpan,
  /** Where in the event the instant stands from which the time is counted; without it from the receipt. */
  from: MemoryPath.optional(),
  same: Same.optional(),
});
export type AbsenceParams = z.infer<typeof AbsenceParams>;

/** A place of the event as its catalogue names it, or its two fields and their coordinate system. */
export const ObservedPlace = z.union([
  z.string().min(1).max(64),
  z.strictObject({ longitude: MemoryPath, latitude: MemoryPath, system: CoordinateSystem }),
]);
export type ObservedPlace = z.infer<typeof ObservedPlace>;

const from = <Field extends string, Place extends string>(fields: readonly Field[], places: readonly Place[]) =>
  oneOrMore(
    z.strictObject({
      type: EventTypeName,
      ...(Object.fromEntries(fields.map((field) => [field, MemoryPath.optional()])) as Record<
        Field,
        z.ZodOptional<typeof MemoryPath>
      >),
      ...(Object.fromEntries(places.map((place) => [place, ObservedPlace.optional()])) as Record<
        Place,
        z.ZodOptional<typeof ObservedPlace>
      >),
    }),
    5,
  ).optional();

/** Which events of the project are what a check looks at, and where in them; what is not said is as in the demo's event types. */
export const ObservedEvents = z.strictObject({
  fix: from(['brokerId', 'accuracyM', 'deviceId', 'isMock', 'isKnownPlace'], ['position']),
  'check-in': from(
    ['brokerId', 'checkInId', 'listingId', 'appointmentId', 'showingId', 'deviceId', 'accuracyM'],
    ['position', 'listingPosition'],
  ),
  appointment: from(['brokerId', 'appointmentId', 'listingId', 'customerId', 'startsAt'], ['listingPosition']),
  'appointment-cancelled': from(['brokerId', 'appointmentId'], []),
  showing: from(
    ['brokerId', 'showingId', 'listingId', 'customerId', 'appointmentId', 'startedAt', 'endedAt', 'durationMin'],
    ['listingPosition'],
  ),
  /** `points`: a list of objects with longitude and latitude; `system` of all of them. */
  route: oneOrMore(
    z.strictObject({
      type: EventTypeName,
      brokerId: MemoryPath.optional(),
      routeId: MemoryPath.optional(),
      points: MemoryPath.optional(),
      from: MemoryPath.optional(),
      until: MemoryPath.optional(),
      system: CoordinateSystem.optional(),
    }),
    5,
  ).optional(),
});
export type ObservedEvents = z.infer<typeof ObservedEvents>;

/** `params` of the fact `itinerary`: a check of libs/itinerary. Its own `parameters` are held against its template. */
export const ItineraryParams = z
  .strictObject({
    check: z.string().max(64),
    parameters: z.record(z.string(), z.unknown()).optional(),
    events: ObservedEvents.optional(),
    /** The fact holds when this is the so-manieth finding within `withinDays`. */
    atLeast: z.number().int().min(1).max(100).optional(),
    withinDays: z.number().positive().max(366).optional(),
  })
  .refine(
    ({ atLeast, withinDays }) => (atLeast === undefined) === (withinDays === undefined),
    '"atLeast" findings and "withinDays" stand together',
  );
export type ItineraryParams = z.infer<typeof ItineraryParams>;
