import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckpointStore } from './checkpoint-store.ts';
import { Fenced } from './checkpoint-store.ts';
import { reachFault } from './fault.ts';
import type { Checkpoint } from './manifest.ts';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 3_000;

/**
 * Sends one block of a checkpoint; resolves when it is acknowledged, rejects when that is not sure. Sending a block twice must be
 * harmless, also by another process after a crash: whatever makes it so is a function of the checkpoint alone.
 */
export type SendBlock = (checkpoint: Checkpoint, index: number) => Promise<void>;

export interface Delivery {
  /** Whom the blocks go to, for people: `ClickHouse`. */
  readonly target: string;
  readonly send: SendBlock;
  readonly store: Pick<CheckpointStore<Checkpoint>, 'holds'>;
  /** Told why it waits; null when the trouble is over. */
  readonly onTrouble: (trouble: string | null) => void;
}

/**
 * Sends a durable checkpoint's blocks in order, and resolves when all are acknowledged. It tries until it can: a server that is
 * away, read-only or full costs time, never rows.
 *
 * @throws Fenced when a higher epoch has taken over
 */
export async function deliver(checkpoint: Checkpoint, delivery: Delivery): Promise<void> {
  for (const index of checkpoint.blocks.keys()) {
    let waitMs = FIRST_WAIT_MS;
    for (let attempt = 1; ; attempt++) {
      if (!(await delivery.store.holds())) throw new Fenced('a higher epoch has the run');
      try {
        await delivery.send(checkpoint, index);
        break;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        delivery.onTrouble(
          `${delivery.target} has not taken block ${index} of checkpoint ${checkpoint.number} yet (attempt ${attempt}): ${message.slice(0, 300)}`,
        );
        await sleep(waitMs);
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      }
    }
    delivery.onTrouble(null);
    reachFault('block-inserted');
  }
}
