import type { FindingKind } from '@hermes/itinerary/finding';
import { EARTH_RADIUS_KM } from '@hermes/itinerary/distance';
import type { Position } from '@hermes/itinerary/coordinates';
import type { Observation } from '@hermes/itinerary/observation';

/** An observation so many minutes before the one that a story ends with; the last one at 0. */
export interface ToldObservation {
  readonly minute: number;
  readonly observation: Observation;
}

/** What happens to a broker, and how long nothing happens after it. */
export interface CheckStory {
  readonly told: readonly ToldObservation[];
  readonly waitMinutes?: number;
}

/** One in which the check finds something, and one in which it finds nothing. */
export interface CheckStories {
  readonly found: CheckStory;
  readonly nothing: CheckStory;
}

export type CheckParameters = Readonly<Record<string, unknown>>;

const MINUTE_MS = 60_000;
const DEGREES_PER_KM = 180 / (Math.PI * EARTH_RADIUS_KM);
const HOME: Position = { longitude: 116.4, latitude: 39.9 };
/** Along the meridian; not over the pole, wherever it leads. */
const awayBy = (km: number): Position => ({ ...HOME, latitude: HOME.latitude - km * DEGREES_PER_KM });

/** Numbers are what the template says they are. */
const number = (parameters: CheckParameters, name: string): number => Number(parameters[name]);

/** The radius in which a fix of 10 m is, by the parameters. */
const errorKm = (parameters: CheckParameters): number =>
  (Math.max(10, number(parameters, 'leastAccuracyM')) * number(parameters, 'accuracyFactorTimes')) / 1_000;

class Teller {
  private readonly endMs: number;
  private readonly mark: string;

  /** @param mark - in ids, so that two stories have none in common */
  constructor(endMs: number, mark: string) {
    this.endMs = endMs;
    this.mark = mark;
  }

  private base(minute: number): { timeMs: number; brokerId: string } {
    return { timeMs: this.endMs + minute * MINUTE_MS, brokerId: 'b-1' };
  }

  fix(minute: number, position: Position, more: object = {}): ToldObservation {
    return {
      minute,
      observation: { ...this.base(minute), kind: 'fix', position, accuracyM: 10, deviceId: 'd-1', ...more },
    };
  }

  checkIn(minute: number, position = HOME): ToldObservation {
    const { mark } = this;
    const ids = { checkInId: `ci-${mark}`, listingId: `l-${mark}`, appointmentId: `a-${mark}`, showingId: `s-${mark}` };
    const observation = { ...this.base(minute), ...ids, kind: 'check-in', position, accuracyM: 10 } as const;
    return { minute, observation: { ...observation, listingPosition: HOME } };
  }

  appointment(minute: number, startsAtMinute: number): ToldObservation {
    const { mark } = this;
    const ids = { appointmentId: `a-${mark}`, listingId: `l-${mark}`, customerId: `c-${mark}` };
    const startsAtMs = this.endMs + startsAtMinute * MINUTE_MS;
    return {
      minute,
      observation: { ...this.base(minute), ...ids, kind: 'appointment', startsAtMs, listingPosition: HOME },
    };
  }

  /** @param other - in the ids of another showing; one that begins with "-" is of the same listing */
  showing(minute: number, lengthMinutes: number, other = '', brokerId = 'b-1'): ToldObservation {
    const listing = other.startsWith('-') ? this.mark : `${this.mark}${other}`;
    const mark = `${this.mark}${other}`;
    const ids = { showingId: `s-${mark}`, listingId: `l-${listing}`, customerId: 'c-1', appointmentId: `a-${mark}` };
    const base = { ...this.base(minute), brokerId };
    const [startedAtMs, endedAtMs] = [base.timeMs - lengthMinutes * MINUTE_MS, base.timeMs];
    return { minute, observation: { ...base, ...ids, kind: 'showing', startedAtMs, endedAtMs } };
  }

  route(minute: number, untilMinute: number): ToldObservation {
    const points = [HOME, awayBy(1)];
    const [fromMs, untilMs] = [this.endMs + minute * MINUTE_MS, this.endMs + untilMinute * MINUTE_MS];
    const routeId = `r-${this.mark}`;
    return { minute, observation: { ...this.base(minute), kind: 'route', routeId, points, fromMs, untilMs } };
  }
}

type Tell = (teller: Teller, parameters: CheckParameters) => CheckStories;

const LIMITS: Readonly<Record<string, string>> = {
  walking: 'walkingKmh',
  driving: 'drivingKmh',
  train: 'trainKmh',
  plane: 'planeKmh',
};

