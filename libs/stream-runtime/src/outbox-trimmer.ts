import { faultPoint } from './fault-point.ts';
import type { OutboxBook } from './outbox-book.ts';

/** How long acknowledged outbox entries wait for a step that trims them on its way. */
const IDLE_TRIM_MS = 100;
const TRIM_RETRY_MS = 1_000;

/** Drops acknowledged outbox entries of a partition from Valkey where no step does it on its way. */
export class OutboxTrimmer {
  readonly #book: OutboxBook;
  readonly #busy: () => boolean;
  readonly #drop: (acknowledged: number) => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(book: OutboxBook, busy: () => boolean, drop: (acknowledged: number) => Promise<void>) {
    this.#book = book;
    this.#busy = busy;
    this.#drop = drop;
  }

  later(delayMs = IDLE_TRIM_MS): void {
    if (!this.#stopped) this.#timer ??= setTimeout(() => void this.#whenIdle(), delayMs);
  }

  /** @throws StoreUnavailableError */
  async now(): Promise<void> {
    const acknowledged = this.#book.trimmable;
    if (acknowledged === 0) return;
    faultPoint('before-trim');
    await this.#drop(acknowledged);
    this.#book.trimmedTo(acknowledged);
    faultPoint('after-trim');
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #whenIdle(): Promise<void> {
    this.#timer = undefined;
    if (this.#stopped) return;
    const busy = this.#busy();
    // A step to come trims on its way.
    if (!busy) await this.now().catch(() => undefined);
    if (this.#book.trimmable > 0) this.later(busy ? IDLE_TRIM_MS : TRIM_RETRY_MS);
  }
}
