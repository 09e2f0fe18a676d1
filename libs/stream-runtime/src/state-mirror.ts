import type { HotState } from './hot-state.ts';
import type { SealedStep } from './sealed-step.ts';

/** Keeps a copy of committed state for readers in this process, so that a read need not ask Valkey for what was just written there. */
export interface StateMirror {
  /**
   * A partition was claimed. What was told of it before does not hold any more: others may have changed its state since.
   *
   * @param statePrefix - what stands before each of its state keys in Valkey
   */
  open(statePrefix: string): PartitionMirror;
}

/** The copy of one partition, from a claim to the loss of it. Nothing here may throw: what it is told of is committed. */
export interface PartitionMirror {
  /**
   * A step was committed, whole: readers see all of its changes or none.
   *
   * @param sentAtMs - on `monotonicMs`, before the step was sent: the partition was this owner's at some time after that
   */
  committed(sentAtMs: number, changes: readonly MirroredChange[]): void;
  /** The partition may be somebody else's from here on: nothing of it holds any more. */
  close(): void;
}

export interface MirroredChange {
  readonly key: string;
  /** The whole value; undefined: it must be read where it is stored, because it is gone, or will be by itself. */
  readonly bytes: Buffer | undefined;
  /** So many bytes at the front are those that the value was before the step, all of it; 0: it is another value. */
  readonly sameBytes: number;
}

/** Milliseconds on a clock that all threads of the process share and that never jumps. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** What a step has changed, as it is in memory after it. */
export function changesOf<S>(step: SealedStep, hot: HotState<S>): MirroredChange[] {
  const changes: MirroredChange[] = [];
  for (const [key, { appendTo }] of step.writes) {
    const entry = hot.entry(key);
    const stays = entry !== undefined && entry.expiresAtMs === Number.POSITIVE_INFINITY;
    changes.push({ key, bytes: stays && entry.bytes !== null ? entry.bytes : undefined, sameBytes: appendTo ?? 0 });
  }
  return changes;
}
