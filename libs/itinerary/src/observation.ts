import type { Position } from './coordinates.ts';

interface Observed {
  /** When it happened, ms since the epoch; arrivals may be a little out of this order. */
  readonly timeMs: number;
  /** When its event was received, by the server's clock; absent: `timeMs` is believed whatever it says. */
  readonly receivedMs?: number | undefined;
  readonly brokerId: string;
}

/** A position of a broker's phone. */
export interface Fix extends Observed {
  readonly kind: 'fix';
  readonly position: Position;
  /** Radius in metres within which the phone is with 68 % (Android's and iOS's meaning); absent where it does not say. */
  readonly accuracyM?: number | undefined;
  readonly deviceId?: string | undefined;
  /** The phone's own word that an application feeds this position. */
  readonly isMock?: boolean | undefined;
  /** The caller knows the place as one to be at for long: an office, a shop, a home. */
  readonly isKnownPlace?: boolean | undefined;
}

/** A broker says to have arrived at a listing. */
export interface CheckIn extends Observed {
  readonly kind: 'check-in';
  readonly checkInId: string;
  readonly listingId: string;
  readonly appointmentId?: string | undefined;
  readonly showingId?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly position?: Position | undefined;
  readonly accuracyM?: number | undefined;
  readonly listingPosition?: Position | undefined;
}

/** A broker and a customer agree on a showing; the same id again moves it. `timeMs` is when they agreed. */
export interface Appointment extends Observed {
  readonly kind: 'appointment';
  readonly appointmentId: string;
  readonly listingId: string;
  readonly customerId: string;
  readonly startsAtMs: number;
  readonly listingPosition?: Position | undefined;
}

export interface AppointmentCancelled extends Observed {
  readonly kind: 'appointment-cancelled';
  readonly appointmentId: string;
}

/** A showing that was held; `timeMs` is when it was reported. */
export interface Showing extends Observed {
  readonly kind: 'showing';
  readonly showingId: string;
  readonly listingId: string;
  readonly customerId: string;
  readonly appointmentId?: string | undefined;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly listingPosition?: Position | undefined;
}

/** The way that a broker is meant to take; a later one replaces it. */
export interface PlannedRoute extends Observed {
  readonly kind: 'route';
  readonly routeId: string;
  readonly points: readonly Position[];
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What checks look at. Positions are WGS84: `placeIn` converts an event's. */
export type Observation = Fix | CheckIn | Appointment | AppointmentCancelled | Showing | PlannedRoute;
export type ObservationKind = Observation['kind'];
