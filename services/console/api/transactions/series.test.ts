import { expect, test } from 'vitest';
import { toSeries } from './series.ts';

test('each line gets one value a bucket, zero where nothing happened', () => {
  const rows = [
    { bucket: 120, line: 'rental', deals: '2', value: '9000.50' },
    { bucket: 60, line: 'second-hand', deals: '1', value: '3350000.00' },
  ];
  expect(toSeries([60, 120, 180], rows)).toEqual([
    { line: 'second-hand', deals: [1, 0, 0], value: [3_350_000, 0, 0] },
    { line: 'rental', deals: [0, 2, 0], value: [0, 9_000.5, 0] },
  ]);
});

test('lines stand in the order of the business, unknown ones after them by name', () => {
  const row = (line: string) => ({ bucket: 0, line, deals: '1', value: '1' });
  const lines = ['zoo', 'decoration', 'art', 'second-hand'].map(row);
  expect(toSeries([0], lines).map(({ line }) => line)).toEqual(['second-hand', 'decoration', 'art', 'zoo']);
});

test('a row outside of the buckets is left out', () => {
  expect(toSeries([60], [{ bucket: 61, line: 'rental', deals: '1', value: '1' }])).toEqual([]);
});
