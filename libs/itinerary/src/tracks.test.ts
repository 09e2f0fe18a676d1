import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distanceToLineM, lineOfAtMost } from './line-distance.ts';
import { mockedPosition } from './mocked-position.ts';
import type { Fix, PlannedRoute } from './observation.ts';
import { offRoute } from './off-route.ts';
import { stationary } from './stationary.ts';
import { fixByKm as at, placeByKm, START_MS } from './testing/place-by-km.ts';
import { findingsOf } from './testing/run-check.ts';
import { workingMs } from './working-hours.ts';

const series = (count: number, fix: (i: number) => Fix): readonly Fix[] =>
  Array.from({ length: count }, (_, i) => fix(i));
const away = (seconds: number, eastKm: number, northKm: number, more: Partial<Fix> = {}): Fix => ({
  ...at(seconds, eastKm, more),
  position: placeByKm(eastKm, northKm),
});

describe('distance to a line', () => {
  const line = [placeByKm(0, 0), placeByKm(10, 0), placeByKm(10, 10)];
  test.each([
    ['beside it', placeByKm(4, 2), 2_000],
    ['on it', placeByKm(10, 3), 0],
    ['beyond its end', placeByKm(13, 14), 5_000],
    ['before its start', placeByKm(-3, 0), 3_000],
  ])('%s', (_, from, metres) => expect(distanceToLineM(from, line)).toBeCloseTo(metres, -1));

  test('a line across the date line is as near as one elsewhere', () => {
    const across = [
      { longitude: 179.9, latitude: 0 },
      { longitude: -179.9, latitude: 0 },
    ];
    expect(distanceToLineM({ longitude: 180, latitude: 0.01 }, across)).toBeCloseTo(1_112, 0);
  });

  test('fewer points keep the ends, and stay near to the line', () => {
    const curve = Array.from({ length: 400 }, (_, i) => placeByKm(i * 0.1, Math.sin(i / 20)));
    const shorter = lineOfAtMost(curve, 100);
    expect(shorter.length).toBeLessThanOrEqual(100);
    expect([shorter[0], shorter.at(-1)]).toEqual([curve[0], curve.at(-1)]);
    expect(Math.max(...curve.map((point) => distanceToLineM(point, shorter)))).toBeLessThan(20);
  });
});

describe('a planned route', () => {
  const route: PlannedRoute = {
    kind: 'route',
    brokerId: 'b-1',
    timeMs: START_MS - 1,
    routeId: 'r-1',
    points: [placeByKm(0), placeByKm(50)],
    fromMs: START_MS,
    untilMs: START_MS + 7_200_000,
  };
  const drive = (northKm: (i: number) => number, more: Partial<Fix> = {}) =>
    series(40, (i) => away(i * 30, i * 0.3, northKm(i), more));
  test.each([
    ['that is followed is not left', drive(() => 0.2), 0],
    ['is left when the broker is away for minutes', drive((i) => (i > 10 ? 2 : 0)), 1],
    ['is left twice when it is come back to between', drive((i) => (i % 20 > 5 ? 2 : 0)), 2],
    ['is not left by two wrong positions', drive((i) => (i === 10 || i === 11 ? 30 : 0)), 0],
    [
      'is not left by two wrong positions however long they last',
      series(8, (i) => away(i * 600, i * 6, i === 2 || i === 3 ? 30 : 0)),
      0,
    ],
    ['is not left by a phone that may be on it', drive(() => 2, { accuracyM: 800 }), 0],
    ['is not left once its time is over', series(40, (i) => away(8_000 + i * 30, i * 0.3, 2)), 0],
  ])('%s', (_, fixes, times) => expect(findingsOf(offRoute, [route, ...fixes])).toHaveLength(times));

  test('says how far it was left, and shows both lines', () => {
    const [finding] = findingsOf(offRoute, [route, ...drive(() => 2, { accuracyM: 50 })]);
    expect(finding?.strength).toBeCloseTo((2_000 - 100) / 500, 1);
    expect(finding?.shapes.map(({ role }) => role)).toEqual(['planned-route', 'track', 'to']);
  });

  test('of another time is not mistaken for it', () => {
    const tomorrow = {
      ...route,
      routeId: 'r-2',
      points: [placeByKm(900)],
      fromMs: START_MS + 86_400_000,
      untilMs: START_MS + 90_000_000,
    };
    expect(findingsOf(offRoute, [route, tomorrow, ...drive(() => 0)])).toEqual([]);
  });
});

