import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { impossibleTravel } from './impossible-travel.ts';
import type { Fix } from './observation.ts';
import { fixByKm as at, placeByKm } from './testing/place-by-km.ts';
import { findingsOf } from './testing/run-check.ts';

const found = (fixes: readonly Fix[], given: object = {}) => findingsOf(impossibleTravel, fixes, given);
const exact = { accuracyM: 0 };
const noError = { leastAccuracyM: 0, assumedAccuracyM: 0 };
/** Ten positions, five seconds apart, that stand still. */
const stay = (fromSeconds: number, eastKm: number, more: Partial<Fix> = {}): readonly Fix[] =>
  Array.from({ length: 10 }, (_, i) => at(fromSeconds + i * 5, eastKm, more));

/** A phone that falls back to a tower 5 km away. */
const tower = (fixes: number, fromSeconds = 50): readonly Fix[] =>
  Array.from({ length: fixes }, (_, i) => at(fromSeconds + i * 5, 5));
/** Ten positions at 60 km/h, on one way whatever the time. */
const driving = (fromSeconds: number): readonly Fix[] =>
  Array.from({ length: 10 }, (_, i) => at(fromSeconds + i * 5, (fromSeconds + i * 5) / 60));

describe('a jump', () => {
  test.each<readonly [string, readonly Fix[], object, number]>([
    ['to a place that is seen again is impossible travel', [...stay(0, 0), ...stay(105, 30)], {}, 1],
    ['and back again soon is one', [...stay(0, 0), ...stay(105, 30), ...stay(200, 0)], {}, 1],
    [
      'and back again after the quiet time is two',
      [...stay(0, 0), ...stay(105, 30), ...stay(200, 0)],
      { repeatAfterMinutes: 0 },
      2,
    ],
    ['at a speed that a car has is none', [...stay(0, 0), ...stay(1_000, 30)], {}, 0],
    [
      'within the errors of both positions is none',
      [...stay(0, 0, { accuracyM: 8_000 }), ...stay(105, 30, { accuracyM: 8_000 })],
      {},
      0,
    ],
    [
      'beyond the errors of both positions is one',
      [...stay(0, 0, { accuracyM: 5_000 }), ...stay(105, 30, { accuracyM: 5_000 })],
      {},
      1,
    ],
    ['of less than the least distance is none', [...stay(0, 0), ...stay(46, 1.9)], {}, 0],
    ['of one fix alone is an error of the receiver', [...stay(0, 0), at(50, 30), ...stay(55, 0)], {}, 0],
    [
      'of one fix that is reported twice is still one fix',
      [...stay(0, 0), at(50, 30), at(50, 30), ...stay(55, 0)],
      {},
      0,
    ],
    ['within one second, once, is an error too', [...stay(0, 0), at(45, 30), ...stay(50, 0)], {}, 0],
    [
      'there and back again and again is one device in two places',
      [0, 1, 2, 3, 4, 5, 6].map((i) => at(i * 5, i % 2 === 0 ? 0 : 30)).slice(),
      {},
      1,
    ],
    ['from the first position of all is the receiver that wakes up', [at(0, 30), ...stay(5, 0)], {}, 0],
    [
      'from a first position after a gap is the receiver that wakes up',
      [...stay(0, 0), at(7_200, 30), ...stay(7_205, 0)],
      {},
      0,
    ],
    ['after a gap in which a car gets there is none', [...stay(0, 0), ...stay(7_200, 100)], {}, 0],
    ['after a gap in which a car does not get there is one', [...stay(0, 0), ...stay(7_200, 900)], {}, 1],
    ['whose place is seen again only hours later is one', [...stay(0, 0), at(105, 30), ...stay(20_000, 30)], {}, 1],
    [
      'to two places in turn, each seen once, is two errors',
      [...stay(0, 0), at(50, 30), at(55, -300), ...stay(60, 0)],
      {},
      0,
    ],
    [
      'whose beginning arrives late is one',
      [at(0, 0), at(100, 0), at(200, 0), at(318, 4), at(300, 0), at(418, 4.01), at(518, 4)],
      {},
      1,
    ],
    [
      'to a rough position, and back to a rougher one, is an error',
      [...stay(0, 0), at(50, 30, { accuracyM: 5_000 }), at(4_000, 0, { accuracyM: 10_000 })],
      {},
      0,
    ],
    [
      'of somebody who drives, and reports once a minute, is one',
      [at(0, 0), at(60, 1), at(120, 2), at(180, 3), at(190, 0.4), at(250, 0.41), at(310, 0.4)],
      {},
      1,
    ],
    [
      'from where the receiver wakes up is none though the device was there the day before',
      [...stay(0, 30), ...stay(36_000, 0), at(43_200, 30), ...stay(43_205, 0)],
      {},
      0,
    ],
    [
      'to a cell tower and back, at its very coordinates, is an error',
      [...stay(0, 0), ...tower(6), ...stay(80, 0)],
      {},
      0,
    ],
    ['to a cell tower while driving is an error', [...driving(0), ...tower(6), ...driving(80)], {}, 0],
    [
      'to a cell tower that a car might have reached, and back at once, is an error',
      [...driving(0), ...tower(4, 150), ...driving(168)],
      {},
      0,
    ],
    [
      'to a cell tower is an error when the last position before it comes late',
      [...stay(0, 0).slice(0, -1), at(50, 5), at(45, 0.01), ...tower(4, 55), ...stay(80, 0)],
      {},
      0,
    ],
    [
      'to a cell tower is an error when that position comes later still',
      [...stay(0, 0).slice(0, -1), at(50, 5), at(55, 5), at(45, 0.01), ...tower(3, 60), ...stay(80, 0)],
      {},
      0,
    ],
    ['to very coordinates that stay is one', [...stay(0, 0), ...tower(20)], {}, 1],
    [
      'to very coordinates that the device goes on from is one',
      [...stay(0, 0), ...tower(4), at(75, 5.1), at(80, 5.2)],
      {},
      1,
    ],
    ['to the very coordinates of no tower near is one', [...stay(0, 0), ...stay(105, 30), ...stay(155, 0)], {}, 1],
  ])('%s', (_, fixes, given, times) => expect(found(fixes, given)).toHaveLength(times));

  test('says how fast the broker was at least, how many times the limit that is, and where', () => {
    // 30 km less 2 x 10 m and 2 x 10 m of error, in 60 seconds and the one that whole seconds hide.
    const [finding] = found([...stay(0, 0, exact), ...stay(105, 30, exact)]);
    const speedKmh = (30 - 0.04) / (61 / 3_600);
    expect(finding).toMatchObject({
      kind: 'impossible-travel',
      timeMs: at(105, 0).timeMs,
      concerns: ['broker:b-1'],
      labels: { fastestMode: 'driving' },
      reason: {
        en: '30 km in 60 s: at least 1768 km/h, and 150 is the most by driving',
        zh: '60 秒内移动 30 公里：速度至少 1768 公里/小时，而驾车上限为 150',
      },
    });
    expect(finding?.strength).toBeCloseTo(speedKmh / 150, 6);
    const [from, to] = [placeByKm(0), placeByKm(30)].map(({ longitude, latitude }) => [longitude, latitude]);
    expect(finding?.shapes).toEqual([
      { type: 'Point', role: 'from', coordinates: from },
      { type: 'Point', role: 'to', coordinates: to },
      { type: 'LineString', role: 'jump', coordinates: [from, to] },
    ]);
  });
});

