export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Milliseconds to wait before the next attempt: doubling, and between half and all of it by chance, so that many clients that
 * failed together do not come back together. Pure.
 *
 * @param failed - attempts that have failed so far, at least 1
 * @param random - in [0, 1)
 */
export function backoffMs({ firstMs, maxMs }: Backoff, failed: number, random: number): number {
  const fullMs = Math.min(firstMs * 2 ** (failed - 1), maxMs);
  return (fullMs * (1 + random)) / 2;
}

const FULL = 100;
const GAIN = 0.1;

/**
 * Whether repeats still help. Each failed attempt takes a token, each success gives a tenth back; repeats are allowed while more than
 * half of them are there. A single failure is repeated at once; a service that fails for everybody soon gets each call only once
 * instead of three times the load, and repeats come back by themselves.
 */
export class RetryBudget {
  private tokens = FULL;

  succeeded(): void {
    this.tokens = Math.min(this.tokens + GAIN, FULL);
  }

  failed(): void {
    this.tokens = Math.max(this.tokens - 1, 0);
  }

  get allows(): boolean {
    return this.tokens > FULL / 2;
  }
}
