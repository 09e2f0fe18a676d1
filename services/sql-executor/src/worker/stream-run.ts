import { setTimeout as sleep } from 'node:timers/promises';
import type { BadLookup, BadRow } from '@hermes/stream-sql/engine/job-options';
import { JobFailure } from '@hermes/stream-sql/engine/job-options';
import { StreamJob } from '@hermes/stream-sql/engine/stream-job';
import type { FunctionLibrary } from '@hermes/stream-sql/engine/function-library';
import type { StreamPlan } from '@hermes/stream-sql/planner/plan';
import type { BadRecord, LookupTable, Sink, Source, SourceBatch } from '../connectors/connector.ts';
import type { RunFigures, SavepointOrder, SavepointOutcome } from '../runs/messages.ts';
import type { Beginning } from './begin-from.ts';
import type { OpenedStore } from './checkpoint-store.ts';
import { type BadLetter, letterOf, letterOfRow } from './dead-letters.ts';
import { FinalFailure } from './final-failure.ts';
import { reachFault } from './fault.ts';
import { LookupRounds } from './lookup-rounds.ts';
import { RunCheckpoints } from './run-checkpoints.ts';
import { RunSavepoints } from './savepoints.ts';
import type { StreamCheckpoint } from './stream-checkpoint.ts';

/** Rows that may wait for a checkpoint before reading pauses. */
const MAX_WAITING_ROWS = 100_000;
const MAX_WAITING_BYTES = 32_000_000;
/** Idle partitions, timers and windows in processing time are looked at as often. */
const TICK_MS = 50;
const MAX_LATENCY_SAMPLES = 200;
const LATE = { code: 'late-row', reason: 'it came when the watermark had passed what it belongs to' };

export interface StreamRunOrder {
  readonly run: string;
  readonly epoch: number;
  readonly plan: StreamPlan;
  readonly checkpointIntervalMs: number;
  readonly stateLimitBytes: number;
}

export interface StreamRunParts {
  readonly order: StreamRunOrder;
  readonly functions: FunctionLibrary;
  /** By the node of the plan. */
  readonly sources: ReadonlyMap<number, Source>;
  readonly sinks: ReadonlyMap<number, Sink>;
  readonly lookups: ReadonlyMap<number, LookupTable>;
  readonly opened: OpenedStore<StreamCheckpoint>;
  /** What a run without checkpoints begins from; undefined: from nothing. */
  readonly begin?: Beginning | undefined;
  /** Resolves when the dead letters are acknowledged. */
  readonly deadLetters: (letters: readonly BadLetter[]) => Promise<void>;
}

/**
 * One process's part of a run: reads the sources from where the newest checkpoint stands, computes, and makes checkpoints whose rows it then
 * delivers. Reading and computing go on while a checkpoint is written and delivered; the next checkpoint waits, so that only the newest one can
 * have undelivered rows. Everything that changes the job is synchronous: a checkpoint finds one instant.
 */
export class StreamRun {
  private readonly parts: StreamRunParts;
  private readonly job: StreamJob;
  private readonly checkpoints: RunCheckpoints;
  private readonly savepoints: RunSavepoints;
  private readonly lookups: LookupRounds;
  /** Sinks that send rows as they come, without waiting for a checkpoint. */
  private readonly direct: readonly Sink[];
  private readonly openSplits = new Map<number, Set<number>>();
  private readonly openSources = new Set<number>();
  private readonly lags = new Map<string, number>();
  private readonly failure = Promise.withResolvers<never>();
  private rowsRead = 0;
  private badRows = 0;
  private bad: BadLetter[] = [];
  /** Of the batch that is being computed. */
  private failed: BadRecord[] = [];
  private batch: SourceBatch | undefined;
  private receivedMs: number[] = [];
  private latenciesMs: number[] = [];
  private changed = false;
  private stopping = false;
  private trouble: string | null = null;
  private flushing: Promise<void> | undefined;
  private room = Promise.withResolvers<void>();
  private wake = Promise.withResolvers<void>();
  private readonly ended = Promise.withResolvers<void>();