describe('ways of travel', () => {
  /** Some 300 km/h over 40 minutes, a position a minute. */
  const train = Array.from({ length: 40 }, (_, minute) => at(minute * 60, minute * 5));
  /** Some 900 km/h, and no position between. */
  const flight = [...stay(0, 0), ...stay(7_245, 1_800)];

  test.each<readonly [string, readonly Fix[], object, string | undefined]>([
    ['a train is told of as one', train, {}, 'train'],
    ['a train that is allowed is not told of', train, { fastestMode: 'train' }, undefined],
    ['a flight is told of as one', flight, {}, 'plane'],
    ['a flight is not a train', flight, { fastestMode: 'train' }, 'plane'],
    ['a flight that is allowed is not told of', flight, { fastestMode: 'plane' }, undefined],
    [
      'a drive is too fast for somebody who walks',
      [...stay(0, 0), ...stay(645, 10)],
      { fastestMode: 'walking' },
      'driving',
    ],
  ])('%s', (_, fixes, given, explainedBy) => expect(found(fixes, given)[0]?.labels['explainedBy']).toBe(explainedBy));

  test('a journey by train is told of once for as long as it lasts', () => expect(found(train)).toHaveLength(1));

  test('a made-up drive is too fast even in steps that are each below the least distance', () => {
    const steps = Array.from({ length: 120 }, (_, second) => at(second, second * 0.2, exact));
    expect(found(steps)).toHaveLength(1);
    expect(found(steps)[0]?.strength).toBeGreaterThan(3);
  });
});

