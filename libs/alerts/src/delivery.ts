/** What came of one attempt to deliver a notification. */
export type AttemptOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs?: number }
  /** No answer: refused, reset, timed out, no such host. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** The address is one that the settings forbid. */
  | { readonly kind: 'forbidden'; readonly reason: string };

export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly inMs: number; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

export const FIRST_RETRY_MS = 1_000;
export const LONGEST_RETRY_MS = 900_000;
/** 1 s doubling to 15 min: 36 attempts are spread over 4.5 to 7 hours. */
export const MAX_ATTEMPTS = 36;
/** A receiver may ask for a longer wait than ours, but not for more than this. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** 4xx says that the request is wrong and stays wrong, but for these: timeout, too early, too many. */
const RETRIABLE_4XX: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Exponential back-off with equal jitter: between half and the whole of `FIRST_RETRY_MS * 2^(attempt - 1)`, capped.
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter" (2015), "equal jitter".
 *
 * @param attempt number of the attempt that failed, from 1
 * @param random in [0, 1)
 */
export function backOffMs(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt - 1, 30));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

/** What follows from an attempt. */
export function judgeAttempt(outcome: AttemptOutcome, attempt: number, random: number): Verdict {
  if (outcome.kind === 'forbidden') return { kind: 'failed', reason: outcome.reason };
  if (outcome.kind === 'answered') {
    const { status } = outcome;
    if (status >= 200 && status < 300) return { kind: 'delivered' };
    const isFinal = status < 500 && !RETRIABLE_4XX.has(status);
    if (isFinal)
      return {
        kind: 'failed',
        reason:
          status >= 300 && status < 400
            ? `HTTP ${String(status)}: redirects are not followed`
            : `HTTP ${String(status)}`,
      };
  }
  const reason = outcome.kind === 'answered' ? `HTTP ${String(outcome.status)}` : outcome.reason;
  if (attempt >= MAX_ATTEMPTS)
    return { kind: 'failed', reason: `${reason}; given up after ${String(attempt)} attempts` };
  const wishedMs = outcome.kind === 'answered' ? Math.min(outcome.retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS) : 0;
  return { kind: 'retry', inMs: Math.max(backOffMs(attempt, random), wishedMs), reason };
}

/** `Retry-After` in seconds or as an HTTP date (RFC 9110, 10.2.3); undefined when absent or unreadable. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header.trim()) * 1000;
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
