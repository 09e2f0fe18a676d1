import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type AttemptOutcome,
  LONGEST_RETRY_AFTER_MS,
  LONGEST_RETRY_MS,
  MAX_ATTEMPTS,
  backOffMs,
  judgeAttempt,
  parseRetryAfter,
} from './delivery.ts';

const answered = (status: number, retryAfterMs?: number): AttemptOutcome => ({
  kind: 'answered',
  status,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

test.each<[string, AttemptOutcome, string, RegExp]>([
  ['200 is delivered', answered(200), 'delivered', /^$/],
  ['204 is delivered', answered(204), 'delivered', /^$/],
  ['301 is final: redirects are not followed', answered(301), 'failed', /redirects/],
  ['400 is final', answered(400), 'failed', /HTTP 400/],
  ['404 is final', answered(404), 'failed', /HTTP 404/],
  ['408 is tried again', answered(408), 'retry', /HTTP 408/],
  ['425 is tried again', answered(425), 'retry', /HTTP 425/],
  ['429 is tried again', answered(429), 'retry', /HTTP 429/],
  ['500 is tried again', answered(500), 'retry', /HTTP 500/],
  ['a refused connection is tried again', { kind: 'unreachable', reason: 'ECONNREFUSED' }, 'retry', /ECONNREFUSED/],
  ['a forbidden address is final', { kind: 'forbidden', reason: 'private address' }, 'failed', /private/],
])('%s', (_, outcome, kind, reason) => {
  const verdict = judgeAttempt(outcome, 1, 0.5);
  expect(verdict.kind).toBe(kind);
  expect('reason' in verdict ? verdict.reason : '').toMatch(reason);
});

test('the last attempt is final and says how many there were', () => {
  expect(judgeAttempt(answered(500), MAX_ATTEMPTS, 0)).toEqual({
    kind: 'failed',
    reason: `HTTP 500; given up after ${String(MAX_ATTEMPTS)} attempts`,
  });
});

test("the receiver's Retry-After lengthens the wait, within a limit", () => {
  expect(judgeAttempt(answered(429, 60_000), 1, 0)).toMatchObject({ inMs: 60_000 });
  expect(judgeAttempt(answered(429, 86_400_000), 1, 0)).toMatchObject({ inMs: LONGEST_RETRY_AFTER_MS });
  expect(judgeAttempt(answered(503, 0), 1, 0)).toMatchObject({ inMs: 500 });
});

test('retries go on for hours', () => {
  const totalMs = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, i) => backOffMs(i + 1, 0)).reduce((a, b) => a + b);
  expect(totalMs).toBeGreaterThan(3 * 3_600_000);
});

test('the wait is never under half its ceiling nor over the cap', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, random) => {
        const ceiling = Math.min(LONGEST_RETRY_MS, 1_000 * 2 ** (attempt - 1));
        const waitMs = backOffMs(attempt, random);
        expect(waitMs).toBeGreaterThanOrEqual(ceiling / 2);
        expect(waitMs).toBeLessThanOrEqual(ceiling);
      },
    ),
  );
});

test.each([
  ['seconds', '12', 12_000],
  ['an HTTP date', 'Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
  ['a date that has passed', 'Thu, 01 Jan 2020 00:00:00 GMT', 0],
  ['nonsense', 'soon', undefined],
  ['nothing', undefined, undefined],
])('Retry-After as %s', (_, header, expected) =>
  expect(parseRetryAfter(header, Date.parse('2026-01-01T00:00:00Z'))).toBe(expected),
);
