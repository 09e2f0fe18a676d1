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
  /** When it was agreed on or reported. */
  madeMs: z.number(),
  longitude: z.number().nullable(),
  latitude: z.number().nullable(),
});
export type Visit = z.infer<typeof visit>;

/** Visits that wait for another one, each with the instant at which it has waited long enough; those that were seen; and what was called off. */
export const awaitedState = z.strictObject({
  waiting: z.array(visit.extend({ dueMs: z.number() })),
  /** The one over longest first. `answeredMs` is when the visit began that it answered; null while there is none. */
  seen: z.array(visit.extend({ answeredMs: z.number().nullable() })),
  cancelled: z.array(z.strictObject({ appointmentId: z.string(), timeMs: z.number() })),
});
export type AwaitedState = z.infer<typeof awaitedState>;
type Seen = AwaitedState['seen'][number];

export const NOTHING_AWAITED: AwaitedState = { waiting: [], seen: [], cancelled: [] };

/** More appointments than a broker has ahead. What is older leaves first: a visit that leaves while it waits is never told of. */
const MAX_WAITING = 64;
/** Cancellations that come before what they cancel. */
const MAX_CANCELLED = 16;

/** Which visits are of one. */
export interface Matching {
  /** What is waited for counts from this long before the visit that waits, and until this long after it. */
  readonly earlyMs: number;
  readonly lateMs: number;
  /** It answers the nearest visit alone, where it names none. */
  readonly isOfNearest: boolean;
}

/** As long before as after, and for every visit that is near. */
export const within = (apartMs: number): Matching => ({ earlyMs: apartMs, lateMs: apartMs, isOfNearest: false });

/** Whether the two name one showing or one appointment; undefined where one of them names none. */
function areNamedAlike(one: Visit, other: Visit): boolean | undefined {
  if (one.showingId !== null && other.showingId !== null) return one.showingId === other.showingId;
  if (one.appointmentId !== null && other.appointmentId !== null) return one.appointmentId === other.appointmentId;
  return undefined;
}

const isNear = (wanting: Visit, came: Visit, { earlyMs, lateMs }: Matching): boolean =>
  wanting.listingId === came.listingId &&
  wanting.fromMs - earlyMs <= came.untilMs &&
  came.fromMs <= wanting.untilMs + lateMs;

/** Whether two visits are of one: they name one showing or one appointment, or are at one listing at about one time. */
const areOfOneVisit = (wanting: Visit, came: Visit, matching: Matching): boolean =>
  areNamedAlike(wanting, came) ?? isNear(wanting, came, matching);

const apartMs = (fromMs: number, came: Visit): number => Math.abs(came.fromMs - fromMs);

/** When the first of those that wait is due. */
const nextDueMs = ({ waiting }: AwaitedState): { readonly dueMs?: number } =>
  waiting.length === 0 ? {} : { dueMs: Math.min(...waiting.map(({ dueMs }) => dueMs)) };

const stepTo = (state: AwaitedState, findings: readonly Finding[] = []): Step<AwaitedState> => ({
  state,
  findings,
  waiting: state.waiting.map(({ id }) => id),
  ...nextDueMs(state),
});

/** An appointment that was made after its cancellation was booked again. */
const isCancelled = ({ cancelled }: AwaitedState, appointment: Visit): boolean =>
  cancelled.some(({ appointmentId, timeMs }) => appointmentId === appointment.id && timeMs >= appointment.madeMs);

