import { setTimeout as sleep } from 'node:timers/promises';
import type { PreviewEnd, PreviewProgress } from '@hermes/contracts/sql-preview';
import type { FunctionLibrary } from '@hermes/stream-sql/engine/function-library';
import { type BadLookup, type BadRow, JobFailure } from '@hermes/stream-sql/engine/job-options';
import { StreamJob } from '@hermes/stream-sql/engine/stream-job';
import type { PlanNode, TablePlan } from '@hermes/stream-sql/planner/plan';
import type { BadRecord, LookupTable, Source, SourceBatch } from '../connectors/connector.ts';
import { letterOf, letterOfRow } from '../worker/dead-letters.ts';
import { FinalFailure } from '../worker/final-failure.ts';
import { LookupRounds } from '../worker/lookup-rounds.ts';
import { ChangeLog } from './change-log.ts';
import type { BadInput, FromPreview, PreviewOrder } from './preview-messages.ts';

/** Idle partitions, timers and windows in processing time are looked at as often; rows are told as often, too. */
const TICK_MS = 50;
const REPORT_MS = 1_000;
/** Bad inputs that are told; more are counted. */
const MOST_BAD = 100;
const BAD_CHARACTERS = 1_000;

export interface PreviewRunParts {
  readonly order: Pick<PreviewOrder, 'plan' | 'limits' | 'at' | 'stateLimitBytes'>;
  readonly functions: FunctionLibrary;
  /** By the node of the plan. */
  readonly sources: ReadonlyMap<number, Source>;
  readonly lookups: ReadonlyMap<number, LookupTable>;
  readonly tell: (message: FromPreview) => void;
}

interface ReadTable {
  readonly name: string;
  rowsRead: number;
  readonly lags: Map<number, number>;
  readonly openSplits: Set<number>;
}

/** Runs a query for somebody to look at: reads as a run does, and tells changes instead of writing. It keeps nothing on disk and commits nothing. */
export class PreviewRun {
  private readonly parts: PreviewRunParts;
  private readonly job: StreamJob;
  private readonly log: ChangeLog;
  private readonly lookups: LookupRounds;
  private readonly tables = new Map<number, ReadTable>();
  private readonly openSources = new Set<number>();
  private readonly over = Promise.withResolvers<PreviewEnd>();
  /** Whoever waits for room looks up when it is over, and finds itself closed. */
  private readonly closed = Promise.withResolvers<void>();
  private room = Promise.withResolvers<void>();
  private isOver = false;
  private startedMs = performance.now();
  private reportedMs = 0;
  private batch: SourceBatch | undefined;
  private failedRows: BadRecord[] = [];
  private bad: BadInput[] = [];
  private badRows = 0;
  private badTold = 0;
  private trouble: string | null = null;

  constructor(parts: PreviewRunParts) {
    this.parts = parts;
    const { order, functions, lookups } = parts;
    const sink = order.plan.nodes.find(({ kind }) => kind === 'sink')!;
    this.log = new ChangeLog(sink.columns, order.limits);
    this.job = new StreamJob(order.plan, {
      functions,
      random: Math.random,
      badRows: 'dead-letter',
      onBadRow: (row) => this.setAside(row),
      onBadLookup: (row) => this.setLookupAside(row),
      stateLimitBytes: order.stateLimitBytes,
      sink: () => ({ push: (kind, row) => this.log.push(kind, row) }),
    });
    this.lookups = new LookupRounds(lookups, {
      answers: (answers) => this.step(() => this.job.onLookedUp(answers, Date.now())),
      trouble: (trouble) => (this.trouble = trouble),
      failed: (error) => this.end(this.failure(error, this.onlyLookup)),
    });
  }

