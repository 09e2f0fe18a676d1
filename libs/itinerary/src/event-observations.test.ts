/** Guards: a project's own events become what checks look at, by the fields and coordinate systems that are named, and nonsense becomes nothing. */
import { ObservedEvents } from '@hermes/contracts/rule-memory';
import { expect, test } from 'vitest';
import { convertPosition } from './coordinates.ts';
import { observationsByType } from './event-observations.ts';
import type { ObservationKind } from './observation.ts';
import { type PlacesOf, withEventsWrittenOut } from './observed-events.ts';

const AT = '2026-03-02T02:00:00.000Z';
const HERE = { longitude: 116.4, latitude: 39.9 };
const BAIDU = convertPosition(HERE, 'WGS84', 'BD-09');
const KINDS: readonly ObservationKind[] = [
  'fix',
  'check-in',
  'appointment',
  'appointment-cancelled',
  'showing',
  'route',
];
const placesOf: PlacesOf = (type) =>
  ({
    'broker.location': [{ name: 'position', longitude: 'longitude', latitude: 'latitude', system: 'WGS84' as const }],
    'appointment.created': [
      { name: 'listing', longitude: 'longitude', latitude: 'latitude', system: 'BD-09' as const },
    ],
    'agent.ping': [{ name: 'location', longitude: 'lng', latitude: 'lat', system: 'BD-09' as const }],
  })[type];

function observed(type: string, data: Record<string, unknown>, given: unknown = {}, subject = 'broker:b-17') {
  const { events } = withEventsWrittenOut(KINDS, ObservedEvents.parse(given), placesOf);
  const event = { id: 'e-1', type, subject, time: AT, receivedat: AT, data };
  return observationsByType(KINDS, events).get(type)?.(event) ?? [];
}

const base = { timeMs: Date.parse(AT), receivedMs: Date.parse(AT), brokerId: 'b-17' };

test.each<[string, string, Record<string, unknown>, object]>([
  [
    'a position',
    'broker.location',
    { ...HERE, accuracyM: 8, deviceId: 'd-1' },
    { kind: 'fix', position: HERE, accuracyM: 8, deviceId: 'd-1' },
  ],
  ['one that the phone calls mocked', 'broker.location', { ...HERE, isMock: true }, { kind: 'fix', isMock: true }],
  [
    'an appointment',
    'appointment.created',
    { appointmentId: 'a-1', listingId: 'l-1', customerId: 'c-1', startsAt: '2026-03-02T11:00:00+08:00', ...BAIDU },
    { kind: 'appointment', appointmentId: 'a-1', startsAtMs: Date.parse('2026-03-02T03:00:00Z') },
  ],
  [
    'a cancellation',
    'appointment.cancelled',
    { appointmentId: 'a-1' },
    { kind: 'appointment-cancelled', appointmentId: 'a-1' },
  ],
  [
    'a check-in',
    'showing.checked_in',
    { listingId: 'l-1', showingId: 's-1', ...HERE },
    { kind: 'check-in', checkInId: 'e-1', position: HERE },
  ],
  [
    'a showing, by its length',
    'showing.held',
    { showingId: 's-1', listingId: 'l-1', customerId: 'c-1', durationMin: 30 },
    { kind: 'showing', startedAtMs: base.timeMs - 1_800_000, endedAtMs: base.timeMs },
  ],
  [
    'a showing, by its instants',
    'showing.held',
    { showingId: 's-1', listingId: 'l-1', startedAt: '2026-03-02T01:00:00Z', endedAt: '2026-03-02T01:30:00Z' },
    { startedAtMs: Date.parse('2026-03-02T01:00:00Z'), endedAtMs: Date.parse('2026-03-02T01:30:00Z') },
  ],
  [
    'a route',
    'route.planned',
    { routeId: 'r-1', points: [HERE, { longitude: 'x' }, null], from: AT, until: '2026-03-02T04:00:00Z' },
    { kind: 'route', points: [HERE] },
  ],
])('%s of the usual names', (_, type, data, expected) => {
  expect(observed(type, data)).toMatchObject([{ ...base, ...expected }]);
});

test('an appointment’s listing is converted from the map that the catalogue states', () => {
  const [appointment] = observed('appointment.created', {
    appointmentId: 'a-1',
    listingId: 'l-1',
    startsAt: AT,
    ...BAIDU,
  });
  expect(appointment).toMatchObject({
    listingPosition: { longitude: expect.closeTo(116.4, 5) as number, latitude: expect.closeTo(39.9, 5) as number },
  });
});

test.each<[string, string, Record<string, unknown>]>([
  ['no position', 'broker.location', { accuracyM: 8 }],
  ['a position that is none', 'broker.location', { longitude: '116', latitude: 39 }],
  ['a position off the Earth', 'broker.location', { longitude: 216, latitude: 39 }],
  ['an instant without an offset', 'appointment.created', { listingId: 'l', startsAt: '2026-03-02T11:00:00' }],
  ['no listing', 'showing.held', { showingId: 's-1' }],
  ['an id as long as a book', 'showing.held', { listingId: 'x'.repeat(1_000) }],
  ['an id that is an object', 'showing.held', { listingId: { __proto__: 'l' } }],
  ['no end of a route', 'route.planned', { points: [HERE], from: AT }],
  ['another type', 'deal.signed', { listingId: 'l-1' }],
])('with %s it is nothing', (_, type, data) => {
  expect(observed(type, data)).toEqual([]);
});

test('the project’s own types, fields and places are named; several types may be one kind', () => {
  const given = {
    fix: [{ type: 'broker.location' }, { type: 'agent.ping', position: 'location', brokerId: '$.data.agent.id' }],
  };
  expect(observed('broker.location', HERE, given)).toHaveLength(1);
  const [ping] = observed(
    'agent.ping',
    { lng: BAIDU.longitude, lat: BAIDU.latitude, agent: { id: 7 } },
    given,
    'team:t-1',
  );
  expect(ping).toMatchObject({ brokerId: '7', position: { longitude: expect.closeTo(116.4, 5) as number } });
});

test('what is written out stays what it is when it is written out again, whatever the catalogue says by then', () => {
  const first = withEventsWrittenOut(KINDS, {}, placesOf).events;
  const again = withEventsWrittenOut(KINDS, ObservedEvents.parse(JSON.parse(JSON.stringify(first))), () => [
    { name: 'position', longitude: 'x', latitude: 'y', system: 'GCJ-02' },
  ]).events;
  expect(again.fix).toEqual(first.fix);
  expect(again.appointment).toEqual(first.appointment);
});
