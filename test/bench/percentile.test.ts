import { expect, test } from 'vitest';
import { medianBy, percentile } from './percentile.ts';

test.each<[number[], number, number]>([
  [[1], 99, 1],
  [[2, 1], 50, 1],
  [Array.from({ length: 100 }, (_, i) => i + 1), 99, 99],
  [Array.from({ length: 100 }, (_, i) => i + 1), 100, 100],
  [Array.from({ length: 101 }, (_, i) => i + 1), 99, 100],
])('nearest rank of %j at %i is %i', (values, percent, expected) => expect(percentile(values, percent)).toBe(expected));

test('the percentile of nothing is no number', () => expect(percentile([], 50)).toBeNaN());

test('the median run is the one in the middle', () =>
  expect(medianBy([{ v: 9 }, { v: 1 }, { v: 5 }], (run) => run.v)).toEqual({ v: 5 }));