  /** Until a limit, the end of the input, a failure or `stop`. */
  async live(): Promise<PreviewEnd> {
    const { sources, lookups, order, tell } = this.parts;
    if (await this.open()) {
      tell({ kind: 'running' });
      this.startedMs = performance.now();
      for (const [node, source] of sources) this.start(node, source);
      // What has no source gives its rows now.
      this.quietly(() => this.job.advance(Date.now()));
      void this.goOn(order.limits.timeMs);
    }
    const end = await this.over.promise;
    this.closed.resolve();
    await Promise.allSettled([...sources.values()].map((source) => source.close()));
    await this.lookups.close();
    await Promise.allSettled([...lookups.values()].map((table) => table.close()));
    this.say(true);
    return end;
  }

  stop(): void {
    this.end({ reason: 'stopped' });
  }

  /** False: a table cannot be read, which has been said. */
  private async open(): Promise<boolean> {
    for (const [node, source] of this.parts.sources) {
      const table = this.tableOf(node)!;
      try {
        const splits = [...(await source.open(undefined)).keys()];
        this.tables.set(node, { name: table.name, rowsRead: 0, lags: new Map(), openSplits: new Set(splits) });
        this.openSources.add(node);
        this.step(() => this.job.assign(node, splits, Date.now()));
        if (splits.length === 0) this.endSource(node);
      } catch (error) {
        this.end(this.failure(error, table));
        return false;
      }
    }
    return true;
  }

  private start(node: number, source: Source): void {
    source.start({
      ready: () => this.ready(),
      onBatch: (batch) => this.onBatch(node, batch),
      onEnd: (split) => this.onEnd(node, split),
      onFailed: ({ code, message }) => this.end(this.failure(new FinalFailure(code, message), this.tableOf(node))),
    });
  }

  private async goOn(timeMs: number): Promise<void> {
    while (!this.isOver) {
      if (this.openSources.size === 0 && this.lookups.idle) this.atEndOfInput();
      else if (performance.now() - this.startedMs >= timeMs) this.end({ reason: 'limit', limit: 'time' });
      if (this.isOver) return;
      await sleep(Math.max(0, Math.min(TICK_MS, timeMs - (performance.now() - this.startedMs))));
      if (!this.isOver) this.quietly(() => this.job.advance(Date.now()));
      this.say(false);
    }
  }

  private atEndOfInput(): void {
    // A source lets out what mini-batches hold; where there is none, time does.
    const { miniBatch } = this.parts.order.plan.settings;
    if (this.parts.sources.size === 0 && miniBatch !== null)
      this.quietly(() => this.job.advance(Date.now() + miniBatch.latencyMs));
    if (this.log.reached === undefined) this.end({ reason: 'end-of-input' });
  }

  private ready(): Promise<void> | undefined {
    if (this.isOver) return this.closed.promise;
    if (!this.job.lookupsFull) return undefined;
    return this.room.promise.then(() => this.ready());
  }

  private onBatch(node: number, batch: SourceBatch): void {
    if (this.isOver) return;
    this.batch = batch;
    this.step(() => this.job.onBatch(node, batch.split, batch.rows, Date.now()));
    this.batch = undefined;
    const table = this.tables.get(node)!;
    table.rowsRead += batch.records;
    if (batch.lag !== undefined) table.lags.set(batch.split, batch.lag);
    const bad = [...this.failedRows, ...batch.bad].sort((a, b) => a.record.offset - b.record.offset);
    this.failedRows = [];
    this.badRows += bad.length;
    for (const each of bad) this.tellBad(letterOf(each));
  }

  private setAside({ row, code, reason }: BadRow): void {
    const { batch } = this;
    if (batch === undefined) throw new Error('a row failed outside of any batch');
    this.failedRows.push({ record: batch.original(batch.rows.records[row]!), code, reason });
  }

  private setLookupAside(bad: BadLookup): void {
    this.badRows++;
    this.tellBad({
      ...letterOfRow({ run: '', plan: this.parts.order.plan }, bad),
      from: this.tableOf(bad.node)?.name ?? '',
    });
  }

  private tellBad({
    code,
    reason,
    from,
    value,
  }: Pick<ReturnType<typeof letterOf>, 'code' | 'reason' | 'from' | 'value'>): void {
    if (this.badTold++ >= MOST_BAD) return;
    this.bad.push({ code, reason, from, value: value === null ? null : value.toString().slice(0, BAD_CHARACTERS) });
  }

