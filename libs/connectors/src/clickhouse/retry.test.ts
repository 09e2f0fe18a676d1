import { describe, expect, test } from 'vitest';
import { isConnectionError, retryOnConnectionError } from './retry.ts';

const refused = (): Error => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const failing = (errors: readonly Error[]): (() => Promise<string>) => {
  const left = [...errors];
  return async () => {
    const error = left.shift();
    if (error !== undefined) throw error;
    return 'done';
  };
};

describe('a request to a server that may be away', () => {
  test('is repeated until the server answers', async () => {
    expect(await retryOnConnectionError(failing([refused(), refused()]), { firstDelayMs: 1 })).toEqual({
      kind: 'ok',
      value: 'done',
      attempts: 3,
    });
  });

  test('is not repeated when the server itself refused it', async () => {
    const error = new Error('Syntax error');
    expect(await retryOnConnectionError(failing([error]), { firstDelayMs: 1 })).toEqual({
      kind: 'failed',
      error,
      attempts: 1,
      reason: 'not-retriable',
    });
  });

  test('is given up when the time is up, with the last error', async () => {
    const errors = Array.from({ length: 50 }, refused);
    const result = await retryOnConnectionError(failing(errors), { firstDelayMs: 4, giveUpAfterMs: 20 });
    expect(result).toMatchObject({ kind: 'failed', reason: 'time-is-up', error: { code: 'ECONNREFUSED' } });
  });

  test('ends its waiting at once when it is aborted', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 5);
    const result = await retryOnConnectionError(failing([refused()]), {
      firstDelayMs: 10_000,
      giveUpAfterMs: Infinity,
      signal: abort.signal,
    });
    expect(result).toMatchObject({ kind: 'failed', reason: 'aborted' });
  });

  test.each([
    ['a refused connection', refused(), true],
    ['a refused connection on both address families', new AggregateError([refused(), refused()]), true],
    [
      'a wrapped reset',
      new Error('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) }),
      true,
    ],
    ['a closed socket', new Error('socket hang up'), true],
    ['an SQL error', new Error('UNKNOWN_TABLE'), false],
    ['no error at all', 'text', false],
  ])('%s', (_, error, expected) => expect(isConnectionError(error)).toBe(expected));
});
