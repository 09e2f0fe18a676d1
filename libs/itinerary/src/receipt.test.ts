import { describe, expect, test } from 'vitest';
import { CHECKS } from './catalogue.ts';
import type { Finding, FindingKind } from './finding.ts';
import type { CheckIn, Fix, Observation, PlannedRoute } from './observation.ts';
import { withinReceipt } from './receipt.ts';
import { fixByKm as at, placeByKm, START_MS } from './testing/place-by-km.ts';

const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 86_400_000;

function found(kind: FindingKind, observations: readonly Observation[]): readonly Finding[] {
  const read = CHECKS[kind].withParameters({});
  if (read.kind === 'rejected') throw new Error(JSON.stringify(read.problems));
  let bytes: Buffer | undefined;
  return observations.flatMap((observation) => {
    const step = read.check.observe(bytes, observation);
    bytes = step.bytes;
    return step.findings;
  });
}

const received = (fix: Fix): Fix => ({ ...fix, receivedMs: fix.timeMs + 2_000 });
const series = (count: number, fix: (i: number) => Fix): readonly Fix[] =>
  Array.from({ length: count }, (_, i) => received(fix(i)));
const route: PlannedRoute = {
  kind: 'route',
  brokerId: 'b-1',
  timeMs: START_MS - 1,
  routeId: 'r-1',
  points: [placeByKm(0, 30), placeByKm(50, 30)],
  fromMs: START_MS,
  untilMs: START_MS + 7_200_000,
};

describe('one fix whose clock is a year ahead', () => {
  test.each<readonly [FindingKind, readonly Observation[], readonly Observation[]]>([
    ['impossible-travel', series(6, (i) => at(i * 10, 0)), series(6, (i) => at(90 + i * 10, 30))],
    ['mocked-position', series(2, (i) => at(i, 0)), series(1, () => at(30, 0, { isMock: true }))],
    [
      'shared-device',
      series(1, () => at(0, 0, { deviceId: 'd-1' })),
      series(1, () => at(60, 0, { deviceId: 'd-1', brokerId: 'b-2' })),
    ],
    ['off-route', [route, ...series(2, (i) => at(i * 60, 0))], series(20, (i) => at(120 + i * 60, 0))],
    ['stationary', series(2, (i) => at(i * 60, 0)), series(150, (i) => at(120 + i * 60, 0))],
  ])('does not silence %s', (kind, before, after) => {
    const newest = before.findLast((observation) => observation.kind === 'fix')!;
    const ahead: Fix = { ...newest, timeMs: newest.timeMs + YEAR_MS, receivedMs: newest.timeMs + 3_000 };
    const wanted = found(kind, [...before, ...after]);
    expect(wanted).not.toEqual([]);
    expect(found(kind, [...before, ahead, ...after])).toEqual(wanted);
    // Nor does it where it is the first of all.
    expect(found(kind, [ahead, ...before, ...after])).toEqual(wanted);
  });
});

const checkIn: CheckIn = { kind: 'check-in', brokerId: 'b-1', checkInId: 'c-1', listingId: 'l-1', timeMs: START_MS };
test.each<readonly [string, Observation, number | undefined]>([
  ['a fix that was on its way for a day is as old as it says', { ...at(0, 0), receivedMs: START_MS + 864e5 }, START_MS],
  ['a clock may be five minutes ahead', { ...at(0, 0), receivedMs: START_MS - 5 * MINUTE_MS }, START_MS],
  ['a fix that is further ahead is left out', { ...at(0, 0), receivedMs: START_MS - 5 * MINUTE_MS - 1 }, undefined],
  ['a fix without receipt is believed', at(0, 0), START_MS],
  ['a check-in from the future came when it was received', { ...checkIn, receivedMs: START_MS - 9e8 }, START_MS - 9e8],
])('%s', (_, observation, timeMs) => expect(withinReceipt(observation)?.timeMs).toBe(timeMs));