describe('whatever the positions', () => {
  const seed = fc.array(
    fc.tuple(
      fc.integer({ min: 1, max: 120 }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
    ),
    {
      minLength: 12,
      maxLength: 60,
    },
  );
  /** A drive of up to 120 km/h, each position off by up to `noiseKm` along each axis. */
  const drive = (steps: readonly (readonly [number, number, number])[], noiseKm: number): readonly Fix[] => {
    let [seconds, eastKm] = [0, 0];
    return steps.map(([afterSeconds, turn, noise]) => {
      seconds += afterSeconds;
      eastKm += (turn * 120 * afterSeconds) / 3_600;
      return {
        ...at(seconds, 0),
        position: placeByKm(eastKm + noise * noiseKm, turn * noiseKm),
        accuracyM: noiseKm * 1_000,
      };
    });
  };

  test('noise within the stated accuracy never makes a drive impossible', () => {
    fc.assert(
      fc.property(seed, fc.constantFrom(0.005, 0.05, 0.5, 5), (steps, noiseKm) => {
        expect(found(drive(steps, noiseKm))).toEqual([]);
      }),
    );
  });

  test('one wrong position, anywhere and however far away, makes nothing impossible', () => {
    fc.assert(
      fc.property(seed, fc.nat(), fc.double({ min: 3, max: 15_000, noNaN: true }), (steps, where, km) => {
        // No more than 60 km/h: what is slower than half of the limit cannot hide a wrong position.
        const fixes = drive(
          steps.map(([, turn, noise]) => [5, turn / 2, noise] as const),
          0.005,
        );
        const index = where % fixes.length;
        expect(found(fixes.with(index, { ...fixes[index]!, position: placeByKm(km) }))).toEqual([]);
      }),
    );
  });

  test('a place that needs more than the limit, and is seen again, is always found, at its strength', () => {
    fc.assert(
      fc.property(
        seed,
        fc.double({ min: 1.01, max: 20, noNaN: true }),
        fc.integer({ min: 60, max: 20_000 }),
        (steps, strength, seconds) => {
          const here = drive(
            steps.map(([, turn, noise]) => [5, turn / 4, noise] as const),
            0,
          );
          const last = here.at(-1)!;
          const km = (strength * 150 * (seconds + 1)) / 3_600;
          const eastKm = (last.position.longitude - 120) * ((Math.PI * 6_371.0088) / 180) + km;
          fc.pre(eastKm < 15_000);
          const lastSeconds = (last.timeMs - at(0, 0).timeMs) / 1_000;
          const findings = found([...here, ...stay(lastSeconds + seconds, eastKm)], noError);
          expect(findings).toHaveLength(1);
          expect(findings[0]?.strength).toBeCloseTo(strength, 3);
        },
      ),
    );
  });

  test('a position that arrives after the next one changes nothing', () => {
    const fixes = [...stay(0, 0), ...stay(105, 30), ...stay(1_000, 30)];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 18 }), (index) => {
        const swapped = fixes.with(index, fixes[index + 1]!).with(index + 1, fixes[index]!);
        expect(found(swapped)).toEqual(found(fixes));
      }),
    );
  });
});
