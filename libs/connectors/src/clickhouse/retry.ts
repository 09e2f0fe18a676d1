import { setTimeout as sleep } from 'node:timers/promises';

export type Retried<T> =
  | { readonly kind: 'ok'; readonly value: T; readonly attempts: number }
  | {
      readonly kind: 'failed';
      readonly error: unknown;
      readonly attempts: number;
      readonly reason: 'not-retriable' | 'time-is-up' | 'aborted';
    };

export interface RetryOptions {
  /** No new attempt begins after this long; default 30,000. Infinity: until `signal`. */
  readonly giveUpAfterMs?: number;
  readonly firstDelayMs?: number;
  readonly maxDelayMs?: number;
  readonly signal?: AbortSignal;
  /** What is worth another attempt; default `isConnectionError`. */
  readonly retriable?: (error: unknown) => boolean;
}

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
]);

/** Whether the server was not reached, or the connection broke or timed out on the way: the request may or may not have run. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string' && CONNECTION_CODES.has(error.code)) return true;
  if (error instanceof AggregateError && error.errors.some(isConnectionError)) return true;
  // @clickhouse/client's own wording for its request timeout, and Node's for a socket closed before the answer.
  if (error.message === 'Timeout error.' || error.message === 'socket hang up') return true;
  return error.cause !== undefined && isConnectionError(error.cause);
}

/**
 * Runs `attempt` until it resolves, fails for a reason that no repeat cures, or the time is up; answers with a value and
 * never throws what `attempt` threw. Waits 50 ms, 100, 200 ... up to 2 s in between. Only for requests that are harmless
 * twice: reads, DDL with IF NOT EXISTS, and inserts with a deduplication token.
 */
export async function retryOnConnectionError<T>(
  attempt: () => Promise<T>,
  options: RetryOptions = {},
): Promise<Retried<T>> {
  const retriable = options.retriable ?? isConnectionError;
  const startedMs = performance.now();
  const giveUpAfterMs = options.giveUpAfterMs ?? 30_000;
  const maxDelayMs = options.maxDelayMs ?? 2_000;
  let delayMs = options.firstDelayMs ?? 50;
  for (let attempts = 1; ; attempts++) {
    try {
      return { kind: 'ok', value: await attempt(), attempts };
    } catch (error) {
      if (!retriable(error)) return { kind: 'failed', error, attempts, reason: 'not-retriable' };
      if (options.signal?.aborted === true) return { kind: 'failed', error, attempts, reason: 'aborted' };
      if (performance.now() - startedMs + delayMs > giveUpAfterMs) {
        return { kind: 'failed', error, attempts, reason: 'time-is-up' };
      }
      try {
        await sleep(delayMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
      } catch {
        return { kind: 'failed', error, attempts, reason: 'aborted' };
      }
      delayMs = Math.min(delayMs * 2, maxDelayMs);
    }
  }
}
