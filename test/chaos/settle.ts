export interface SettleOptions {
  /** What is there now, as one number that only grows. Rejects while something is away. */
  readonly progress: () => Promise<number>;
  /** What it must come to. */
  readonly goal: number;
  /** Called at each look. */
  readonly onLook: (now: number) => Promise<void>;
  /** Give up when nothing has changed for so long. */
  readonly stillMs: number;
  readonly everyMs: number;
}

/** Waits until the goal is reached, or nothing moves any more. The comparison afterwards says what is true. */
export async function settle(options: SettleOptions): Promise<void> {
  let last = -1;
  let changedMs = Date.now();
  while (Date.now() - changedMs < options.stillMs) {
    const now = await options.progress().catch(() => last);
    if (now !== last) changedMs = Date.now();
    last = now;
    await options.onLook(now);
    if (now >= options.goal) return;
    await new Promise((resolve) => setTimeout(resolve, options.everyMs));
  }
}
