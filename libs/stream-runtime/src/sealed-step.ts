import type { Timer } from './logic.ts';
import type { OutboxMessage } from './outbox-entry.ts';

export interface StateWrite {
  /** null deletes. */
  readonly bytes: Buffer | null;
  readonly ttlMs: number | undefined;
  /** Given: `bytes` go behind the stored value, which has this length. Otherwise they replace it. */
  readonly appendTo?: number;
}

/**
 * What a step writes of a key after an append to it.
 *
 * @param previous - what the step writes of the key so far
 * @param before - the key's bytes before the append, null when absent
 * @param after - the bytes after it
 */
export function writeAfterAppend(previous: StateWrite | undefined, before: Buffer | null, after: Buffer): StateWrite {
  const appendTo = previous === undefined ? before?.length : previous.appendTo;
  if (appendTo !== undefined) return { bytes: after.subarray(appendTo), ttlMs: undefined, appendTo };
  // Absent in memory may mean expired by this process's clock: whatever Valkey still has must not come before these bytes.
  return { bytes: after, ttlMs: previous?.ttlMs };
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
