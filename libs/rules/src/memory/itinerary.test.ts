/** Guards: a check as a fact finds on events what it finds on observations, waits by timers, counts, and stays small whatever comes. */
import type { HermesEvent } from '@hermes/contracts/event';
import { CHECKS } from '@hermes/itinerary/catalogue';
import type { FindingKind } from '@hermes/itinerary/finding';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventAt, MemoryRun, MINUTE_MS, START_MS } from '../testing/memory-run.ts';
import { memoryDefinitionOf } from './memory-definition.ts';
import { memoryOf } from './memory-set.ts';
import { Remembered } from './memory-state.ts';

const HERE = { longitude: 116.4, latitude: 39.9 };
const at = { longitude: '$.data.longitude', latitude: '$.data.latitude', system: 'WGS84' };
const EVENTS = {
  fix: { type: 'broker.location', position: at },
  'check-in': { type: 'showing.checked_in', position: at },
  appointment: { type: 'appointment.created', listingPosition: at },
};
const memoryFor = (check: FindingKind, more: object = {}) =>
  memoryOf(memoryDefinitionOf('itinerary', { check, events: EVENTS, ...more }));
const runOf = (check: FindingKind, more: object = {}): MemoryRun => new MemoryRun(memoryFor(check, more));

const booked = (minute: number, n: number, startsIn = 60): HermesEvent =>
  eventAt(minute, 'appointment.created', {
    appointmentId: `a-${String(n)}`,
    listingId: `l-${String(n)}`,
    customerId: 'c-1',
    startsAt: new Date(START_MS + (minute + startsIn) * MINUTE_MS).toISOString(),
    ...HERE,
  });
const came = (minute: number, n: number, more: object = {}): HermesEvent =>
  eventAt(minute, 'showing.checked_in', {
    appointmentId: `a-${String(n)}`,
    listingId: `l-${String(n)}`,
    ...HERE,
    ...more,
  });

describe('a no-show', () => {
  test('is decided on its own appointment, when the wait is over, with what was found', () => {
    const run = runOf('no-show');
    for (const event of [booked(0, 1), booked(10, 2), came(65, 1)]) expect(run.send(event)).toBeUndefined();
    run.pass(START_MS + 500 * MINUTE_MS);
    expect(run.decided).toEqual(['appointment.created@10 @100']);
    expect(run.values[0]?.shows).toMatchObject({ kind: 'no-show', strength: 1, findings: [{ kind: 'no-show' }] });
    expect(run.values[0]?.findings?.[0]?.concerns).toContain('appointment:a-2');
  });

  test('of an appointment that was put off waits for the new one', () => {
    const run = runOf('no-show');
    run.send(booked(0, 1));
    run.send(booked(30, 1, 300));
    run.pass(START_MS + 1_000 * MINUTE_MS);
    expect(run.decided).toEqual(['appointment.created@30 @360']);
  });

  test('of a cancelled one is none', () => {
    const run = runOf('no-show');
    run.send(booked(0, 1));
    run.send(eventAt(5, 'appointment.cancelled', { appointmentId: 'a-1' }));
    run.pass(START_MS + 1_000 * MINUTE_MS);
    expect(run.decided).toEqual([]);
  });

  test('counted, is decided from the third within two days on', () => {
    const run = runOf('no-show', { atLeast: 3, withinDays: 2 });
    const day = 1_440;
    for (const [minute, n] of [
      [0, 1],
      [day, 2],
      [3 * day, 3],
      [3 * day + 200, 4],
      [4 * day, 5],
      [4 * day + 200, 6],
    ] as const)
      run.send(booked(minute, n));
    run.pass(START_MS + 100 * day * MINUTE_MS);
    expect(run.decided.map((one) => one.split(' ')[0])).toEqual([
      `appointment.created@${String(4 * day)}`,
      `appointment.created@${String(4 * day + 200)}`,
    ]);
    expect(run.values.map(({ shows }) => shows['count'])).toEqual([3, 4]);
  });

  test('keeps at most so many that wait, and their data as far as they fit', () => {
    const run = runOf('no-show');
    for (let n = 0; n < 100; n++) run.send(booked(n, n, 5_000));
    expect(run.largestBytes).toBeLessThan(80_000);
    run.pass(START_MS + 10_000 * MINUTE_MS);
    expect(run.decided).toHaveLength(64);
  });
});

