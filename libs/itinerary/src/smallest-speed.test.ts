import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorRadiusM } from './fix-error.ts';
import { impossibleTravel } from './impossible-travel.ts';
import { distanceMThatNeeds, moveBetween } from './smallest-speed.ts';
import { placeByKm } from './testing/place-by-km.ts';
import { modeThatExplains } from './travel-modes.ts';

const parameters = impossibleTravel.parameters.parse({});
const place = (seconds: number, eastKm: number, errorM: number) => ({
  timeMs: seconds * 1_000,
  ...placeByKm(eastKm),
  errorM,
});

test.each([
  ['10 km in an hour', place(0, 0, 0), place(3_599, 10, 0), 10],
  ['from edge to edge of both errors', place(0, 0, 1_000), place(3_599, 10, 2_000), 7],
  ['errors that touch need no speed at all', place(0, 0, 6_000), place(0, 10, 4_000), 0],
  ['two positions of one second have a second', place(0, 0, 0), place(0, 1, 0), 3_600],
  ['a later position may be given first', place(3_599, 10, 0), place(0, 0, 0), 10],
])('%s', (_, from, to, speedKmh) => expect(moveBetween(from, to).speedKmh).toBeCloseTo(speedKmh, 6));

test('the distance that needs a speed needs that speed', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 2_000, noNaN: true }),
      fc.integer({ min: 0, max: 10_000 }),
      fc.double({ min: 0, max: 5_000, noNaN: true }),
      fc.double({ min: 0, max: 5_000, noNaN: true }),
      (speedKmh, seconds, fromM, toM) => {
        const ends = [
          { timeMs: 0, errorM: fromM },
          { timeMs: seconds * 1_000, errorM: toM },
        ] as const;
        const km = distanceMThatNeeds(speedKmh, ...ends) / 1_000;
        expect(moveBetween(place(0, 0, fromM), place(seconds, km, toM)).speedKmh).toBeCloseTo(speedKmh, 5);
      },
    ),
  );
});

test.each([
  ['a stated accuracy counts twice', 40, 80],
  ['one that is too good to be true is not believed', 1, 20],
  ['none at all is assumed', undefined, 100],
  ['a negative one means none on phones', -1, 100],
  ['what is no number means none', Number.NaN, 100],
])('%s', (_, accuracyM, radiusM) => expect(errorRadiusM(accuracyM, parameters)).toBe(radiusM));

test.each([
  [5, 'walking'],
  [150, 'driving'],
  [151, 'train'],
  [351, 'plane'],
  [1_001, undefined],
])('%i km/h is explained by %s', (speedKmh, mode) => expect(modeThatExplains(speedKmh, parameters)).toBe(mode));
