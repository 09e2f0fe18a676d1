import { EvaluationError } from '../builtin/signature.ts';
import type { StreamPlan } from '../planner/plan.ts';
import type { Row } from '../values/data-type.ts';
import type { ColumnBatch } from './column-batch.ts';
import { jobGraph, type JobGraph } from './job-graph.ts';
import { JobFailure, type StreamJobOptions } from './job-options.ts';
import { JobSource } from './job-source.ts';
import { NodeWatermarks } from './node-watermarks.ts';
import { LookupJoin, type LookupAnswer, type LookupRequest } from './operators/lookup-join.ts';
import { Sink } from './operators/sink.ts';
import { Values } from './operators/values.ts';
import { applyState, type JobState, writeState } from './state/job-state.ts';
import { moveState } from './state/move-state.ts';
import type { Clock } from './state/state-table.ts';

/** What a node has done since the job began. */
export interface NodeFigures {
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly lateRows: number;
  /** Rows that the not-null enforcer left out. */
  readonly droppedRows: number;
  /** Estimated. */
  readonly stateBytes: number;
}

/**
 * A running plan without its surroundings: batches in, rows of the sinks out, state to bytes and back. No clock and no I/O: each call says what
 * time it is. Every call may throw JobFailure; the job is of no use then.
 */
export class StreamJob {
  private readonly plan: StreamPlan;
  private readonly options: StreamJobOptions;
  private readonly clock: Clock = { nowMs: 0 };
  private readonly graph: JobGraph;
  private readonly watermarks: NodeWatermarks;
  private readonly sources = new Map<number, JobSource>();
  private readonly lookups = new Map<number, LookupJoin>();
  private flushedMs = 0;
  private started = false;

  constructor(plan: StreamPlan, options: StreamJobOptions) {
    this.plan = plan;
    this.options = options;
    this.graph = jobGraph(plan, options, this.clock);
    plan.nodes.forEach((node, index) => {
      const operator = this.graph.operators[index];
      if (operator instanceof LookupJoin) this.lookups.set(index, operator);
      if (node.kind === 'source')
        this.sources.set(
          index,
          new JobSource({
            graph: this.graph,
            index,
            node,
            options,
            idleTimeoutMs: plan.settings.idleTimeoutMs,
            clock: this.clock,
            moved: () => this.watermarks.move(),
          }),
        );
    });
    this.watermarks = new NodeWatermarks(this.graph, this.sources);
  }

  /** Says which partitions a source has: before its first batch, after a restore, and when they change. */
  assign(source: number, partitions: readonly number[], nowMs: number): void {
    this.clock.nowMs = nowMs;
    this.sourceAt(source).watermarks.assign(partitions, nowMs);
    this.run(() => this.start());
  }

  /** Records of one partition in their order, as columns. */
  onBatch(source: number, partition: number, batch: ColumnBatch, nowMs: number): void {
    const from = this.sourceAt(source);
    this.run(() => {
      this.passTime(nowMs);
      from.onBatch(partition, batch);
      this.watermarks.move();
      this.checkSize();
    });
  }

  /** The same as rows: a value for each column of the table (those of computed columns are not looked at). `kinds`: as in ColumnBatch. */
  onRows(
    source: number,
    partition: number,
    rows: readonly Row[],
    nowMs: number,
    kinds: Uint8Array | null = null,
  ): void {
    const from = this.sourceAt(source);
    this.run(() => {
      this.passTime(nowMs);
      from.onRows(partition, rows, kinds);
      this.watermarks.move();
      this.checkSize();
    });
  }

  /** Lets time pass without records: timers, idle partitions, mini-batches. */
  advance(nowMs: number): void {
    this.run(() => {
      this.passTime(nowMs);
      const { miniBatch } = this.plan.settings;
      if (miniBatch !== null && nowMs - this.flushedMs >= miniBatch.latencyMs) this.flush();
      this.watermarks.move();
      this.checkSize();
    });
  }