/** Lets a visit wait until `dueMs`, unless what it waits for was seen. The same id again replaces what waits. */
export function awaitVisit(state: AwaitedState, wanting: Visit, dueMs: number, matching: Matching): Step<AwaitedState> {
  const others = state.waiting.filter(({ id }) => id !== wanting.id);
  if (isCancelled(state, wanting)) return stepTo({ ...state, waiting: others });
  // What answered a nearer visit does not answer this one too.
  const isFree = (came: Seen): boolean =>
    !matching.isOfNearest ||
    areNamedAlike(wanting, came) === true ||
    came.answeredMs === null ||
    apartMs(wanting.fromMs, came) <= apartMs(came.answeredMs, came);
  const answers = state.seen.filter((came) => areOfOneVisit(wanting, came, matching) && isFree(came));
  return stepTo({
    ...state,
    waiting: answers.length > 0 ? others : [...others, { ...wanting, dueMs }].slice(-MAX_WAITING),
    seen: state.seen.map((came) => (answers.includes(came) ? { ...came, answeredMs: wanting.fromMs } : came)),
  });
}

/** What others may wait for has come. */
export function visitSeen(state: AwaitedState, came: Visit, matching: Matching): Step<AwaitedState> {
  const others = state.seen.filter(({ id }) => id !== came.id);
  if (isCancelled(state, came)) return stepTo({ ...state, seen: others });
  const near = state.waiting.filter((wanting) => areOfOneVisit(wanting, came, matching));
  // A second sign of a visit, or the same one sent again, is no sign of the next visit.
  const answered = state.seen.flatMap((other) =>
    other.answeredMs !== null && other.listingId === came.listingId ? [other.answeredMs] : [],
  );
  const named = near.find((wanting) => areNamedAlike(wanting, came) === true);
  const nearestMs =
    named?.fromMs ??
    [...near.map(({ fromMs }) => fromMs), ...answered].toSorted((a, b) => apartMs(a, came) - apartMs(b, came))[0];
  const isAnswered = (wanting: Visit): boolean =>
    near.some(({ id }) => id === wanting.id) &&
    (!matching.isOfNearest ||
      (named === undefined ? wanting.fromMs === nearestMs : areNamedAlike(wanting, came) === true));
  return stepTo({
    ...state,
    waiting: state.waiting.filter((wanting) => !isAnswered(wanting)),
    seen: [...others, { ...came, answeredMs: nearestMs ?? null }]
      .toSorted((a, b) => a.untilMs - b.untilMs)
      .slice(-MAX_WAITING),
  });
}

/** An appointment is called off, and counts neither as waiting nor as seen, even when it arrives after its cancellation. */
export function visitCancelled(
  state: AwaitedState,
  { appointmentId, timeMs }: AppointmentCancelled,
): Step<AwaitedState> {
  const stands = (other: Visit): boolean =>
    other.id !== appointmentId || other.appointmentId !== appointmentId || other.madeMs > timeMs;
  const others = state.cancelled.filter((other) => other.appointmentId !== appointmentId || other.timeMs > timeMs);
  return stepTo({
    waiting: state.waiting.filter(stands),
    seen: state.seen.filter(stands),
    cancelled: [...others, { appointmentId, timeMs }].slice(-MAX_CANCELLED),
  });
}

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
  madeMs: checkIn.timeMs,
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
  madeMs: appointment.timeMs,
  ...placed(appointment.listingPosition),
});

export const visitOfShowing = (showing: Showing): Visit => ({
  id: showing.showingId,
  brokerId: showing.brokerId,
  listingId: showing.listingId,
  appointmentId: showing.appointmentId ?? null,
  showingId: showing.showingId,
  fromMs: showing.startedAtMs,
  untilMs: showing.endedAtMs,
  madeMs: showing.timeMs,
  ...placed(showing.listingPosition),
});

export const shapesOf = ({ longitude, latitude }: Visit, role: 'listing' | 'check-in'): readonly MapShape[] =>
  longitude === null || latitude === null ? [] : [pointShape({ longitude, latitude }, role)];

/** A broker's key for visits, of any of these kinds. */
export const visitKey =
  (kinds: readonly ObservationKind[]) =>
  (observation: Observation): string | undefined =>
    kinds.includes(observation.kind) ? `broker:${observation.brokerId}` : undefined;
