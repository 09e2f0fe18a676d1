/** Guards: places are near or inside as they are on a map, and what is no place is nowhere. */
import type { Condition } from '@hermes/contracts/rule';
import { distanceKm } from '@hermes/itinerary/distance';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileCondition } from './condition.ts';
import { FALSE, TRUE, UNDECIDABLE, type Verdict } from './verdict.ts';

function verdictOf(operator: string, place: unknown, value: unknown): Verdict {
  const condition: Condition = { all: [{ fact: 'event', path: '$.data.at', operator, value }] };
  const compiled = compileCondition(condition);
  const facts = { event: { data: { at: place, listing: { longitude: 116.4, latitude: 39.9, rooms: 3 } } } };
  const verdict = compiled.test(facts);
  expect(compiled.explain(facts, [])).toBe(verdict);
  return verdict;
}
const at = (longitude: unknown, latitude: unknown): unknown => ({ longitude, latitude });

describe('withinKm', () => {
  const tiananmen = { longitude: 116.3975, latitude: 39.9087 };
  test.each<[unknown, unknown, Verdict]>([
    [tiananmen, { of: tiananmen, km: 0.001 }, TRUE],
    // The Temple of Heaven, some 3.1 km to the south.
    [at(116.4066, 39.8822), { of: tiananmen, km: 3.5 }, TRUE],
    [at(116.4066, 39.8822), { of: tiananmen, km: 2.5 }, FALSE],
    [at(116.4, 39.901), { of: { fact: 'event', path: '$.data.listing' }, km: 0.2 }, TRUE],
    [at(116.4, 39.91), { of: { fact: 'event', path: '$.data.listing' }, km: 0.2 }, FALSE],
    // Over the 180th meridian.
    [at(179.99, 0), { of: at(-179.99, 0), km: 3 }, TRUE],
    [at(116.4, 39.9), { of: { fact: 'event', path: '$.data.nowhere' }, km: 1 }, UNDECIDABLE],
    [at('116.4', 39.9), { of: tiananmen, km: 1 }, UNDECIDABLE],
    [at(39.9, 116.4), { of: tiananmen, km: 1 }, UNDECIDABLE],
    [at(116.4, undefined), { of: tiananmen, km: 1 }, UNDECIDABLE],
    [{ rooms: 3 }, { of: tiananmen, km: 1 }, FALSE],
    [undefined, { of: tiananmen, km: 1 }, FALSE],
    ['116.4,39.9', { of: tiananmen, km: 1 }, FALSE],
  ])('%j in %j: %i', (place, value, verdict) => {
    expect(verdictOf('withinKm', place, value)).toBe(verdict);
  });

  test('says what the distance says', () => {
    const position = fc.record({
      longitude: fc.double({ min: -180, max: 180, noNaN: true }),
      latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    });
    fc.assert(
      fc.property(position, position, fc.double({ min: 0.001, max: 20_000, noNaN: true }), (a, b, km) => {
        expect(verdictOf('withinKm', a, { of: b, km })).toBe(distanceKm(a, b) <= km ? TRUE : FALSE);
      }),
    );
  });
});

describe('insidePolygon', () => {
  // The shape of an L: what is in its bounding box and not in it is outside.
  const shape = [
    [116, 39],
    [118, 39],
    [118, 40],
    [117, 40],
    [117, 41],
    [116, 41],
  ];
  test.each<[unknown, Verdict]>([
    [at(116.5, 39.5), TRUE],
    [at(117.5, 39.5), TRUE],
    [at(116.5, 40.5), TRUE],
    [at(117.5, 40.5), FALSE],
    [at(115.9, 39.5), FALSE],
    [at(116, 40), TRUE],
    [at(117, 40.5), TRUE],
    [at(116.5, 'north'), UNDECIDABLE],
    [{}, FALSE],
    [null, FALSE],
  ])('%j: %i', (place, verdict) => {
    expect(verdictOf('insidePolygon', place, shape)).toBe(verdict);
    // A ring that ends where it begins, and one told the other way round, are the same.
    expect(verdictOf('insidePolygon', place, [...shape, shape[0]])).toBe(verdict);
    expect(verdictOf('insidePolygon', place, shape.toReversed())).toBe(verdict);
  });

  test('says of a convex shape what the sides of it say', () => {
    const coordinate = fc.double({ min: -50, max: 50, noNaN: true });
    fc.assert(
      fc.property(coordinate, coordinate, coordinate, coordinate, (west, south, longitude, latitude) => {
        const [east, north] = [west + 7, south + 5];
        const square = [
          [west, south],
          [east, south],
          [east, north],
          [west, north],
        ];
        const isInside = longitude >= west && longitude <= east && latitude >= south && latitude <= north;
        expect(verdictOf('insidePolygon', at(longitude, latitude), square)).toBe(isInside ? TRUE : FALSE);
      }),
    );
  });
});