  /** When `advance` has something to do at the latest; Infinity: when records come. */
  get nextTimeMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const operator of this.graph.operators) next = Math.min(next, operator?.nextTimeMs ?? next);
    const { miniBatch } = this.plan.settings;
    return miniBatch === null ? next : Math.min(next, this.flushedMs + miniBatch.latencyMs);
  }

  /** A partition of a bounded source has given all: from now on the source's watermark does not wait for it. */
  onPartitionEnd(source: number, partition: number, nowMs: number): void {
    this.run(() => {
      this.passTime(nowMs);
      const { watermarks } = this.sourceAt(source);
      watermarks.endPartition(partition);
      watermarks.advance(nowMs);
      this.watermarks.move();
    });
  }

  /**
   * A bounded source has given all. When all have, windows in event time close; windows in processing time that are not due stay unsaid, as
   * in Flink.
   */
  onEnd(source: number, nowMs: number): void {
    this.run(() => {
      this.passTime(nowMs);
      this.sourceAt(source).watermarks.end();
      this.flush();
      this.watermarks.move();
      this.flush();
    });
  }

  /** The keys that lookup joins wait for and that were not handed out yet. */
  pendingLookups(): readonly LookupRequest[] {
    return [...this.lookups].flatMap(([node, lookup]) => lookup.takeRequests(node));
  }

  /** Whether more rows may be given: no lookup join is at its capacity. */
  get lookupsFull(): boolean {
    for (const lookup of this.lookups.values()) if (lookup.full) return true;
    return false;
  }

  /** Answers of outside tables: rows go on as their order allows. */
  onLookedUp(answers: readonly LookupAnswer[], nowMs: number): void {
    this.run(() => {
      this.passTime(nowMs);
      for (const answer of answers) this.lookups.get(answer.node)?.onAnswer(answer);
      for (const lookup of this.lookups.values()) lookup.drain();
      this.watermarks.move();
      this.checkSize();
    });
  }

  /**
   * The state as bytes: whole, or what changed since the snapshot before (which must have been kept). Hands out what mini-batches hold first, so
   * take it where rows that come out of it belong to the checkpoint.
   */
  snapshot(kind: 'full' | 'changes'): Uint8Array {
    return this.run(() => {
      this.flush();
      return writeState(this.state(), kind === 'full');
    });
  }

  /** A new job goes on from here: a full snapshot and the changes that followed it, in order. Throws RangeError for others' bytes. */
  restore(snapshots: readonly Uint8Array[]): void {
    for (const bytes of snapshots) applyState(this.state(), bytes);
    for (const operator of this.graph.operators) operator?.restored?.();
    this.started = true;
  }

  /**
   * A new job goes on with state of another job, restored and of no use then: `nodes` has the nodes that do, each with the node of the other whose
   * state fits (`planner/state-match`). The others begin empty. The first snapshot afterwards has to be a full one.
   */
  takeOver(from: StreamJob, nodes: ReadonlyMap<number, number>): void {
    moveState(from.state(), this.state(), nodes);
    for (const operator of this.graph.operators) operator?.restored?.();
  }

  /** The nodes that have state now; positions and watermarks are none. */
  nodesWithState(): readonly number[] {
    return this.graph.nodes.flatMap((_, index) =>
      this.bytesOf(index) > 0 || this.lookups.get(index)?.holdsRows === true ? [index] : [],
    );
  }

  /** The watermark at a node's output. */
  watermarkMs(node: number): number {
    return this.watermarks.at(node);
  }

  figures(): readonly NodeFigures[] {
    const { nodes, operators, rowsOut } = this.graph;
    return nodes.map((node, index) => ({
      rowsIn:
        node.kind === 'source'
          ? this.sources.get(index)!.rowsIn
          : node.inputs.reduce((sum, from) => sum + rowsOut[from]!, 0),
      rowsOut: rowsOut[index]!,
      lateRows: operators[index]?.lateRows ?? 0,
      droppedRows: operators[index] instanceof Sink ? operators[index].dropped : 0,
      stateBytes: this.bytesOf(index),
    }));
  }

  private state(): JobState {
    return { graph: this.graph, sources: this.sources, watermarks: this.watermarks };
  }

  private sourceAt(index: number): JobSource {
    const source = this.sources.get(index);
    if (source === undefined) throw new Error(`node ${index} of the plan is no source`);
    return source;
  }

  private start(): void {
    if (this.started) return;
    this.started = true;
    for (const operator of this.graph.operators) if (operator instanceof Values) operator.start();
    this.watermarks.move();
  }

  private passTime(nowMs: number): void {
    this.clock.nowMs = nowMs;
    this.start();
    for (const operator of this.graph.operators)
      if (operator?.nextTimeMs !== undefined && operator.nextTimeMs <= nowMs) operator.onTime!(nowMs);
    for (const source of this.sources.values()) source.watermarks.advance(nowMs);
  }

  private flush(): void {
    this.flushedMs = this.clock.nowMs;
    for (const operator of this.graph.operators) operator?.flush?.();
  }

  private bytesOf(index: number): number {
    let bytes = 0;
    for (const table of this.graph.operators[index]?.tables ?? []) bytes += table.bytes;
    return bytes;
  }

  private checkSize(): void {
    const { stateLimitBytes } = this.options;
    if (stateLimitBytes === undefined) return;
    let sum = 0;
    let largest = 0;
    this.graph.nodes.forEach((_, index) => {
      sum += this.bytesOf(index);
      if (this.bytesOf(index) > this.bytesOf(largest)) largest = index;
    });
    if (sum <= stateLimitBytes) return;
    const of = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
    throw new JobFailure(
      `the state of this run takes about ${of(sum)}, more than the limit of ${of(stateLimitBytes)}; most of it (${of(this.bytesOf(largest))}) is the ${this.graph.nodes[largest]!.kind}'s (node ${largest}): use windows, filter earlier, or SET 'table.exec.state.ttl'`,
    );
  }

  /** An expression that fails where state may have changed already cannot be set aside. */
  private run<T>(step: () => T): T {
    try {
      return step();
    } catch (error) {
      if (error instanceof EvaluationError) throw new JobFailure(`${error.message} (${error.code})`, { cause: error });
      throw error;
    }
  }
}
