import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FailureLog, waitMs, withFailure, withoutFailures } from './sign-in-limiter.ts';

const limit = { failures: 3, windowMs: 60_000 };
const failing = (...instants: number[]): FailureLog =>
  instants.reduce<FailureLog>((log, at) => withFailure(log, 'a@b.c', limit, at), new Map());

test.each<[string, FailureLog, number, number]>([
  ['nobody waits at first', new Map(), 0, 0],
  ['below the limit nobody waits', failing(0, 1_000), 2_000, 0],
  [
    'at the limit one waits until the oldest counted failure leaves the window',
    failing(0, 1_000, 2_000),
    3_000,
    57_000,
  ],
  ['after the window nobody waits', failing(0, 1_000, 2_000), 60_000, 0],
])('%s', (_, log, nowMs, expected) => expect(waitMs(log, 'a@b.c', limit, nowMs)).toBe(expected));

test('one name never makes another wait, and a success forgets', () => {
  const log = failing(0, 1, 2);
  expect(waitMs(log, 'other@b.c', limit, 3)).toBe(0);
  expect(waitMs(withoutFailures(log, 'a@b.c'), 'a@b.c', limit, 3)).toBe(0);
});

test('the log holds no name whose failures are all too old', () => {
  const log = withFailure(failing(0, 1), 'new@b.c', limit, 100_000);
  expect([...log.keys()]).toEqual(['new@b.c']);
});

test('however the tries fall, no window holds more tries than the limit', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 30_000 }), { maxLength: 60 }), (gaps) => {
      let log: FailureLog = new Map();
      let now = 0;
      const allowed: number[] = [];
      for (const gap of gaps) {
        now += gap;
        if (waitMs(log, 'x', limit, now) > 0) continue;
        allowed.push(now);
        log = withFailure(log, 'x', limit, now);
      }
      const most = Math.max(
        0,
        ...allowed.map((at) => allowed.filter((b) => b <= at && b > at - limit.windowMs).length),
      );
      expect(most).toBeLessThanOrEqual(limit.failures);
    }),
  );
});
