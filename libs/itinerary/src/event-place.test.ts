import { expect, test } from 'vitest';
import { distanceKm } from './distance.ts';
import { placeIn } from './event-place.ts';

/** One door in Beijing, as three systems give it; GCJ-02 and BD-09 of published vectors. */
const DOOR = { longitude: 116.404, latitude: 39.915 };

test.each([
  ['WGS84', 116.404, 39.915],
  ['GCJ-02', 116.41024449916938, 39.91640428150164],
] as const)('a place is converted from %s, which its event type states', (system, lon, lat) => {
  const at = placeIn({ lon, lat }, { name: 'position', longitude: 'lon', latitude: 'lat', system });
  expect(distanceKm(at!, DOOR) * 1_000).toBeLessThan(0.01);
});

test('the same numbers in BD-09 are another place, more than a kilometre away', () => {
  const place = { name: 'position', longitude: 'lon', latitude: 'lat', system: 'BD-09' } as const;
  expect(distanceKm(placeIn({ lon: DOOR.longitude, lat: DOOR.latitude }, place)!, DOOR)).toBeGreaterThan(1);
});

test.each([
  ['is missing', { lon: 116 }],
  ['is no number', { lon: '116', lat: 39 }],
  ['is not on the Earth', { lon: 116, lat: 400 }],
  ['is not a number', { lon: Number.NaN, lat: 39 }],
])('a place that %s is none', (_, data) =>
  expect(placeIn(data, { name: 'position', longitude: 'lon', latitude: 'lat', system: 'WGS84' })).toBeUndefined(),
);
