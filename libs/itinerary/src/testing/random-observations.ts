import fc from 'fast-check';
import type { Observation } from '../observation.ts';
import { START_MS } from './place-by-km.ts';

const id = (prefix: string, count: number): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: count }).map((number) => `${prefix}-${String(number)}`);
const position = fc.record({
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
});
const near = fc.record({
  longitude: fc.double({ min: 120, max: 120.2, noNaN: true }),
  latitude: fc.double({ min: 30, max: 30.2, noNaN: true }),
});
const place = fc.oneof({ weight: 9, arbitrary: near }, { weight: 1, arbitrary: position });
const timeMs = fc.integer({ min: 0, max: 2 * 86_400 }).map((seconds) => START_MS + seconds * 1_000);
const minutes = fc.integer({ min: 0, max: 300 }).map((each) => each * 60_000);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const accuracyM = maybe(fc.double({ min: -1, max: 5_000, noNaN: true }));
const base = { timeMs, receivedMs: maybe(timeMs), brokerId: id('b', 3) };

/** Anything that may be observed, of few brokers, devices, listings and customers, in any order of times. */
export const anyObservation: fc.Arbitrary<Observation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      ...base,
      kind: fc.constant('fix' as const),
      position: place,
      accuracyM,
      deviceId: maybe(id('d', 2)),
      isMock: maybe(fc.boolean()),
      isKnownPlace: maybe(fc.boolean()),
    }),
  },
  fc.record({
    ...base,
    kind: fc.constant('check-in' as const),
    checkInId: id('ci', 30),
    listingId: id('l', 3),
    appointmentId: maybe(id('a', 5)),
    showingId: maybe(id('s', 5)),
    deviceId: maybe(id('d', 2)),
    position: maybe(place),
    accuracyM,
    listingPosition: maybe(place),
  }),
  fc.record({
    ...base,
    kind: fc.constant('appointment' as const),
    appointmentId: id('a', 5),
    listingId: id('l', 3),
    customerId: id('c', 3),
    startsAtMs: timeMs,
    listingPosition: maybe(place),
  }),
  fc.record({ ...base, kind: fc.constant('appointment-cancelled' as const), appointmentId: id('a', 5) }),
  fc
    .record({
      ...base,
      kind: fc.constant('showing' as const),
      showingId: id('s', 200),
      listingId: id('l', 3),
      customerId: id('c', 3),
      appointmentId: maybe(id('a', 5)),
      startedAtMs: timeMs,
      lengthMs: minutes,
      listingPosition: maybe(place),
    })
    .map(({ lengthMs, ...showing }) => ({ ...showing, endedAtMs: showing.startedAtMs + lengthMs })),
  fc
    .record({
      ...base,
      kind: fc.constant('route' as const),
      routeId: id('r', 4),
      points: fc.array(place, { maxLength: 150 }),
      fromMs: timeMs,
      lengthMs: minutes,
    })
    .map(({ lengthMs, ...route }) => ({ ...route, untilMs: route.fromMs + lengthMs })),
);
