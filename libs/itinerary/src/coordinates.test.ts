import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bd09ToGcj02,
  convertPosition,
  type CoordinateSystem,
  gcj02ToBd09,
  gcj02ToWgs84,
  wgs84ToGcj02,
} from './coordinates.ts';
import { distanceKm } from './distance.ts';

const at = (longitude: number, latitude: number) => ({ longitude, latitude });
const insideMainland = fc.record({
  longitude: fc.double({ min: 75, max: 134, noNaN: true }),
  latitude: fc.double({ min: 18, max: 53, noNaN: true }),
});
const SYSTEMS: readonly CoordinateSystem[] = ['WGS84', 'GCJ-02', 'BD-09'];

describe('published vectors', () => {
  // From the read-me of coordtransform 2.1 (MIT).
  test.each([
    ['WGS84 to GCJ-02', wgs84ToGcj02, at(116.404, 39.915), at(116.41024449916938, 39.91640428150164)],
    ['GCJ-02 to BD-09', gcj02ToBd09, at(116.404, 39.915), at(116.41036949371029, 39.92133699351021)],
  ])('%s agrees to the ninth decimal', (_, convert, from, expected) => {
    const got = convert(from);
    expect(got.longitude).toBeCloseTo(expected.longitude, 9);
    expect(got.latitude).toBeCloseTo(expected.latitude, 9);
  });

  // From the tests of eviltransform (MIT), which takes another radius: agreement to a metre.
  test.each([
    ['Shanghai', at(121.5272106, 31.1774276), at(121.531541859215, 31.17530398364597)],
    ['Shenzhen', at(113.912316, 22.543847), at(113.9171764808363, 22.540796131694766)],
    ['Beijing', at(116.377817, 39.911954), at(116.38404722455657, 39.91334545536069)],
  ])('WGS84 to GCJ-02 in %s agrees to a metre, and back again', (_, wgs84, gcj02) => {
    expect(distanceKm(wgs84ToGcj02(wgs84), gcj02) * 1_000).toBeLessThan(1);
    expect(distanceKm(gcj02ToWgs84(gcj02), wgs84) * 1_000).toBeLessThan(1);
  });
});

test('every conversion and its way back end within a millimetre of the start', () => {
  fc.assert(
    fc.property(insideMainland, fc.constantFrom(...SYSTEMS), fc.constantFrom(...SYSTEMS), (start, from, to) => {
      expect(distanceKm(convertPosition(convertPosition(start, from, to), to, from), start) * 1e6).toBeLessThan(1);
    }),
  );
});

test('in China the systems lie between fifty metres and two kilometres apart, so that mixing them shows', () => {
  fc.assert(
    fc.property(insideMainland, (start) => {
      const km = distanceKm(start, convertPosition(start, 'WGS84', 'BD-09'));
      expect(km).toBeGreaterThan(0.05);
      expect(km).toBeLessThan(2.5);
    }),
  );
});

test('outside of China GCJ-02 is WGS84', () => {
  const berlin = at(13.4, 52.5);
  expect(wgs84ToGcj02(berlin)).toEqual(berlin);
  expect(gcj02ToWgs84(berlin)).toEqual(berlin);
});

test('BD-09 to GCJ-02 undoes the shift where the closed inverse is off by a metre', () => {
  const start = at(116.404, 39.915);
  expect(distanceKm(bd09ToGcj02(gcj02ToBd09(start)), start) * 1e6).toBeLessThan(1);
});
