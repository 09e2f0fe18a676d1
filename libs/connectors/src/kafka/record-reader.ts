import { KafkaError, type TopicPartition } from './driver.ts';
import type { Decode, Piece } from './fetched-piece.ts';
import type { FetchedPartition, FetchLimits, Wire, WireFetcher } from './wire.ts';
import { WireError } from './wire.ts';
import { backOffMs, pause } from './wire-retry.ts';

export type StopCode = 'offset-out-of-range' | 'handler';

/** `records` in the form that the reader's `decode` gives. `highWatermark`: the log's end as of the fetch. */
export interface Delivered<P> extends TopicPartition {
  readonly records: P;
  readonly highWatermark: number;
}

export interface ReaderEvents<P> {
  /** One call at a time per partition; the next batch comes after it has resolved. */
  deliver(batch: Delivered<P>): Promise<void>;
  /** Everything before `position` has been delivered or was not for readers. */
  progressed?(partition: TopicPartition, position: number): void;
  stopped(partition: TopicPartition, why: { readonly code: StopCode; readonly cause: unknown }): void;
}

/** One partition that is being read. A fetched piece waits in `next` while the one before is handled. */
interface Lane<P> extends TopicPartition {
  topicId: string | undefined;
  leader: number;
  fetchOffset: number;
  position: number;
  next: (Piece<P> & { readonly highWatermark: number }) | undefined;
  /** The last answer went up to the log's end. */
  atEnd: boolean;
  running: Promise<void> | undefined;
  stopped: boolean;
}

const laneKey = (topic: string, partition: number): string => `${topic}/${partition}`;

/** While a partition cannot be asked for because its handler is two pieces behind, others are asked in short polls. */
const BUSY_WAIT_MS = 20;
/** A broker that has not answered for this long after the poll's own wait is taken for gone. */
const ANSWER_WITHIN_MS = 10_000;
/** So too right after a partition began: those assigned with it follow one by one, and none is to wait for a long poll of the first. */
const SETTLING_MS = 300;
/** Of an answer; a reader that asks for more of one partition gets that much. */
const MAX_BYTES = 8_000_000;
const MAX_PARTITION_BYTES = 1_000_000;

/** How long a fetch may wait, and for how much; of a partition 1 MB where nothing else is said. */
export type FetchPatience = Pick<FetchLimits, 'maxWaitMs' | 'minBytes'> & {
  readonly maxPartitionBytes?: number | undefined;
  /** Pause after an answer that went up to the log's end, so that what comes meanwhile is read together; default 0. */
  readonly gatherMs?: number | undefined;
};

/**
 * Reads partitions side by side, each in order, one request under way per broker. Where a partition's reading stands is known
 * here alone, so a broker that goes away and comes back neither loses nor skips a record. It never moves a position by itself:
 * an offset that the log no longer has stops the partition.
 */
export class RecordReader<P> {
  readonly #wire: Wire;
  readonly #fetcher: WireFetcher;
  readonly #events: ReaderEvents<P>;
  readonly #decode: Decode<P>;
  readonly #patience: FetchPatience;
  readonly #lanes = new Map<string, Lane<P>>();
  readonly #loops = new Map<number, Promise<void>>();
  readonly #failures = new Map<number, number>();
  readonly #closing = new AbortController();
  #quiet = false;
  #startedMs = 0;
  #refreshing: Promise<void> | undefined;
  #wake = Promise.withResolvers<void>();

  constructor(wire: Wire, patience: FetchPatience, decode: Decode<P>, events: ReaderEvents<P>) {
    this.#wire = wire;
    this.#fetcher = decode.fetcher(wire, patience.maxWaitMs + ANSWER_WITHIN_MS);
    this.#decode = decode;
    this.#patience = patience;
    this.#events = events;
  }

