import { expect, test } from 'vitest';
import { Pace, rowsPerRequest } from './pace.ts';

/** Sends requests of `rows` rows as the replay does; each takes `costMs`. Answers when each went out. */
function sendingTimes(pace: Pace, rows: number, requests: number, costMs: number, beginMs = 0): number[] {
  let nowMs = beginMs;
  return Array.from({ length: requests }, () => {
    const atMs = nowMs + pace.waitMs(rows, nowMs);
    nowMs = atMs + costMs;
    return atMs;
  });
}

test('1,000 rows at 100 rows/s take ten seconds, also when every timer is a little late', () => {
  for (const costMs of [0, 3]) {
    const times = sendingTimes(new Pace(100), 10, 101, costMs);
    expect(times.at(-1)).toBeGreaterThanOrEqual(9_800);
    expect(times.at(-1)).toBeLessThanOrEqual(10_100);
  }
});

test('an outage is not made up for by a gust', () => {
  const pace = new Pace(100);
  sendingTimes(pace, 10, 5, 0);
  const after = sendingTimes(pace, 10, 100, 0, 60_000);
  expect(after.filter((atMs) => atMs < 61_000).length * 10).toBeLessThanOrEqual(100 + 20);
});

test('without a limit nothing waits', () => {
  expect(new Set(sendingTimes(new Pace(Infinity), 500, 10, 0))).toEqual(new Set([0]));
});

test.each([
  [0.5, 1],
  [62, 7],
  [200, 20],
  [5_000, 500],
  [Infinity, 500],
])('at %d rows/s a request holds %d rows', (rate, rows) => expect(rowsPerRequest(rate)).toBe(rows));
