import { expect, test } from 'vitest';
import { cutOf } from './definition-cuts.ts';

test('a set is in force from the offset of the smallest recorded number that is not below it', () => {
  const entries = { '9': '70', '10': '100', '2': '0' };
  expect(cutOf(entries, 1)).toBe(0);
  expect(cutOf(entries, 2)).toBe(0);
  expect(cutOf(entries, 3)).toBe(70);
  expect(cutOf(entries, 10)).toBe(100);
});

test('a set that the partition has not come to has no cut yet', () => {
  expect(cutOf({}, 1)).toBeUndefined();
  expect(cutOf({ '3': '5' }, 4)).toBeUndefined();
});