  /** Begins to read at `offset`; a partition that is already read goes on from there instead. */
  start({ topic, partition }: TopicPartition, offset: number): void {
    const key = laneKey(topic, partition);
    const before = this.#lanes.get(key);
    this.#startedMs = performance.now();
    if (before !== undefined) before.stopped = true;
    this.#lanes.set(key, {
      topic,
      partition,
      topicId: undefined,
      leader: -1,
      fetchOffset: offset,
      position: offset,
      next: undefined,
      atEnd: false,
      running: before?.running,
      stopped: false,
    });
    void this.#refresh();
  }

  /** Ends reading; resolves when a running handler has settled. */
  async remove({ topic, partition }: TopicPartition): Promise<void> {
    const lane = this.#lanes.get(laneKey(topic, partition));
    if (lane === undefined) return;
    this.#lanes.delete(laneKey(topic, partition));
    lane.stopped = true;
    this.#signal();
    await lane.running;
  }

  /** Delivers nothing more, and resolves when all running handlers have settled. */
  async quiesce(): Promise<void> {
    this.#quiet = true;
    await Promise.all([...this.#lanes.values()].map((lane) => lane.running));
  }

  unquiesce(): void {
    this.#quiet = false;
    for (const lane of this.#lanes.values()) this.#pump(lane);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const lane of this.#lanes.values()) lane.stopped = true;
    this.#signal();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.running));
    this.#lanes.clear();
    await this.#fetcher.close();
    await Promise.all(this.#loops.values());
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  #signal(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }

  /** Asks which broker leads which partition, until each has one, and sees to it that each such broker is asked. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#findLeaders().finally(() => {
      this.#refreshing = undefined;
      // A partition that was added while the question was under way.
      if (!this.#closed && this.#leaderless()) void this.#refresh();
    });
    return this.#refreshing;
  }

  #leaderless(): boolean {
    return [...this.#lanes.values()].some((lane) => lane.leader < 0 && !lane.stopped);
  }

  async #findLeaders(): Promise<void> {
    // One turn of the event loop: partitions that are added together are asked for together.
    await Promise.resolve();
    for (let failures = 1; !this.#closed; failures++) {
      const lanes = [...this.#lanes.values()].filter((lane) => !lane.stopped);
      if (lanes.length === 0) return;
      try {
        const layouts = await this.#wire.layout([...new Set(lanes.map((lane) => lane.topic))]);
        for (const lane of lanes) {
          const layout = layouts.get(lane.topic);
          lane.leader = layout?.leaders.get(lane.partition) ?? -1;
          if (layout !== undefined && lane.topicId !== undefined && layout.topicId !== lane.topicId) this.#remade(lane);
          lane.topicId ??= layout?.topicId;
        }
        this.#runLoops();
        if (lanes.every((lane) => lane.leader >= 0 || lane.stopped)) return;
      } catch (error) {
        // Whatever it is, reading must not end for good: a defect is told, and asked again.
        if (!(error instanceof WireError))
          process.emitWarning(`Kafka's metadata: ${String(error)}`, 'KafkaReaderWarning');
      }
      await pause(backOffMs(failures), this.#closing.signal);
    }
  }

  #remade(lane: Lane<P>): void {
    this.#stop(lane, 'offset-out-of-range', new Error(`Topic ${lane.topic} was deleted and made anew`));
  }

  #runLoops(): void {
    for (const lane of this.#lanes.values()) {
      if (lane.leader < 0 || lane.stopped || this.#loops.has(lane.leader)) continue;
      const nodeId = lane.leader;
      const loop = this.#readFrom(nodeId).finally(() => {
        this.#loops.delete(nodeId);
        if (!this.#closed) this.#runLoops();
      });
      this.#loops.set(nodeId, loop);
    }
    this.#signal();
  }

  async #readFrom(nodeId: number): Promise<void> {
    let turn = 0;
    while (!this.#closed) {
      const here = [...this.#lanes.values()].filter((lane) => lane.leader === nodeId && !lane.stopped);
      if (here.length === 0) return;
      const free = here.filter((lane) => lane.next === undefined);
      if (free.length === 0) {
        await this.#wake.promise;
        continue;
      }
      // The answer is cut at maxBytes: each partition gets its turn to stand first.
      const at = turn++ % free.length;
      const asked = [...free.slice(at), ...free.slice(0, at)].map((lane) => ({ lane, offset: lane.fetchOffset }));
      const moreToCome = free.length < here.length || performance.now() - this.#startedMs < SETTLING_MS;
      const { maxWaitMs, minBytes, maxPartitionBytes = MAX_PARTITION_BYTES } = this.#patience;
      const limits = {
        maxBytes: Math.max(MAX_BYTES, maxPartitionBytes),
        maxPartitionBytes,
        minBytes,
        maxWaitMs: moreToCome ? Math.min(BUSY_WAIT_MS, maxWaitMs) : maxWaitMs,
      };
      try {
        if (!(await this.#fetch(nodeId, asked, limits))) await this.#settle(nodeId);
        else {
          this.#failures.delete(nodeId);
          await this.#gather(asked);
        }
      } catch (error) {
        if (error instanceof WireError) await this.#settle(nodeId);
        else await this.#findUnreadable(nodeId, asked, limits);
      }
    }
  }

  /** Lets records come together while nobody is behind. What comes after a quiet time is still read at once. */
  async #gather(asked: readonly Asked<P>[]): Promise<void> {
    const { gatherMs = 0 } = this.#patience;
    const isQuiet = asked.every(({ lane, offset }) => lane.fetchOffset === offset);
    if (gatherMs > 0 && !isQuiet && asked.every(({ lane }) => lane.atEnd)) await pause(gatherMs, this.#closing.signal);
  }

  /** The cluster changes: wait a little and ask again who leads. Without a leader here the loop of this broker ends. */
  async #settle(nodeId: number): Promise<void> {
    const failures = (this.#failures.get(nodeId) ?? 0) + 1;
    this.#failures.set(nodeId, failures);
    await pause(backOffMs(failures), this.#closing.signal);
    if (this.#closed) return;
    for (const lane of this.#lanes.values()) if (lane.leader === nodeId && !lane.stopped) lane.leader = -1;
    void this.#refresh();
  }

  /** @returns false when the layout of the cluster has changed */
  async #fetch(nodeId: number, asked: readonly Asked<P>[], limits: FetchLimits): Promise<boolean> {
    const targets = asked.map(({ lane, offset }) => ({
      topic: lane.topic,
      topicId: lane.topicId ?? '',
      partition: lane.partition,
      offset,
    }));
    let settled = true;
    for (const fetched of await this.#fetcher.fetch(nodeId, targets, limits)) {
      const found = asked.find(({ lane }) => lane.topic === fetched.topic && lane.partition === fetched.partition);
      if (found === undefined || found.lane.stopped) continue;
      if (!this.#accept(found.lane, found.offset, fetched)) settled = false;
    }
    return settled;
  }

  #accept(lane: Lane<P>, offset: number, fetched: FetchedPartition): boolean {
    if (fetched.error === 'OFFSET_OUT_OF_RANGE') {
      const cause = new Error(
        `Offset ${offset} of ${lane.topic}/${lane.partition} is no longer (or not yet) in the log`,
      );
      this.#stop(lane, 'offset-out-of-range', cause);
      return true;
    }
    if (fetched.error !== undefined) return false;
    const piece = this.#decode.piece(fetched, offset);
    if (piece === undefined) {
      lane.atEnd = true;
      return true;
    }
    lane.fetchOffset = piece.nextOffset;
    lane.atEnd = piece.nextOffset >= fetched.lastStableOffset;
    // What follows the last record up to the stable end is not for readers: the log's end is then right after that record.
    const isLast = piece.lastOffset !== undefined && lane.atEnd;
    lane.next = { ...piece, highWatermark: isLast ? piece.lastOffset + 1 : fetched.lastStableOffset };
    this.#pump(lane);
    return true;
  }

  #pump(lane: Lane<P>): void {
    const piece = lane.next;
    if (piece === undefined || lane.running !== undefined || lane.stopped || this.#quiet) return;
    lane.next = undefined;
    this.#signal();
    lane.running = this.#handle(lane, piece).finally(() => {
      lane.running = undefined;
      const successor = this.#lanes.get(laneKey(lane.topic, lane.partition));
      if (successor !== undefined) {
        if (successor !== lane) successor.running = undefined;
        this.#pump(successor);
      }
    });
  }

  async #handle(lane: Lane<P>, piece: NonNullable<Lane<P>['next']>): Promise<void> {
    const { topic, partition } = lane;
    try {
      if (piece.lastOffset !== undefined) {
        await this.#events.deliver({ topic, partition, records: piece.records, highWatermark: piece.highWatermark });
      }
      lane.position = piece.nextOffset;
      if (!lane.stopped) this.#events.progressed?.({ topic, partition }, lane.position);
    } catch (error) {
      this.#stop(lane, 'handler', error);
    } finally {
      piece.release?.();
    }
  }

  #stop(lane: Lane<P>, code: StopCode, cause: unknown): void {
    if (lane.stopped) return;
    lane.stopped = true;
    lane.next = undefined;
    this.#signal();
    this.#events.stopped({ topic: lane.topic, partition: lane.partition }, { code, cause });
  }

  /** An answer that cannot be decoded (an unknown compression, a damaged batch): find whose it is and stop only that one. */
  async #findUnreadable(nodeId: number, asked: readonly Asked<P>[], limits: FetchLimits): Promise<void> {
    for (const one of asked) {
      try {
        await this.#fetch(nodeId, [one], { ...limits, maxWaitMs: 0 });
      } catch (error) {
        if (error instanceof WireError) continue;
        const where = `${one.lane.topic}/${one.lane.partition} at offset ${one.offset}`;
        this.#stop(
          one.lane,
          'handler',
          new KafkaError('other', `Cannot decode ${where}`, { retriable: false, cause: error }),
        );
      }
    }
  }
}

interface Asked<P> {
  readonly lane: Lane<P>;
  readonly offset: number;
}
