import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkInFarAway } from './check-in-far-away.ts';
import { checkInWithoutAppointment } from './check-in-without-appointment.ts';
import { noShow } from './no-show.ts';
import type { Appointment, AppointmentCancelled, CheckIn, Observation, Showing } from './observation.ts';
import { showingLength } from './showing-length.ts';
import { showingWithoutCheckIn } from './showing-without-check-in.ts';
import { placeByKm, START_MS } from './testing/place-by-km.ts';
import { findingsOf } from './testing/run-check.ts';

const minute = (number: number): number => START_MS + number * 60_000;
const checkIn = (atMinute: number, more: Partial<CheckIn> = {}): CheckIn => ({
  kind: 'check-in',
  brokerId: 'b-1',
  checkInId: `ci-${String(atMinute)}`,
  listingId: 'l-1',
  timeMs: minute(atMinute),
  ...more,
});
const appointment = (startsAt: number, more: Partial<Appointment> = {}): Appointment => ({
  kind: 'appointment',
  brokerId: 'b-1',
  appointmentId: 'a-1',
  customerId: 'c-1',
  listingId: 'l-1',
  timeMs: minute(0),
  startsAtMs: minute(startsAt),
  ...more,
});
const cancelled = (appointmentId = 'a-1', atMinute = 1): AppointmentCancelled => ({
  kind: 'appointment-cancelled',
  brokerId: 'b-1',
  timeMs: minute(atMinute),
  appointmentId,
});
const showing = (from: number, until: number, more: Partial<Showing> = {}): Showing => ({
  kind: 'showing',
  brokerId: 'b-1',
  showingId: 's-1',
  listingId: 'l-1',
  customerId: 'c-1',
  timeMs: minute(until),
  startedAtMs: minute(from),
  endedAtMs: minute(until),
  ...more,
});

/** One of many appointments ahead, a day apart, each at its own listing. */
const ahead = (i: number): Appointment =>
  appointment(600 + i * 1_440, { appointmentId: `a-${String(i)}`, listingId: `l-${String(i)}` });

const next = (startsAt: number): Appointment => appointment(startsAt, { appointmentId: 'a-2' });

type Row = readonly [string, readonly Observation[], dueMinute: number, times: number];

describe('a check-in', () => {
  const listingPosition = placeByKm(0);
  test.each<readonly [string, Partial<CheckIn>, number | undefined]>([
    ['at the door is near', { position: placeByKm(0.02), accuracyM: 8 }, undefined],
    ['from 1 km is 3.3 times too far', { position: placeByKm(1), accuracyM: 5 }, (1_000 - 20) / 300],
    ['from 1 km by a phone that may be 400 m off may be near', { position: placeByKm(1), accuracyM: 400 }, undefined],
    ['without accuracy gets the assumed one', { position: placeByKm(0.39) }, undefined],
    ['without a position says nothing', {}, undefined],
  ])('%s', (_, more, strength) => {
    const [finding] = findingsOf(checkInFarAway, [checkIn(0, { listingPosition, ...more })]);
    if (strength === undefined) expect(finding).toBeUndefined();
    else expect(finding?.strength).toBeCloseTo(strength, 6);
  });

  test.each<Row>([
    ['with no appointment is told of after the wait', [checkIn(0)], 10, 1],
    ['with no appointment is not told of before', [checkIn(0)], 9, 0],
    ['with an appointment at that time is in order', [appointment(30), checkIn(0)], 999, 0],
    ['with an appointment that is written down afterwards is in order', [checkIn(0), appointment(0)], 999, 0],
    ['with an appointment on another day is told of', [appointment(1_440), checkIn(0)], 999, 1],
    [
      'that names its appointment is in order at any time',
      [appointment(1_440), checkIn(0, { appointmentId: 'a-1' })],
      999,
      0,
    ],
    ['that names another appointment is told of', [appointment(0), checkIn(0, { appointmentId: 'a-2' })], 999, 1],
    ['with an appointment elsewhere is told of', [appointment(0, { listingId: 'l-2' }), checkIn(0)], 999, 1],
    [
      'with the first of 64 appointments ahead is in order',
      [...Array.from({ length: 64 }, (_, i) => ahead(i)), checkIn(600, { listingId: 'l-0' })],
      999,
      0,
    ],
    [
      'with an appointment that was booked again after its cancellation is in order',
      [appointment(30), cancelled(), appointment(30, { timeMs: minute(2) }), checkIn(30)],
      999,
      0,
    ],
    ['with an appointment whose cancellation came first is told of', [cancelled(), appointment(0), checkIn(0)], 999, 1],
    ['with a cancelled appointment is told of', [appointment(0), cancelled(), checkIn(0)], 999, 1],
  ])('%s', (_, observations, dueMinute, times) =>
    expect(findingsOf(checkInWithoutAppointment, observations, {}, minute(dueMinute))).toHaveLength(times),
  );
});