function travel(teller: Teller, parameters: CheckParameters): CheckStories {
  const limitKmh = number(parameters, LIMITS[String(parameters['fastestMode'])] ?? 'drivingKmh');
  const km = Math.max(number(parameters, 'leastDistanceKm'), limitKmh / 30) * 2 + 3 * errorKm(parameters) + 1;
  const far = awayBy(km);
  const [before, after] = [
    [teller.fix(-2, HOME), teller.fix(-1.5, awayBy(0.01))],
    [teller.fix(-0.5, far), teller.fix(0, awayBy(km + 0.01))],
  ];
  return {
    found: { told: [...before, ...after] },
    nothing: { told: [...before, teller.fix(-0.5, HOME), teller.fix(0, awayBy(0.01))] },
  };
}

function offRoute(teller: Teller, parameters: CheckParameters): CheckStories {
  const minutes = Math.max(2, Math.ceil(number(parameters, 'forMinutes')));
  const far: Position = {
    ...HOME,
    longitude:
      HOME.longitude + ((number(parameters, 'corridorM') / 1_000) * 2 + 3 * errorKm(parameters)) * DEGREES_PER_KM * 2,
  };
  const planned = teller.route(-minutes - 10, 10);
  return {
    found: { told: [planned, teller.fix(-minutes, far), teller.fix(-1, far), teller.fix(0, far)] },
    nothing: { told: [planned, teller.fix(-minutes, HOME), teller.fix(-1, HOME), teller.fix(0, HOME)] },
  };
}

function stationary(teller: Teller, parameters: CheckParameters): CheckStories {
  const [minutes, gap] = [number(parameters, 'forMinutes'), number(parameters, 'longestGapMinutes')];
  const count = Math.ceil(minutes / gap);
  const told = Array.from({ length: count + 1 }, (_, i) => teller.fix(-Math.min(minutes, (count - i) * gap), HOME));
  return { found: { told }, nothing: { told: [teller.fix(0, HOME)] } };
}

function overlapping(teller: Teller, parameters: CheckParameters): CheckStories {
  const minutes = number(parameters, 'leastOverlapMinutes');
  return {
    found: { told: [teller.showing(-5, minutes + 10), teller.showing(0, minutes + 10, 'x')] },
    nothing: { told: [teller.showing(-60, 10), teller.showing(0, 10, 'x')] },
  };
}

const TELLS: Readonly<Partial<Record<FindingKind, Tell>>> = {
  'impossible-travel': travel,
  'mocked-position': (teller) => ({
    found: { told: [teller.fix(0, HOME, { isMock: true })] },
    nothing: { told: [teller.fix(0, HOME)] },
  }),
  'check-in-far-away': (teller, parameters) => {
    const km = (number(parameters, 'farthestM') / 1_000) * 2 + 3 * errorKm(parameters);
    const appointment = teller.appointment(-60, 0);
    return {
      found: { told: [appointment, teller.checkIn(0, awayBy(km))] },
      nothing: { told: [appointment, teller.checkIn(0)] },
    };
  },
  'check-in-without-appointment': (teller, parameters) => {
    const waitMinutes = number(parameters, 'waitMinutes');
    return {
      found: { told: [teller.checkIn(0)], waitMinutes },
      nothing: { told: [teller.appointment(-60, 0), teller.checkIn(0)], waitMinutes },
    };
  },
  'no-show': (teller, parameters) => {
    const waitMinutes = 60 + number(parameters, 'waitMinutes');
    return {
      found: { told: [teller.appointment(0, 60)], waitMinutes },
      nothing: { told: [teller.appointment(-60, 0), teller.checkIn(0)], waitMinutes },
    };
  },
  'showing-without-check-in': (teller, parameters) => {
    const waitMinutes = number(parameters, 'waitMinutes');
    return {
      found: { told: [teller.showing(0, 20)], waitMinutes },
      nothing: { told: [teller.checkIn(-20), teller.showing(0, 20)], waitMinutes },
    };
  },
  'shared-device': (teller) => ({
    found: { told: [teller.fix(-0.5, HOME, { brokerId: 'b-2' }), teller.fix(0, HOME)] },
    nothing: { told: [teller.fix(-0.5, HOME), teller.fix(0, HOME)] },
  }),
  'poached-customer': (teller) => ({
    found: { told: [teller.showing(-600, 20, '-first', 'b-2'), teller.showing(0, 20)] },
    nothing: { told: [teller.showing(-600, 20, '-first'), teller.showing(0, 20)] },
  }),
  'overlapping-showings': overlapping,
  'unusual-showing-length': (teller, parameters) => {
    const [least, most] = [number(parameters, 'shortestMinutes'), number(parameters, 'longestMinutes')];
    return {
      found: { told: [teller.showing(0, most + 10)] },
      nothing: { told: [teller.showing(0, (least + most) / 2)] },
    };
  },
  'off-route': offRoute,
  stationary,
};

/**
 * What would have to happen for a check with these parameters to find something, and what is as usual: for the tests of a rule. Undefined for a check of
 * which none is told.
 */
export const storiesOf = (
  check: FindingKind,
  parameters: CheckParameters,
  endMs: number,
  mark: string,
): CheckStories | undefined => TELLS[check]?.(new Teller(endMs, mark), parameters);
