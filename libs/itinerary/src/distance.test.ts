import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distanceKm, EARTH_RADIUS_KM } from './distance.ts';

const anywhere = fc.record({
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
});

test("Land's End to John o' Groats is 968.9 km (Chris Veness, Movable Type Scripts)", () => {
  const landsEnd = { longitude: -(5 + 42 / 60 + 53 / 3600), latitude: 50 + 3 / 60 + 59 / 3600 };
  const johnOGroats = { longitude: -(3 + 4 / 60 + 12 / 3600), latitude: 58 + 38 / 60 + 38 / 3600 };
  expect(distanceKm(landsEnd, johnOGroats)).toBeCloseTo(968.9, 1);
});

test('from pole to equator is a quarter of a great circle, and antipodes half of one', () => {
  expect(distanceKm({ longitude: 0, latitude: 90 }, { longitude: 77, latitude: 0 })).toBeCloseTo(
    (Math.PI / 2) * EARTH_RADIUS_KM,
    6,
  );
  expect(distanceKm({ longitude: 0, latitude: 0 }, { longitude: 180, latitude: 0 })).toBeCloseTo(
    Math.PI * EARTH_RADIUS_KM,
    6,
  );
});

test('distance is symmetric, zero to itself, and never more than half of a great circle', () => {
  fc.assert(
    fc.property(anywhere, anywhere, (a, b) => {
      expect(distanceKm(a, a)).toBe(0);
      expect(distanceKm(a, b)).toBeCloseTo(distanceKm(b, a), 9);
      expect(distanceKm(a, b)).toBeLessThanOrEqual(Math.PI * EARTH_RADIUS_KM + 1e-9);
    }),
  );
});
