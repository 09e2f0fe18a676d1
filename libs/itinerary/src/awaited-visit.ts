import { z } from 'zod';
import type { Position } from './coordinates.ts';
import type { Step } from './check.ts';
import { type Finding, type MapShape, pointShape } from './finding.ts';
import type {
  Appointment,
  AppointmentCancelled,
  CheckIn,
  Observation,
  ObservationKind,
  Showing,
} from './observation.ts';

/** What an appointment, a check-in and a showing have in common: somebody is at a listing for some time. */
export const visit = z.strictObject({
  id: z.string(),
  brokerId: z.string(),
  listingId: z.string(),
  appointmentId: z.string().nullable(),
  showingId: z.string().nullable(),
  fromMs: z.number(),
  untilMs: z.number(),
  longitude: z.number().nullable(),
  latitude: z.number().nullable(),
});
export type Visit = z.infer<typeof visit>;

/** Visits that wait for another one, each with the instant at which it has waited long enough; and those that were seen. */
export const awaitedState = z.strictObject({
  waiting: z.array(visit.extend({ dueMs: z.number() })),
  seen: z.array(visit),
});
export type AwaitedState = z.infer<typeof awaitedState>;

export const NOTHING_AWAITED: AwaitedState = { waiting: [], seen: [] };

/** More appointments than a broker has ahead. What is older leaves first: a visit that leaves while it waits is never told of. */
const MAX_WAITING = 64;
/** Days of the busiest broker. */
const MAX_SEEN = 32;

/** Whether two visits are of one: they name one showing or one appointment, or are at one listing at about one time. */
export function areOfOneVisit(one: Visit, other: Visit, apartMs: number): boolean {
  if (one.showingId !== null && other.showingId !== null) return one.showingId === other.showingId;
  if (one.appointmentId !== null && other.appointmentId !== null) return one.appointmentId === other.appointmentId;
  if (one.listingId !== other.listingId) return false;
  return one.fromMs - apartMs <= other.untilMs && other.fromMs - apartMs <= one.untilMs;
}

/** When the first of those that wait is due. */
const nextDueMs = ({ waiting }: AwaitedState): { readonly dueMs?: number } =>
  waiting.length === 0 ? {} : { dueMs: Math.min(...waiting.map(({ dueMs }) => dueMs)) };

const stepTo = (state: AwaitedState, findings: readonly Finding[] = []): Step<AwaitedState> => ({
  state,
  findings,
  ...nextDueMs(state),
});

/** Lets a visit wait until `dueMs`, unless what it waits for was seen. The same id again replaces what waits. */
export function awaitVisit(state: AwaitedState, wanting: Visit, dueMs: number, apartMs: number): Step<AwaitedState> {
  const others = state.waiting.filter(({ id }) => id !== wanting.id);
  const isSeen = state.seen.some((other) => areOfOneVisit(wanting, other, apartMs));
  return stepTo({ ...state, waiting: isSeen ? others : [...others, { ...wanting, dueMs }].slice(-MAX_WAITING) });
}

/** What others may wait for has come. */
export function visitSeen(state: AwaitedState, came: Visit, apartMs: number): Step<AwaitedState> {
  return stepTo({
    waiting: state.waiting.filter((wanting) => !areOfOneVisit(wanting, came, apartMs)),
    seen: [...state.seen.filter(({ id }) => id !== came.id), came].slice(-MAX_SEEN),
  });
}

/** What was seen was cancelled: it counts for nobody who comes from now on. */
export const visitUnseen = (state: AwaitedState, id: string): Step<AwaitedState> =>
  stepTo({ ...state, seen: state.seen.filter((other) => other.id !== id) });

/** A finding for each that has waited long enough, earliest first. */
export function whatDidNotCome(
  state: AwaitedState,
  nowMs: number,
  findingOf: (visit: Visit) => Finding,
): Step<AwaitedState> {
  const due = state.waiting.filter(({ dueMs }) => dueMs <= nowMs).toSorted((a, b) => a.dueMs - b.dueMs);
  return stepTo({ ...state, waiting: state.waiting.filter(({ dueMs }) => dueMs > nowMs) }, due.map(findingOf));
}

/** Nothing was looked at; what is due stays due. */
export const stillAwaited = (state: AwaitedState): Step<AwaitedState> => stepTo(state);

const placed = (at: Position | undefined): Pick<Visit, 'longitude' | 'latitude'> => ({
  longitude: at?.longitude ?? null,
  latitude: at?.latitude ?? null,
});

export const visitOfCheckIn = (checkIn: CheckIn): Visit => ({
  id: checkIn.checkInId,
  brokerId: checkIn.brokerId,
  listingId: checkIn.listingId,
  appointmentId: checkIn.appointmentId ?? null,
  showingId: checkIn.showingId ?? null,
  fromMs: checkIn.timeMs,
  untilMs: checkIn.timeMs,
  ...placed(checkIn.position ?? checkIn.listingPosition),
});

export const visitOfAppointment = (appointment: Appointment): Visit => ({
  id: appointment.appointmentId,
  brokerId: appointment.brokerId,
  listingId: appointment.listingId,
  appointmentId: appointment.appointmentId,
  showingId: null,
  fromMs: appointment.startsAtMs,
  untilMs: appointment.startsAtMs,
  ...placed(appointment.listingPosition),
});

/** A cancellation stands for the visit that nobody has to wait for any more, even when it arrives before the appointment. */
export const visitOfCancellation = ({ appointmentId, brokerId, timeMs }: AppointmentCancelled): Visit => ({
  id: `cancelled:${appointmentId}`,
  brokerId,
  listingId: '',
  appointmentId,
  showingId: null,
  fromMs: timeMs,
  untilMs: timeMs,
  ...placed(undefined),
});

export const visitOfShowing = (showing: Showing): Visit => ({
  id: showing.showingId,
  brokerId: showing.brokerId,
  listingId: showing.listingId,
  appointmentId: showing.appointmentId ?? null,
  showingId: showing.showingId,
  fromMs: showing.startedAtMs,
  untilMs: showing.endedAtMs,
  ...placed(showing.listingPosition),
});

export const shapesOf = ({ longitude, latitude }: Visit, role: 'listing' | 'check-in'): readonly MapShape[] =>
  longitude === null || latitude === null ? [] : [pointShape({ longitude, latitude }, role)];

/** A broker's key for visits, of any of these kinds. */
export const visitKey =
  (kinds: readonly ObservationKind[]) =>
  (observation: Observation): string | undefined =>
    kinds.includes(observation.kind) ? `broker:${observation.brokerId}` : undefined;