  constructor(parts: StreamRunParts) {
    this.parts = parts;
    const { order, functions, sinks } = parts;
    this.direct = [...sinks.values()].filter(({ direct }) => direct !== undefined);
    this.job = new StreamJob(order.plan, {
      functions,
      random: Math.random,
      badRows: 'dead-letter',
      onBadRow: (row) => this.setAside(row),
      onBadLookup: (row) => this.setLookupAside(row),
      // Counted as late by the engine, so not as bad.
      onLateRow: (node, row) => void this.bad.push(letterOfRow(order, { node, row, ...LATE })),
      stateLimitBytes: order.stateLimitBytes,
      sink: (node) => {
        const sink = sinks.get(node);
        if (sink === undefined) throw new Error(`the run has no sink for node ${node}`);
        return { push: (kind, row) => sink.write(kind, row), check: (row) => sink.check?.(row) };
      },
    });
    this.checkpoints = new RunCheckpoints({
      ...order,
      opened: parts.opened,
      sinks,
      tables: new Map([...sinks.keys()].map((node) => [node, tableName(order.plan, node)])),
      onTrouble: (trouble) => (this.trouble = trouble),
      before: parts.begin,
    });
    this.savepoints = new RunSavepoints({
      plan: order.plan,
      store: parts.opened.store,
      changed: () => {
        this.wake.resolve();
        this.makeRoom();
        this.flushSoon();
      },
    });
    this.lookups = new LookupRounds(parts.lookups, {
      answers: (answers) => this.step(() => this.job.onLookedUp(answers, Date.now())),
      trouble: (trouble) => (this.trouble = trouble),
      failed: (error) => this.failure.reject(error),
    });
    this.failure.promise.catch(() => undefined);
  }

  /** Until `stop`, or until all sources are at their end; `onRunning` is called when reading begins. Rejects with what went wrong. */
  async live(onRunning: () => void): Promise<void> {
    await this.open();
    for (const [node, source] of this.parts.sources) {
      source.start({
        ready: () => this.ready(),
        onBatch: (batch) => this.onBatch(node, batch),
        onEnd: (split) => this.onEnd(node, split),
        onFailed: ({ code, message, final }) =>
          this.failure.reject(final ? new FinalFailure(code, message) : new Error(message)),
      });
    }
    onRunning();
    await Promise.race([this.goOn(), this.failure.promise]);
    this.savepoints.end('the run ended before');
    const closed = [...this.parts.sources.values()].map((source) => source.close());
    // Whoever waits for room looks up and finds itself closed.
    this.ended.resolve();
    await Promise.all(closed);
    await Promise.all([...this.parts.sinks.values()].map((sink) => sink.close()));
    await Promise.all([...this.parts.lookups.values()].map((table) => table.close()));
  }

  /** Asks for the end: reading stops, a last checkpoint is made and delivered. */
  stop(): void {
    this.stopping = true;
    this.room.resolve();
    this.wake.resolve();
  }

  /** Resolves with how it went. One with `thenStop` is the last that the run does, or nothing. */
  takeSavepoint(order: SavepointOrder): Promise<SavepointOutcome> {
    return this.savepoints.ask(order);
  }

  report(): { readonly figures: RunFigures; readonly latenciesMs: readonly number[]; readonly trouble: string | null } {
    const latenciesMs = this.latenciesMs;
    this.latenciesMs = [];
    const nodes = this.job.figures();
    let lag = 0;
    for (const each of this.lags.values()) lag += each;
    return {
      figures: {
        rowsRead: this.rowsRead,
        rowsWritten: this.checkpoints.rowsWritten,
        lateRows: nodes.reduce((sum, { lateRows }) => sum + lateRows, 0),
        badRows: this.badRows,
        lag,
        lastCheckpoint: this.checkpoints.newest?.number ?? null,
        lastCheckpointAt: this.checkpoints.newest?.at ?? null,
        stateBytes: nodes.reduce((sum, { stateBytes }) => sum + stateBytes, 0),
        rssBytes: process.memoryUsage.rss(),
      },
      latenciesMs,
      trouble: this.trouble,
    };
  }