test('a check-in is held against where an appointment said that the listing is', () => {
  const run = runOf('check-in-far-away');
  run.send(booked(0, 1));
  expect(run.send(came(60, 1))).toBeUndefined();
  const value = run.send(came(70, 1, { latitude: 40.0 }));
  expect(value?.shows).toMatchObject({ kind: 'check-in-far-away', strength: expect.any(Number) as number });
  expect(run.send(came(80, 2, { latitude: 40.0 }))).toBeUndefined();
});

test('several findings of one event are told together, strongest first', () => {
  const run = runOf('mocked-position', { parameters: { identicalFixes: 3, identicalMinutes: 0 } });
  const fix = (minute: number): HermesEvent => eventAt(minute, 'broker.location', { ...HERE, isMock: minute === 3 });
  for (const minute of [0, 1]) run.send(fix(minute));
  const values = [2, 3].map((minute) => run.send(fix(minute)));
  expect(values.map((value) => value?.findings?.map(({ labels }) => labels['signal']))).toEqual([
    ['identical'],
    ['stated-by-phone'],
  ]);
  const both = runOf('mocked-position', { parameters: { identicalFixes: 3, identicalMinutes: 0 } });
  for (const minute of [0, 1]) both.send(fix(minute));
  const together = both.send(eventAt(2, 'broker.location', { ...HERE, isMock: true }))?.findings ?? [];
  expect(together.map(({ strength }) => strength)).toEqual(
    together.map(({ strength }) => strength).toSorted((a, b) => b - a),
  );
  expect(together).toHaveLength(2);
});

test('a state of another release is begun anew, and counted', () => {
  const memory = memoryFor('no-show');
  const { state } = memory.observe(undefined, booked(0, 1));
  if (state?.kind !== 'itinerary') throw new Error('no state');
  const newer = {
    ...state,
    checks: state.checks.map((one) => ({ ...one, bytes: Buffer.from('\xff{}', 'latin1').toString('base64') })),
  };
  const step = memory.observe(newer, booked(10, 2));
  expect(step.dropped).toBe(1);
  expect(step.state).toMatchObject({ checks: [{ waiting: [{ id: 'a-2' }] }] });
  expect(() => memory.due(newer, START_MS + 1e9)).not.toThrow();
});

const kinds = Object.keys(CHECKS) as FindingKind[];
test.each(kinds)(
  '%s: whatever events come, nothing throws, and what is kept stays small and can be read again',
  (check) => {
    const value = fc.oneof(
      fc.constantFrom('l-1', 'a-1', 'b-2', 'd-1'),
      fc.double({ min: -200, max: 200, noNaN: true }),
      fc.constant(null),
      fc.date({ noInvalidDate: true }).map(String),
    );
    const event = fc.record({
      type: fc.constantFrom(
        'broker.location',
        'showing.checked_in',
        'appointment.created',
        'showing.held',
        'route.planned',
        'appointment.cancelled',
        'x',
      ),
      minute: fc.nat(3_000),
      data: fc.oneof(
        fc.dictionary(
          fc.constantFrom(
            'longitude',
            'latitude',
            'listingId',
            'appointmentId',
            'customerId',
            'deviceId',
            'startsAt',
            'points',
            'durationMin',
            '__proto__',
          ),
          value,
        ),
        fc.record({
          ...{ listingId: fc.constantFrom('l-1', 'l-2') },
          deviceId: fc.constantFrom('d-1', 'd-2'),
          customerId: fc.constant('c-1'),
          appointmentId: fc.constantFrom('a-1', 'a-2'),
          longitude: fc.constantFrom(116.4, 117),
          latitude: fc.constantFrom(39.9, 41),
          startsAt: fc.constant('2026-03-02T12:00:00Z'),
          durationMin: fc.nat(200),
        }),
      ),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (list) => {
        const run = runOf(check);
        for (const [i, { type, minute, data }] of list.entries())
          run.send(eventAt(minute, type, data, `e-${String(i)}`));
        run.pass(START_MS + 1e7 * MINUTE_MS);
        expect(run.largestBytes).toBeLessThan(120_000);
      }),
      { numRuns: 60 },
    );
  },
);

test('what is remembered by a newer release is refused, not guessed at', () => {
  expect(() => Remembered.decode(Buffer.from([0x4e, 0x7b, 0x7d]))).toThrow('this code reads 77');
});