test.each<Row>([
  ['an appointment that nobody came to is a no-show after the wait', [appointment(60)], 90, 1],
  ['before the wait is over it is none', [appointment(60)], 89, 0],
  ['a check-in at the listing is a show', [appointment(60), checkIn(75)], 999, 0],
  ['a check-in that is a little early is a show', [appointment(60), checkIn(10)], 999, 0],
  ['a check-in that arrives before the appointment does is a show', [checkIn(62), appointment(60)], 999, 0],
  ['a showing without check-in is a show', [appointment(60), showing(65, 90)], 999, 0],
  ['a check-in elsewhere is none', [appointment(60), checkIn(62, { listingId: 'l-2' })], 999, 1],
  ["yesterday's check-in is none", [checkIn(-1_380), appointment(60)], 999, 1],
  ['a cancelled appointment is no no-show', [appointment(60), cancelled()], 999, 0],
  ['a cancellation that arrives first counts as well', [cancelled(), appointment(60)], 999, 0],
  [
    'an appointment that is booked again after its cancellation waits',
    [appointment(60), cancelled(), appointment(60, { timeMs: minute(2) })],
    999,
    1,
  ],
  [
    'a cancellation that arrives after the new booking cancels only the old one',
    [appointment(60), appointment(60, { timeMs: minute(2) }), cancelled()],
    999,
    1,
  ],
  ['a check-in answers the nearest appointment alone', [appointment(60), next(120), checkIn(80)], 999, 1],
  ['whichever was made first', [next(120), appointment(60), checkIn(80)], 999, 1],
  [
    'a check-in and a showing of one visit are no sign of the next',
    [appointment(60), next(120), checkIn(62), showing(70, 95)],
    999,
    1,
  ],
  [
    'a check-in that names its appointment leaves the others',
    [appointment(60), next(120), checkIn(110, { appointmentId: 'a-1' })],
    999,
    1,
  ],
  [
    'a check-in that is sent again is no sign of the next appointment',
    [appointment(60), next(120), checkIn(80), checkIn(80)],
    999,
    1,
  ],
  ['two check-ins answer two appointments', [appointment(60), next(120), checkIn(62), checkIn(119)], 999, 0],
  ['a check-in that is later than the wait is none', [appointment(60), checkIn(95)], 999, 1],
  ['a moved appointment waits for its new time', [appointment(60), appointment(600)], 599, 0],
  ['a moved appointment is told of once', [appointment(60), appointment(600)], 999, 1],
])('%s', (_, observations, dueMinute, times) =>
  expect(findingsOf(noShow, observations, {}, minute(dueMinute))).toHaveLength(times),
);

test.each<Row>([
  ['a showing without check-in is told of after the wait', [showing(0, 30)], 45, 1],
  ['a check-in may still come before that', [showing(0, 30)], 44, 0],
  ['a check-in before the showing covers it', [checkIn(-5), showing(0, 30)], 999, 0],
  ['a check-in that arrives after the showing covers it', [showing(0, 30), checkIn(1)], 999, 0],
  ['a check-in for another showing does not', [checkIn(0, { showingId: 's-2' }), showing(0, 30)], 999, 1],
  ['a check-in at another listing does not', [checkIn(0, { listingId: 'l-2' }), showing(0, 30)], 999, 1],
  ['a check-in hours before does not', [checkIn(-300), showing(0, 30)], 999, 1],
])('%s', (_, observations, dueMinute, times) =>
  expect(findingsOf(showingWithoutCheckIn, observations, {}, minute(dueMinute))).toHaveLength(times),
);

test('whatever the order of arrival, what is found at the end is the same', () => {
  const day: readonly Observation[] = [
    appointment(60),
    appointment(200, { appointmentId: 'a-2', listingId: 'l-2' }),
    cancelled('a-2'),
    appointment(300, { appointmentId: 'a-3', listingId: 'l-3' }),
    checkIn(61),
    checkIn(400, { listingId: 'l-9' }),
    showing(62, 90),
    showing(410, 430, { showingId: 's-2', listingId: 'l-8' }),
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray([...day], { minLength: day.length }), (shuffled) => {
      const kinds = [
        findingsOf(noShow, shuffled, {}, minute(9_999)),
        findingsOf(checkInWithoutAppointment, shuffled, {}, minute(9_999)),
        findingsOf(showingWithoutCheckIn, shuffled, {}, minute(9_999)),
      ].map((findings) => findings.map(({ concerns }) => concerns[1]));
      expect(kinds).toEqual([['appointment:a-3'], ['check-in:ci-400'], ['showing:s-2']]);
    }),
  );
});

test('the next instant to ask at is that of the first that waits', () => {
  const parameters = noShow.parameters.parse({});
  const first = noShow.observe(noShow.initial, appointment(300), parameters);
  const second = noShow.observe(first.state, appointment(60, { appointmentId: 'a-2', listingId: 'l-2' }), parameters);
  expect(first.dueMs).toBe(minute(330));
  expect(second.dueMs).toBe(minute(90));
  expect(noShow.onDue?.(second.state, minute(90), parameters).dueMs).toBe(minute(330));
});

test.each([
  ['ten minutes are usual', 10, undefined, undefined],
  ['two minutes are two and a half times too short', 2, 2.5, 'short'],
  ['no time at all is too short as well', 0, 300, 'short'],
  ['four hours are twice too long', 240, 2, 'long'],
  ['the limits themselves are usual', 120, undefined, undefined],
])('of a showing %s', (_, minutes, strength, length) => {
  const [finding] = findingsOf(showingLength, [showing(0, minutes)]);
  expect(finding?.strength).toBe(strength);
  expect(finding?.labels['length']).toBe(length);
});
