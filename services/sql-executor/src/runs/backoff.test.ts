import { expect, test } from 'vitest';
import { backoffMs, countFailure } from './backoff.ts';

test.each([
  [1, 500],
  [2, 1_000],
  [5, 8_000],
  [6, 15_000],
  [60, 15_000],
])('after %i ends in a row the next process waits %i ms', (failures, waitMs) =>
  expect(backoffMs(failures)).toBe(waitMs),
);

test('a process that lived long begins a new count', () => {
  expect(countFailure(4, 1_000)).toBe(5);
  expect(countFailure(4, 60_000)).toBe(1);
});