  private async open(): Promise<void> {
    const { sources, opened, begin, functions } = this.parts;
    const { newest, chain } = opened;
    const counts = (newest ?? begin)?.counts;
    if (newest !== undefined) {
      try {
        this.job.restore(chain.map(({ state }) => state.bytes));
      } catch (error) {
        throw new FinalFailure(
          'state-unreadable',
          `the state of checkpoint ${newest.number} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    } else begin?.restore(this.job, functions);
    this.rowsRead = counts?.['rowsRead'] ?? 0;
    this.badRows = counts?.['badRows'] ?? 0;
    for (const [node, source] of sources) {
      const splits = [
        ...(await source.open(newest === undefined ? begin?.positions(node) : newest.positions.get(node))).keys(),
      ];
      this.openSources.add(node);
      this.openSplits.set(node, new Set(splits));
      this.step(() => this.job.assign(node, splits, Date.now()));
      if (splits.length === 0) this.endSource(node);
    }
    reachFault('restored');
    // The process before may have died on the way: its rows go again, under their places.
    await this.checkpoints.deliverNewest();
    reachFault('redelivered');
    // Where 'latest' was must survive a crash before the first row.
    if (newest === undefined) await this.makeCheckpoint();
  }

  private ready(): Promise<void> | undefined {
    if (this.stopping) return this.ended.promise;
    if (!this.isFull && !this.savepoints.holds) return undefined;
    if (this.isFull) this.wake.resolve();
    return this.room.promise.then(() => this.ready());
  }

  private get isFull(): boolean {
    if (this.job.lookupsFull) return true;
    const { rows, bytes } = this.waiting;
    return rows >= MAX_WAITING_ROWS || bytes >= MAX_WAITING_BYTES;
  }

  private get waiting(): { readonly rows: number; readonly bytes: number } {
    let rows = 0;
    let bytes = 0;
    for (const { waiting } of this.parts.sinks.values()) {
      rows += waiting.rows;
      bytes += waiting.bytes;
    }
    return { rows, bytes };
  }

  private onBatch(node: number, batch: SourceBatch): void {
    const now = Date.now();
    this.batch = batch;
    this.step(() => this.job.onBatch(node, batch.split, batch.rows, now));
    this.batch = undefined;
    this.rowsRead += batch.records;
    this.badRows += batch.bad.length;
    // In the order of the records, whoever found fault with them.
    const bad = [...this.failed, ...batch.bad].sort((a, b) => a.record.offset - b.record.offset);
    this.failed = [];
    this.bad.push(...bad.map(letterOf));
    if (batch.lag !== undefined) this.lags.set(`${node}/${batch.split}`, batch.lag);
    if (this.receivedMs.length < MAX_LATENCY_SAMPLES) this.receivedMs.push(...batch.receivedMs);
    reachFault('batch-processed');
  }

  private setAside({ row, code, reason }: BadRow): void {
    const { batch } = this;
    if (batch === undefined) throw new Error('a row failed outside of any batch');
    this.badRows++;
    this.failed.push({ record: batch.original(batch.rows.records[row]!), code, reason });
  }

  private setLookupAside(bad: BadLookup): void {
    this.badRows++;
    this.bad.push(letterOfRow(this.parts.order, bad));
  }

  private onEnd(node: number, split: number): void {
    const splits = this.openSplits.get(node);
    if (splits?.delete(split) !== true) return;
    // What is at its end holds no watermark back.
    this.step(() => this.job.onPartitionEnd(node, split, Date.now()));
    if (splits.size === 0) this.endSource(node);
  }

  private endSource(node: number): void {
    if (!this.openSources.delete(node)) return;
    this.step(() => this.job.onEnd(node, Date.now()));
    this.wake.resolve();
  }

  /** Everything that changes the job goes through here. What it throws ends the run: the job is of no use any more. */
  private step(change: () => void): void {
    try {
      change();
      this.changed = true;
    } catch (error) {
      this.stopping = true;
      this.failure.reject(error instanceof JobFailure ? new FinalFailure('job-failed', error.message) : error);
      throw error;
    }
    const requests = this.job.pendingLookups();
    if (requests.length > 0) this.lookups.ask(requests);
    if (!this.isFull) this.makeRoom();
    this.flushSoon();
  }

  private makeRoom(): void {
    this.room.resolve();
    this.room = Promise.withResolvers();
  }

  /** Sends at once, and waits for the answers on the side. */
  private flushSoon(): void {
    if (this.savepoints.holds) return;
    for (const { direct } of this.direct) direct?.send();
    if (this.flushing !== undefined || !this.direct.some(({ waiting }) => waiting.rows > 0)) return;
    this.flushing = this.flush()
      .catch((error: unknown) => this.failure.reject(error))
      .finally(() => {
        this.flushing = undefined;
        if (!this.stopping) this.flushSoon();
      });
  }

  private async flush(): Promise<void> {
    const received = this.receivedMs;
    this.receivedMs = [];
    await this.checkpoints.flushDirect();
    this.sampleLatencies(received);
  }

  private sampleLatencies(received: readonly number[]): void {
    const now = Date.now();
    if (this.latenciesMs.length < MAX_LATENCY_SAMPLES)
      this.latenciesMs.push(...received.map((receivedMs) => now - receivedMs));
  }

  private get finished(): boolean {
    return this.parts.sources.size > 0 && this.openSources.size === 0 && this.lookups.idle;
  }

  private async goOn(): Promise<void> {
    while (!this.stopping && !this.finished) {
      const { rows, bytes } = this.waiting;
      const full = rows >= MAX_WAITING_ROWS / 2 || bytes >= MAX_WAITING_BYTES / 2;
      const dueMs = this.checkpoints.dueInMs(rows > 0 || this.bad.length > 0);
      if (this.savepoints.wanted || (this.changed && (dueMs <= 0 || full))) {
        await this.makeCheckpoint();
        continue;
      }
      await Promise.race([sleep(Math.min(Math.max(1, dueMs), TICK_MS)), this.wake.promise]);
      this.wake = Promise.withResolvers();
      if (!this.stopping) this.letTimePass();
    }
    await this.lookups.close();
    await this.flushing;
    if (this.changed && !this.savepoints.endsRun) await this.makeCheckpoint();
  }

  private letTimePass(): void {
    const now = Date.now();
    if (this.job.nextTimeMs > now && this.parts.order.plan.settings.idleTimeoutMs === 0) return;
    const before = this.changed;
    this.step(() => this.job.advance(now));
    this.changed = before || this.waiting.rows > 0 || this.job.nextTimeMs <= now;
  }

  private async makeCheckpoint(): Promise<void> {
    // Taken in one piece, without a pause: state, positions and rows of the same instant.
    const bad = this.bad;
    const received = this.receivedMs;
    const taken = this.checkpoints.take(
      {
        snapshot: (kind) => this.job.snapshot(kind),
        positions: () => new Map([...this.parts.sources].map(([node, source]) => [node, source.positions()])),
        counts: { rowsRead: this.rowsRead, badRows: this.badRows },
      },
      this.savepoints.wanted,
    );
    this.savepoints.begin(() => this.job.nodesWithState());
    this.bad = [];
    this.receivedMs = [];
    this.changed = false;
    this.makeRoom();
    // Before the checkpoint that passes them: a dead letter may come twice after a crash, never be missing.
    if (bad.length > 0) await this.parts.deadLetters(bad);
    // Rows that leave without a checkpoint are older than this one: it must not pass them.
    if (this.direct.length > 0) await this.checkpoints.flushDirect();
    await this.checkpoints.keepAndDeliver(taken);
    await this.savepoints.keep(taken);
    if (this.savepoints.endsRun) this.stop();
    this.sampleLatencies(received);
  }
}

function tableName({ nodes }: StreamPlan, index: number): string {
  const node = nodes[index];
  const table = node?.kind === 'sink' ? node.table : null;
  return table === null ? 'a table' : `the ${table.connector} table ${table.name}`;
}
