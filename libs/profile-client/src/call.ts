import { setTimeout as sleep } from 'node:timers/promises';
import { type Backoff, backoffMs, type RetryBudget } from './backoff.ts';
import type { BareFailure, Result, Tried } from './outcome.ts';

export interface CallLimits {
  /** For everything: attempts and the pauses between them. */
  readonly timeoutMs: number;
  /** Attempts after the first. */
  readonly retries: number;
  readonly backoff: Backoff;
  readonly budget: RetryBudget;
  readonly signal?: AbortSignal | undefined;
}

const ABORTED: BareFailure = { kind: 'aborted', detail: 'The caller ended the call.' };

/**
 * Repeats what is worth repeating until there is an answer, `retries` are used up, the next attempt would begin after the time limit,
 * or the signal fires. Never throws what an attempt came to.
 *
 * @param attempt - resolves always, soon after its signal fires
 */
export async function call<T extends object>(
  attempt: (signal: AbortSignal) => Promise<Tried<T>>,
  limits: CallLimits,
): Promise<Result<T>> {
  const { timeoutMs, retries, budget, signal } = limits;
  if (signal?.aborted === true) return { ...ABORTED, attempts: 0 };
  const startedMs = performance.now();
  // By hand, not AbortSignal.timeout and AbortSignal.any: those cost more than the rest of a call.
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const timer = setTimeout(end, timeoutMs);
  signal?.addEventListener('abort', end, { once: true });
  let last: BareFailure | undefined;
  const ended = (): BareFailure | undefined => {
    if (!ending.signal.aborted) return undefined;
    return signal?.aborted === true ? ABORTED : outOfTime(timeoutMs, last);
  };
  try {
    for (let attempts = 1; ; attempts++) {
      const tried = await attempt(ending.signal);
      if (tried.kind === 'ok') {
        budget.succeeded();
        return { kind: 'ok', attempts, ...tried.value };
      }
      if (tried.failure.kind === 'unavailable') budget.failed();
      const cut = ended();
      if (cut !== undefined) return { ...cut, attempts };
      last = tried.failure;
      if (!tried.again || attempts > retries || !budget.allows) return { ...last, attempts };
      const pauseMs = Math.max(backoffMs(limits.backoff, attempts, Math.random()), tried.retryAfterMs ?? 0);
      if (performance.now() - startedMs + pauseMs >= timeoutMs) return { ...last, attempts };
      await sleep(pauseMs, undefined, { signal: ending.signal }).catch(() => undefined);
      const cutInPause = ended();
      if (cutInPause !== undefined) return { ...cutInPause, attempts };
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}

function outOfTime(timeoutMs: number, last: BareFailure | undefined): BareFailure {
  const before = last === undefined ? '' : ` The attempt before: ${last.detail}`;
  return { kind: 'unavailable', cause: 'time-limit', detail: `No answer within ${timeoutMs} ms.${before}` };
}
