import { expect, test } from 'vitest';
import { clockAfterRecord, clockWhenIdle, isDue } from './partition-clock.ts';

test.each([
  ['a later receipt moves the clock', 1_000, 2_000, 5_000, 2_000],
  ['an earlier receipt does not move it back', 2_000, 1_000, 5_000, 2_000],
  ["a receipt somewhat in the future is another machine's clock", 1_000, 60_000, 5_000, 60_000],
  ['a receipt far in the future is a broken clock and moves nothing', 1_000, 70_000, 5_000, 1_000],
])('%s', (_, clock, receipt, wall, expected) => expect(clockAfterRecord(clock, receipt, wall)).toBe(expected));

test.each([
  ["at the log's end the clock follows wall time, a second behind", 1_000, 50, 50, 10_000, 9_000],
  ['with a backlog it stands still', 1_000, 49, 50, 10_000, 1_000],
  ['it never goes back', 9_500, 50, 50, 10_000, 9_500],
])('%s', (_, clock, next, end, asked, expected) => expect(clockWhenIdle(clock, next, end, asked)).toBe(expected));

test('a timer is due after its instant, not at it', () => {
  expect([isDue(100, 99), isDue(100, 100), isDue(100, 101)]).toEqual([false, false, true]);
});