describe('a stay', () => {
  const rest = (hours: number, more: Partial<Fix> = {}, fromSeconds = 0): readonly Fix[] =>
    series(hours * 12 + 1, (i) => at(fromSeconds + i * 300, (i % 3) * 0.02, more));
  // The day begins at ten in Shanghai; work ends at eighteen.
  test.each([
    ['of an hour is none to speak of', rest(1), []],
    ['of two and a half hours is told of when it comes to two', rest(2.5), [1]],
    ['of seven hours is told of again when it has doubled', rest(7), [1, 2]],
    ['at a known place is work', rest(7, { isKnownPlace: true }), []],
    ['in the night is sleep', rest(7, {}, 10 * 3_600), []],
    ['is counted within working hours alone', rest(5, {}, 6.5 * 3_600), []],
    ['ends with silence', [...rest(1.5), ...rest(1.5, {}, 3 * 3_600)], []],
    [
      'is none of a phone that was rough at first, and then goes about',
      [at(0, 0, { accuracyM: 3_000 }), ...series(48, (i) => at(300 + i * 300, i * 0.1, { accuracyM: 10 }))],
      [],
    ],
    [
      'begins when the phone was rough at first, and stays',
      [at(0, 1, { accuracyM: 3_000 }), ...rest(2, { accuracyM: 10 }, 300).slice(0, -1)],
      [1],
    ],
    ['ends when the broker goes away', [...rest(1.5), at(5_700, 5), ...rest(1.5, {}, 6_000)], []],
  ])('%s', (_, fixes, strengths) =>
    expect(findingsOf(stationary, fixes).map(({ strength }) => strength)).toEqual(strengths),
  );

  test('at a weekend is free where work is from Monday to Friday', () => {
    const saturday = rest(4, {}, 5 * 86_400);
    expect(findingsOf(stationary, saturday)).toHaveLength(2);
    expect(findingsOf(stationary, saturday, { workDays: 'monday-to-friday' })).toEqual([]);
  });

  test.each([
    ['all of it', '2026-03-02T02:00:00Z', '2026-03-02T03:00:00Z', 60],
    ['what comes after work begins', '2026-03-02T00:30:00Z', '2026-03-02T01:30:00Z', 30],
    ['what comes before work ends', '2026-03-02T09:30:00Z', '2026-03-02T10:30:00Z', 30],
    ['nothing of the night', '2026-03-02T14:00:00Z', '2026-03-02T15:00:00Z', 0],
  ])('counts %s', (_, from, until, minutes) => {
    const hours = { workFromHour: 9, workUntilHour: 18, workDays: 'every-day', timeZone: 'Asia/Shanghai' } as const;
    expect(workingMs(Date.parse(from), Date.parse(until), hours) / 60_000).toBe(minutes);
  });
});

describe('positions', () => {
  const signals = (fixes: readonly Fix[]) => findingsOf(mockedPosition, fixes).map(({ labels }) => labels['signal']);
  /** The same errors in each run: of some metres, as receivers have. */
  const noise = (i: number): number => ((Math.sin(i * 12.9898) * 43_758.5453) % 1) * 0.003;

  const roughJumps = (accuracyM: number): readonly Fix[] =>
    [0, 1, 2, 3, 4].map((i) => at(i * 10, i % 2 === 0 ? 0 : 30 + i, { accuracyM }));

  test.each([
    ['that the phone says are mocked are', [at(0, 0, { isMock: true })], ['stated-by-phone']],
    [
      'that the phone says are mocked are told of once',
      series(50, (i) => at(i, noise(i), { isMock: true })),
      ['stated-by-phone'],
    ],
    ['that are the same for a day are', series(100, (i) => at(i * 900, 5)), ['identical']],
    ['that are the same for a night are a phone at rest', series(600, (i) => at(i * 60, 5)), []],
    ['that are the same for a minute are a phone at rest', series(100, (i) => at(i * 0.6, 5)), []],
    [
      'of a phone at rest that err as receivers do are real',
      series(300, (i) => away(i * 40, noise(i), noise(i + 7))),
      [],
    ],
    ['along a ruler, at an even speed, are', series(80, (i) => at(i * 5, i * 0.05)), ['perfect-line']],
    ['along a ruler, at uneven times but one speed, are', series(80, (i) => at(i * i, i * i * 0.01)), ['perfect-line']],
    ['along a street, with errors, are real', series(200, (i) => away(i * 5, i * 0.05 + noise(i), noise(i + 7))), []],
    [
      'that jump back to the very same place again and again are',
      [0, 1, 2, 3, 4].map((i) => at(i * 10, i % 2 === 0 ? 0 : 30 + i)),
      ['jumps-back'],
    ],
    ['that jump back to the very same place within the errors that the phone states are rough', roughJumps(20_000), []],
    [
      'that jump back to the very same place beyond the errors that the phone states are',
      roughJumps(5_000),
      ['jumps-back'],
    ],
    [
      'that the phone says are mocked, and that come late, are',
      [at(100, 0), at(99, noise(1), { isMock: true })],
      ['stated-by-phone'],
    ],
    ['that jump back once may be an error of the receiver', [at(0, 0), at(10, 30), at(20, 0), at(30, noise(1))], []],
    ['that come back home by car are real', [0, 1, 2, 3, 4].map((i) => at(i * 420, i % 2 === 0 ? 0 : 10 + i)), []],
    [
      'that come back home hours later are real',
      [0, 1, 2, 3, 4, 5].map((i) => at(i * 7_200, i % 2 === 0 ? 0 : 30 + i)),
      [],
    ],
  ])('%s', (_, fixes, expected) => expect(signals(fixes)).toEqual(expected));

  test('with errors of a receiver are never too perfect, however the device moves', () => {
    const step = fc.tuple(
      fc.integer({ min: 1, max: 30 }),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      fc.double({ min: -0.004, max: 0.004, noNaN: true }),
      fc.double({ min: -0.004, max: 0.004, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 100, maxLength: 200 }), (steps) => {
        fc.pre(new Set(steps.map(([, , east]) => east)).size > steps.length / 2);
        let [seconds, km] = [0, 0];
        const fixes = steps.map(([afterSeconds, forwardKm, east, north]) => {
          seconds += afterSeconds;
          km += forwardKm;
          return away(seconds, km + east, north);
        });
        expect(signals(fixes)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});
