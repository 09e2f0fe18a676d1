import { describe, expect, test } from 'vitest';
import { failedBy, retryAfterMsOf } from './outcome.ts';

const words = (code: string, extra: object = {}): string => JSON.stringify({ code, detail: 'in words', ...extra });

describe('an answer that is not a profile is told as what it is', () => {
  test.each<[number, string, number | undefined, object]>([
    [
      404,
      words('unknown-feature', { didYouMean: ['tier'] }),
      undefined,
      { again: false, failure: { kind: 'unknown-feature', didYouMean: ['tier'], detail: 'in words' } },
    ],
    [
      400,
      words('unknown-feature', { didYouMean: 'tier' }),
      undefined,
      { again: false, failure: { kind: 'unknown-feature', didYouMean: ['tier'], detail: 'in words' } },
    ],
    [
      401,
      words('unauthorized'),
      undefined,
      { again: false, failure: { kind: 'forbidden', status: 401, code: 'unauthorized', detail: 'in words' } },
    ],
    [
      403,
      words('forbidden'),
      undefined,
      { again: false, failure: { kind: 'forbidden', status: 403, code: 'forbidden', detail: 'in words' } },
    ],
    [
      429,
      words('quota'),
      5_000,
      { again: true, retryAfterMs: 5_000, failure: { kind: 'quota', retryAfterMs: 5_000, detail: 'in words' } },
    ],
    [
      429,
      words('quota'),
      undefined,
      { again: false, failure: { kind: 'quota', retryAfterMs: undefined, detail: 'in words' } },
    ],
    [
      404,
      words('not-found'),
      undefined,
      { again: false, failure: { kind: 'refused', status: 404, code: 'not-found', detail: 'in words' } },
    ],
    [
      503,
      words('unavailable'),
      2_000,
      {
        again: true,
        retryAfterMs: 2_000,
        failure: { kind: 'unavailable', cause: 'service', status: 503, retryAfterMs: 2_000, detail: 'in words' },
      },
    ],
    [
      502,
      '<h1>Bad gateway</h1>',
      undefined,
      {
        again: true,
        failure: { kind: 'unavailable', cause: 'service', status: 502, detail: 'HTTP 502: <h1>Bad gateway</h1>' },
      },
    ],
    [
      500,
      words('defect'),
      undefined,
      { again: false, failure: { kind: 'unavailable', cause: 'service', status: 500, detail: 'in words' } },
    ],
    [
      302,
      '',
      undefined,
      { again: false, failure: { kind: 'unavailable', cause: 'unreadable', status: 302, detail: 'HTTP 302: ' } },
    ],
    [
      400,
      'null',
      undefined,
      { again: false, failure: { kind: 'refused', status: 400, code: 'unknown', detail: 'HTTP 400: null' } },
    ],
  ])('%i %s', (status, body, retryAfterMs, expected) =>
    expect(failedBy(status, body, retryAfterMs)).toEqual({ kind: 'failed', ...expected }),
  );
});

test.each<[string | undefined, number | undefined]>([
  ['3', 3_000],
  ['0', 0],
  ['Thu, 01 Jan 1970 00:00:30 GMT', 20_000],
  ['Thu, 01 Jan 1970 00:00:05 GMT', 0],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %s, ten seconds into the epoch, asks for %s ms', (header, expected) =>
  expect(retryAfterMsOf(header, 10_000)).toBe(expected),
);
