import { describe, expect, test } from 'vitest';
import type { Showing } from './observation.ts';
import { overlappingShowings } from './overlapping-showings.ts';
import { poachedCustomer } from './poached-customer.ts';
import { sharedDevice } from './shared-device.ts';
import { fixByKm, placeByKm, START_MS } from './testing/place-by-km.ts';
import { findingsOf } from './testing/run-check.ts';

describe('one device', () => {
  const use = (atMinute: number, brokerId: string) => fixByKm(atMinute * 60, 0, { brokerId, deviceId: 'd-1' });
  test.each([
    ["of one broker is nobody else's", [use(0, 'b-1'), use(1, 'b-1'), use(500, 'b-1')], []],
    ['of two brokers ten minutes apart is shared, three times over the limit', [use(0, 'b-1'), use(10, 'b-2')], [3]],
    ['that is handed over the next day is not shared', [use(0, 'b-1'), use(1_440, 'b-2')], []],
    ['is told of once for two brokers', [use(0, 'b-1'), use(10, 'b-2'), use(11, 'b-1'), use(12, 'b-2')], [3]],
    ['is told of again for a third', [use(0, 'b-1'), use(10, 'b-2'), use(25, 'b-3')], [3, 2, 1.2]],
    [
      'was used last when it was used last, not when a use arrived last',
      [use(10, 'b-1'), use(0, 'b-1'), use(35, 'b-2')],
      [1.2],
    ],
    ['is shared whichever use arrives first', [use(10, 'b-2'), use(0, 'b-1')], [3]],
  ])('%s', (_, uses, strengths) => {
    const found = findingsOf(sharedDevice, uses).map(({ strength }) => strength);
    expect(found.toSorted((a, b) => b - a)).toEqual(strengths.map((each) => expect.closeTo(each, 6) as number));
  });

  test('without an id is no device', () => expect(sharedDevice.keyOf(fixByKm(0, 0))).toBeUndefined());
});

const showing = (id: number, from: number, until: number, more: Partial<Showing> = {}): Showing => ({
  kind: 'showing',
  brokerId: 'b-1',
  showingId: `s-${String(id)}`,
  listingId: `l-${String(id)}`,
  customerId: `c-${String(id)}`,
  timeMs: START_MS + until * 60_000,
  startedAtMs: START_MS + from * 60_000,
  endedAtMs: START_MS + until * 60_000,
  listingPosition: placeByKm(id),
  ...more,
});

test.each([
  ['one after the other do not overlap', [showing(1, 0, 30), showing(2, 30, 60)], []],
  ['five minutes of overlap are within the limit', [showing(1, 0, 30), showing(2, 25, 60)], []],
  ['twenty are twice the limit', [showing(1, 0, 30), showing(2, 10, 60)], [2]],
  ['the later may arrive first', [showing(2, 10, 60), showing(1, 0, 30)], [2]],
  ['one within the other overlaps by its length', [showing(1, 0, 100), showing(2, 40, 65)], [2.5]],
  ['the worst of several is told of', [showing(1, 0, 30), showing(2, 15, 60), showing(3, 10, 40)], [1.5, 2.5]],
  [
    'two customers at one listing are shown it together',
    [showing(1, 0, 30), showing(2, 0, 30, { listingId: 'l-1' })],
    [],
  ],
  [
    'the same showing sent three times is told of once',
    [showing(1, 0, 30), ...Array<Showing>(3).fill(showing(2, 10, 60))],
    [2],
  ],
  [
    'a correction that overlaps with another one is told of',
    [showing(1, 0, 30), showing(2, 10, 60), showing(3, 100, 130), showing(2, 110, 160)],
    [2, 2],
  ],
  ['the same showing again is a correction', [showing(1, 0, 30), showing(1, 5, 35, { listingId: 'l-9' })], []],
])('of showings, %s', (_, showings, strengths) =>
  expect(findingsOf(overlappingShowings, showings).map(({ strength }) => strength)).toEqual(strengths),
);

test('two customers at one listing count when that is asked for', () =>
  expect(
    findingsOf(overlappingShowings, [showing(1, 0, 30), showing(2, 0, 30, { listingId: 'l-1' })], {
      countsSameListing: true,
    }),
  ).toHaveLength(1));

describe('a customer', () => {
  const shown = (id: number, brokerId: string, onDay: number): Showing =>
    showing(id, onDay * 1_440, onDay * 1_440 + 30, { brokerId, listingId: 'l-1', customerId: 'c-1' });
  test.each([
    ['of one broker is poached by nobody', [shown(1, 'b-1', 0), shown(2, 'b-1', 3)], []],
    ['that another broker shows the same home is poached', [shown(1, 'b-1', 0), shown(2, 'b-2', 10)], ['b-2']],
    ['after the period is free', [shown(1, 'b-1', 0), shown(2, 'b-2', 30)], []],
    ['was poached by who came later, not by who reported later', [shown(2, 'b-2', 10), shown(1, 'b-1', 0)], ['b-2']],
    [
      'that its own broker shows the home again is told of once',
      [shown(1, 'b-1', 0), shown(2, 'b-2', 5), shown(3, 'b-1', 9)],
      ['b-2'],
    ],
    ['may be poached twice', [shown(1, 'b-1', 0), shown(2, 'b-2', 5), shown(3, 'b-3', 9)], ['b-2', 'b-3']],
  ])('%s', (_, showings, later) =>
    expect(findingsOf(poachedCustomer, showings).map(({ labels }) => labels['laterBroker'])).toEqual(later),
  );

  test('is kept under listing and customer', () =>
    expect(poachedCustomer.keyOf(shown(1, 'b-1', 0))).toBe('listing:l-1|customer:c-1'));
});
