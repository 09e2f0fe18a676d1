import type { StepContext } from './logic.ts';

/** A change of state that comes from outside the log, as a step of its own between two others. */
export interface Injection<S, D> {
  /** The state keys that `apply` may read or write; at most 200. */
  readonly keys: readonly string[];
  /** Synchronous, like `onRecord`; what it throws undoes it. `deadLetter` throws. */
  apply(context: StepContext<S, D>): void;
}

/** It is not known whether an injection was applied, as when the store's answer was lost: a cursor in the state tells. */
export class InjectionOutcomeUnknownError extends Error {
  override readonly name = 'InjectionOutcomeUnknownError';
}

export interface WaitingInjection<S, D> {
  readonly injection: Injection<S, D>;
  applied(): void;
  /** Nothing was changed. */
  notOwned(): void;
  failed(cause: unknown): void;
}

/** The injections of one partition that wait for their turn, first come first served. */
export class InjectionQueue<S, D> {
  #waiting: WaitingInjection<S, D>[] = [];
  #closed = false;

  get size(): number {
    return this.#waiting.length;
  }

  add(injection: Injection<S, D>): Promise<'applied' | 'not-owned'> {
    if (this.#closed) return Promise.resolve('not-owned');
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        injection,
        applied: () => resolve('applied'),
        notOwned: () => resolve('not-owned'),
        failed: (cause) => reject(cause instanceof Error ? cause : new Error(String(cause))),
      });
    });
  }

  next(): WaitingInjection<S, D> | undefined {
    return this.#waiting.shift();
  }

  /** Whatever waits was not begun and never will be. */
  close(): void {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.notOwned();
  }
}
