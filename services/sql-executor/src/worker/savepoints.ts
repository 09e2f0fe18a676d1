import type { StreamPlan } from '@hermes/stream-sql/planner/plan';
import type { SavepointOrder, SavepointOutcome } from '../runs/messages.ts';
import { encodeSavepoint } from '../savepoints/savepoint-file.ts';
import { type CheckpointStore, Fenced } from './checkpoint-store.ts';
import { reachFault } from './fault.ts';
import type { StreamCheckpoint } from './stream-checkpoint.ts';

export interface RunSavepointsParts {
  readonly plan: StreamPlan;
  readonly store: CheckpointStore<StreamCheckpoint>;
  /** A checkpoint is wanted at once, or reading may go on again. */
  readonly changed: () => void;
}

interface Pending {
  readonly order: SavepointOrder;
  readonly answer: (outcome: SavepointOutcome) => void;
  readonly timer: NodeJS.Timeout;
  /** `wanted`: the next checkpoint is its. `begun`: its instant is over. `written`: it cannot be taken back any more. */
  phase: 'wanted' | 'begun' | 'written';
  /** Nodes with state at its instant. */
  holding: readonly number[];
}

/**
 * Savepoints of a run, one at a time. A savepoint is a checkpoint like others, whole, and becomes one when all its rows have been acknowledged: so
 * there is nothing to deliver for a run that begins from it. One after which the run stops holds reading from its instant on; when it comes to
 * nothing in its time, reading goes on and the run with it.
 */
export class RunSavepoints {
  private readonly parts: RunSavepointsParts;
  private pending: Pending | undefined;
  private ending = false;

  constructor(parts: RunSavepointsParts) {
    this.parts = parts;
  }

  /** Resolves with how it went; always. */
  ask(order: SavepointOrder): Promise<SavepointOutcome> {
    if (this.pending !== undefined || this.ending)
      return Promise.resolve({ kind: 'refused', message: 'another savepoint of this run is being taken' });
    return new Promise((answer) => {
      const timer = setTimeout(
        () => this.end(`it was not taken within ${order.timeoutMs} ms: ${this.waitsFor()}. The run goes on`),
        order.timeoutMs,
      );
      this.pending = { order, answer, timer, phase: 'wanted', holding: [] };
      this.parts.changed();
    });
  }

  /** Whether a checkpoint is to be made now. */
  get wanted(): boolean {
    return this.pending?.phase === 'wanted';
  }

  /** Whether nothing may be read and nothing may leave for now: the savepoint is to be the last that the run did. */
  get holds(): boolean {
    return (
      this.ending || (this.pending !== undefined && this.pending.phase !== 'wanted' && this.pending.order.thenStop)
    );
  }

  /** A savepoint is there, and the run ends without another checkpoint. */
  get endsRun(): boolean {
    return this.ending;
  }

  /** At the instant of a checkpoint, which is whole where a savepoint is wanted. `holding`: the nodes that have state; asked only then. */
  begin(holding: () => readonly number[]): void {
    const { pending } = this;
    if (pending?.phase !== 'wanted') return;
    pending.phase = 'begun';
    pending.holding = holding();
    reachFault('savepoint-begun');
  }

  /** The checkpoint is on disk and its rows are acknowledged. Rejects with Fenced when another process has the run. */
  async keep(checkpoint: StreamCheckpoint): Promise<void> {
    const { pending } = this;
    if (pending?.phase !== 'begun') return;
    const { order, holding } = pending;
    reachFault('savepoint-delivered');
    pending.phase = 'written';
    clearTimeout(pending.timer);
    const { number, run, at, counts, positions, state } = checkpoint;
    const bytes = encodeSavepoint({
      id: order.id,
      job: order.job,
      version: order.version,
      by: order.by,
      run,
      checkpoint: number,
      at,
      plan: this.parts.plan,
      holding: [...holding],
      counts,
      positions,
      state: state.bytes,
    });
    try {
      await this.parts.store.linkOut(order.id, bytes, order.path, () => reachFault('savepoint-written'));
    } catch (error) {
      if (error instanceof Fenced) throw error;
      pending.phase = 'begun';
      this.end(`it cannot be written: ${error instanceof Error ? error.message : String(error)}. The run goes on`);
      return;
    }
    reachFault('savepoint-linked');
    this.ending = order.thenStop;
    this.pending = undefined;
    pending.answer({ kind: 'taken' });
  }

  /** Whatever is being taken is not taken, for this reason. */
  end(message: string): void {
    const { pending } = this;
    if (pending === undefined || pending.phase === 'written') return;
    clearTimeout(pending.timer);
    this.pending = undefined;
    pending.answer({ kind: 'refused', message });
    this.parts.changed();
  }

  private waitsFor(): string {
    return this.pending?.phase === 'wanted'
      ? 'the checkpoint before it is not done yet'
      : 'its rows have not been acknowledged by all targets yet';
  }
}
