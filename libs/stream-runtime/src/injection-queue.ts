import type { StepContext } from './logic.ts';

/** A change of state that comes from outside the log, as a step of its own between two others. */
export interface Injection<S, D> {
  /** The state keys that `apply` may read or write; at most 200. */
  readonly keys: readonly string[];
  /**
   * Synchronous, like `onRecord`; what it throws undoes it. `deadLetter` throws.
   *
   * @param nextOffset - of the partition's records: those before it have been evaluated, those from it on have not
   */
  apply(context: StepContext<S, D>, nextOffset: number): void;
}

/** It is not known whether an injection was applied, as when the store's answer was lost: a cursor in the state tells. */
export class InjectionOutcomeUnknownError extends Error {
  override readonly name = 'InjectionOutcomeUnknownError';
}

export interface InjectionTurns<S, D> {
  /** Runs work when everything that asked before it has had its turn. Rejects when the partition's owner was stopped. */
  alone(work: () => Promise<void>): Promise<void>;
  /** Resolves when a step may begin; rejects when the owner was stopped. */
  ready(): Promise<void>;
  /** Commits an injection. `thrown` is what `apply` threw; nothing was changed then. */
  step(injection: Injection<S, D>): Promise<{ readonly thrown: unknown } | undefined>;
  /** A step of unknown outcome: the owner must not go on. */
  stop(): void;
}

interface Waiting<S, D> {
  readonly injection: Injection<S, D>;
  readonly resolve: (outcome: 'applied' | 'not-owned') => void;
  readonly reject: (cause: unknown) => void;
}

/** The injections of one partition, first come first served, each in its turn with the steps of records. */
export class InjectionQueue<S, D> {
  readonly #maxKeys: number;
  readonly #turns: InjectionTurns<S, D>;
  #waiting: Waiting<S, D>[] = [];
  #closed = false;
  #pumping = false;

  constructor(maxKeys: number, turns: InjectionTurns<S, D>) {
    this.#maxKeys = maxKeys;
    this.#turns = turns;
  }

  async add(injection: Injection<S, D>): Promise<'applied' | 'not-owned'> {
    if (injection.keys.length > this.#maxKeys) {
      throw new Error(`${injection.keys.length} state keys for one injection, at most ${this.#maxKeys} are allowed`);
    }
    if (this.#closed) return 'not-owned';
    return new Promise((resolve, reject) => {
      this.#waiting.push({ injection, resolve, reject });
      void this.#pump();
    });
  }

  /** Between two steps: the injection that has waited longest, if any. Rejects when the owner was stopped, also by this. */
  async next(): Promise<void> {
    if (this.#waiting.length === 0) return;
    await this.#turns.ready();
    const waiting = this.#waiting.shift();
    if (waiting === undefined) return;
    try {
      const failed = await this.#turns.step(waiting.injection);
      if (failed === undefined) waiting.resolve('applied');
      else waiting.reject(failed.thrown);
    } catch (cause) {
      this.#turns.stop();
      const message = `whether the injection was applied is not known: ${(cause as Error).message}`;
      waiting.reject(new InjectionOutcomeUnknownError(message, { cause }));
      await this.#turns.ready();
    }
  }

  /** Whatever waits was not begun and never will be. */
  close(): void {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.resolve('not-owned');
  }

  /** One injection in each turn: records that came meanwhile have theirs before the next. */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#waiting.length > 0) await this.#turns.alone(() => this.next());
    } catch {
      // The owner was stopped, and whoever waited was told so.
    } finally {
      this.#pumping = false;
    }
  }
}