  private onEnd(node: number, split: number): void {
    if (this.isOver || this.tables.get(node)?.openSplits.delete(split) !== true) return;
    // What is at its end holds no watermark back.
    this.step(() => this.job.onPartitionEnd(node, split, Date.now()));
    if (this.tables.get(node)!.openSplits.size === 0) this.endSource(node);
  }

  private endSource(node: number): void {
    if (this.openSources.delete(node)) this.step(() => this.job.onEnd(node, Date.now()));
  }

  /** Everything that changes the job goes through here. After what it throws the job is of no use any more. */
  private step(change: () => void): void {
    if (this.isOver) return;
    try {
      change();
    } catch (error) {
      this.end(this.failure(error, undefined));
      throw error;
    }
    const { reached } = this.log;
    if (reached !== undefined) {
      this.end({ reason: 'limit', limit: reached });
      return;
    }
    const requests = this.job.pendingLookups();
    if (requests.length > 0) this.lookups.ask(requests);
    if (!this.job.lookupsFull) {
      this.room.resolve();
      this.room = Promise.withResolvers();
    }
  }

  /** A step that nobody waits for: what it throws has been told. */
  private quietly(change: () => void): void {
    try {
      this.step(change);
    } catch {
      return;
    }
  }

  private end(end: PreviewEnd): void {
    if (this.isOver) return;
    this.isOver = true;
    this.room.resolve();
    this.over.resolve(end);
  }

  private failure(error: unknown, table: TablePlan | undefined): PreviewEnd {
    const { line, column } = table?.at ?? this.parts.order.at;
    const code = error instanceof FinalFailure ? error.code : error instanceof JobFailure ? 'job-failed' : 'run-failed';
    return { reason: 'failed', code, message: error instanceof Error ? error.message : String(error), line, column };
  }

  /** Rows as they come, figures each second. */
  private say(last: boolean): void {
    const { tell } = this.parts;
    const rows = this.log.take();
    if (rows.length > 0) tell({ kind: 'rows', rows });
    if (this.bad.length > 0) tell({ kind: 'bad', bad: this.bad });
    this.bad = [];
    const now = performance.now();
    if (!last && now - this.reportedMs < REPORT_MS) return;
    this.reportedMs = now;
    tell({ kind: 'report', figures: { rssBytes: process.memoryUsage.rss() }, progress: this.progress(now) });
  }

  private progress(nowMs: number): PreviewProgress {
    const figures = this.job.figures();
    const sources = [...this.tables].map(([node, { name, rowsRead, lags }]) => ({
      table: name,
      rowsRead,
      lag: lags.size === 0 ? null : [...lags.values()].reduce((sum, lag) => sum + lag, 0),
      watermark: instantOf(this.job.watermarkMs(node)),
    }));
    return {
      elapsedMs: Math.round(nowMs - this.startedMs),
      rowsRead: sources.reduce((sum, { rowsRead }) => sum + rowsRead, 0),
      rows: this.log.count,
      badRows: this.badRows,
      lateRows: figures.reduce((sum, { lateRows }) => sum + lateRows, 0),
      stateBytes: Math.round(figures.reduce((sum, { stateBytes }) => sum + stateBytes, 0)),
      sources,
      trouble: this.trouble,
    };
  }

  private tableOf(node: number): TablePlan | undefined {
    const found: PlanNode | undefined = this.parts.order.plan.nodes[node];
    return found?.kind === 'source' || found?.kind === 'lookup-join' ? found.table : undefined;
  }

  /** The looked up table, where there is one alone. */
  private get onlyLookup(): TablePlan | undefined {
    const [first, second] = this.parts.lookups.keys();
    return first === undefined || second !== undefined ? undefined : this.tableOf(first);
  }
}

const MOST_MS = 8_640_000_000_000_000;

/** Neither before the first watermark nor after the last. */
const instantOf = (ms: number): string | null => (Math.abs(ms) > MOST_MS ? null : new Date(ms).toISOString());
