import { setTimeout as sleep } from 'node:timers/promises';
import type { Block, Sink } from '../connectors/connector.ts';
import { instantAfter } from './checkpoint-instant.ts';
import { Fenced, type OpenedStore } from './checkpoint-store.ts';
import { reachFault } from './fault.ts';
import type { Positions, StreamCheckpoint } from './stream-checkpoint.ts';

const KEPT_CHECKPOINTS = 3;
/** Without rows to deliver, a checkpoint only shortens the way back after a crash: it may be rarer. */
const QUIET_FACTOR = 10;
/** Changes are added to a whole state until they are as large as it is, or so many. */
const MOST_CHANGES = 100;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 3_000;

export interface RunCheckpointsSettings {
  readonly run: string;
  readonly epoch: number;
  readonly checkpointIntervalMs: number;
  readonly opened: OpenedStore<StreamCheckpoint>;
  readonly sinks: ReadonlyMap<number, Sink>;
  /** The sinks' tables, for people: by node. */
  readonly tables: ReadonlyMap<number, string>;
  readonly onTrouble: (trouble: string | null) => void;
  /** Of the savepoint that a run without checkpoints begins from. */
  readonly before: Pick<StreamCheckpoint, 'at' | 'counts'> | undefined;
}

/** What a run gives for a checkpoint, asked for in one piece. */
export interface Instant {
  snapshot(kind: 'full' | 'changes'): Uint8Array;
  positions(): Positions;
  readonly counts: Readonly<Record<string, number>>;
}

/** The checkpoints of a run: when one is due, whole or by changes, on disk first and then at the targets. */
export class RunCheckpoints {
  newest: StreamCheckpoint | undefined;
  private delivered: number;
  /** Rows that have left without a checkpoint since the newest one was taken. */
  private direct = 0;
  private readonly settings: RunCheckpointsSettings;
  private lastMs = performance.now();
  private fullBytes = 0;
  private changesBytes = 0;
  private changes = MOST_CHANGES;

  constructor(settings: RunCheckpointsSettings) {
    this.settings = settings;
    this.newest = settings.opened.newest;
    this.delivered = (this.newest ?? settings.before)?.counts['rowsWritten'] ?? 0;
  }

  get rowsWritten(): number {
    return this.delivered + this.direct;
  }

  /** Milliseconds until the next checkpoint is due; `rows`: whether any wait for it. */
  dueInMs(rows: boolean): number {
    const { checkpointIntervalMs } = this.settings;
    return this.lastMs + checkpointIntervalMs * (rows ? 1 : QUIET_FACTOR) - performance.now();
  }

  /** `whole`: not by changes, whatever came before. */
  take(instant: Instant, whole = false): StreamCheckpoint {
    const { run, epoch, sinks } = this.settings;
    const before = this.newest ?? this.settings.before;
    this.lastMs = performance.now();
    const kind = whole || this.changes >= MOST_CHANGES || this.changesBytes > this.fullBytes ? 'full' : 'changes';
    const direct = this.direct;
    this.direct = 0;
    // The snapshot first: it lets out what mini-batches hold.
    const bytes = instant.snapshot(kind);
    const blocks = new Map([...sinks].map(([node, sink]) => [node, sink.cut()]));
    if (kind === 'full') {
      this.fullBytes = bytes.length;
      this.changesBytes = 0;
      this.changes = 0;
    } else {
      this.changesBytes += bytes.length;
      this.changes++;
    }
    return {
      run,
      epoch,
      number: (this.newest?.number ?? 0) + 1,
      at: instantAfter(before?.at, Date.now()),
      positions: instant.positions(),
      state: { kind, bytes },
      counts: { ...instant.counts, rowsWritten: (before?.counts['rowsWritten'] ?? 0) + direct + rowsOf(blocks) },
      blocks,
    };
  }

  async keepAndDeliver(checkpoint: StreamCheckpoint): Promise<void> {
    const { store } = this.settings.opened;
    reachFault('before-checkpoint');
    await store.write(checkpoint);
    this.newest = checkpoint;
    reachFault('checkpoint-durable');
    await this.deliver(checkpoint);
    reachFault('delivered');
    if (rowsOf(checkpoint.blocks) > 0) await store.markDelivered(checkpoint.number);
    await store.prune(KEPT_CHECKPOINTS);
  }

  /** Sends the rows of the checkpoint that the run goes on from: again, or for the first time. */
  async deliverNewest(): Promise<void> {
    // After a long rest the targets may have forgotten that they took them.
    if (this.newest !== undefined && !this.settings.opened.isDelivered) await this.deliver(this.newest);
  }

  /** Sends what was written to sinks that can do without checkpoints. */
  async flushDirect(): Promise<void> {
    await Promise.all(
      [...this.settings.sinks].map(async ([node, { direct }]) => {
        if (direct !== undefined)
          await this.patiently(
            node,
            'its rows',
            async () => {
              this.direct += await direct.flush();
            },
            'may-come-twice',
          );
      }),
    );
  }

  private async deliver(checkpoint: StreamCheckpoint): Promise<void> {
    const { run, number, at } = checkpoint;
    await Promise.all(
      [...checkpoint.blocks].map(async ([node, blocks]) => {
        const sink = this.settings.sinks.get(node);
        if (blocks.length === 0) return;
        if (sink === undefined)
          throw new Error(`checkpoint ${number} has rows for a sink ${node} that the plan does not have`);
        await this.patiently(node, `checkpoint ${number}`, () =>
          sink.deliver({ run, sink: node, checkpoint: number, at }, blocks),
        );
        reachFault('block-inserted');
      }),
    );
    this.delivered = checkpoint.counts['rowsWritten'] ?? 0;
  }

  /** Tries until it can: a server that is away, read-only or full costs time, never rows. Throws Fenced when a higher epoch has the run. */
  private async patiently(
    node: number,
    what: string,
    attempt: () => Promise<void>,
    first: 'holds-the-run' | 'may-come-twice' = 'holds-the-run',
  ): Promise<void> {
    const { opened, onTrouble, tables } = this.settings;
    for (let attempts = 1, waitMs = FIRST_WAIT_MS; ; attempts++, waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      // Asking the disk takes longer than sending a row that may come twice anyway; the process asks each second, too.
      const asks = attempts > 1 || first === 'holds-the-run';
      if (asks && !(await opened.store.holds())) throw new Fenced('a higher epoch has the run');
      try {
        await attempt();
        if (attempts > 1) onTrouble(null);
        return;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        onTrouble(
          `${tables.get(node) ?? 'a table'} has not taken ${what} yet (attempt ${attempts}): ${message.slice(0, 300)}`,
        );
        await sleep(waitMs);
      }
    }
  }
}

const rowsOf = (blocks: ReadonlyMap<number, readonly Block[]>): number =>
  [...blocks.values()].flat().reduce((sum, { rows }) => sum + rows, 0);
