import type { Timer } from './logic.ts';
import type { OutboxMessage } from './outbox-entry.ts';

export interface StateWrite {
  /** null deletes. */
  readonly bytes: Buffer | null;
  readonly ttlMs: number | undefined;
}

/** Everything that one step changes, ready for the store. */
export interface SealedStep {
  readonly fromOffset: number;
  readonly nextOffset: number;
  readonly clockMs: number;
  readonly definitionsVersion: number;
  readonly sequenceBefore: number;
  readonly writes: ReadonlyMap<string, StateWrite>;
  readonly outputs: readonly { readonly message: OutboxMessage; readonly bytes: Buffer }[];
  /** By id; null cancels. */
  readonly timers: ReadonlyMap<string, Timer | null>;
  readonly origins: ReadonlyMap<string, number>;
  readonly records: number;
  readonly bytes: number;
  readonly deadLetters: readonly {
    readonly code: string;
    readonly reason: string;
    readonly from: string;
    readonly cause: unknown;
  }[];
}
