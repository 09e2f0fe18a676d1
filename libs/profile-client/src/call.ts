import { type Backoff, backoffMs, type RetryBudget } from './backoff.ts';
import { Ending } from './ending.ts';
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
 * @param attempt - resolves always, soon after the end
 */
export async function call<T extends object>(
  attempt: (ending: Ending) => Promise<Tried<T>>,
  limits: CallLimits,
): Promise<Result<T>> {
  const { timeoutMs, retries, budget, signal } = limits;
  if (signal?.aborted === true) return { ...ABORTED, attempts: 0 };
  const startedMs = performance.now();
  const ending = new Ending();
  const timer = setTimeout(ending.end, timeoutMs);
  signal?.addEventListener('abort', ending.end, { once: true });
  let last: BareFailure | undefined;
  const ended = (): BareFailure | undefined => {
    if (!ending.hasEnded) return undefined;
    return signal?.aborted === true ? ABORTED : outOfTime(timeoutMs, last);
  };
  try {
    for (let attempts = 1; ; attempts++) {
      const tried = await attempt(ending);
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
      await ending.pause(pauseMs);
      const cutInPause = ended();
      if (cutInPause !== undefined) return { ...cutInPause, attempts };
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', ending.end);
  }
}

function outOfTime(timeoutMs: number, last: BareFailure | undefined): BareFailure {
  const before = last === undefined ? '' : ` The attempt before: ${last.detail}`;
  return { kind: 'unavailable', cause: 'time-limit', detail: `No answer within ${timeoutMs} ms.${before}` };
}
