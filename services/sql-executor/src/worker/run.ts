import { setTimeout as sleep } from 'node:timers/promises';
import type {
  GroupConsumer,
  KafkaBatch,
  KafkaDriver,
  KafkaProducer,
  KafkaRecord,
} from '@hermes/connectors/kafka/driver';
import { EVENT_HEADERS } from '@hermes/contracts/event';
import { attributeRowWriter } from '@hermes/stream-sql/formats/attribute-row';
import { jsonCompactRowWriter } from '@hermes/stream-sql/formats/json-compact-row';
import { type BadRecord, Job, type ReadRecord } from '@hermes/stream-sql/operators/job';
import type { LookupRows } from '@hermes/stream-sql/operators/lookup';
import type { RunFigures, RunOrder } from '../runs/messages.ts';
import { BlockBuffer } from './block-buffer.ts';
import { instantAfter } from './checkpoint-instant.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { deadLetter } from './dead-letters.ts';
import { deliver, type Delivery } from './deliver.ts';
import { reachFault } from './fault.ts';
import { FinalFailure } from './final-failure.ts';
import { FirstCopies } from './first-copies.ts';
import type { Checkpoint } from './manifest.ts';
import type { ProfileLookup } from './profile-lookup.ts';

/** Rows that may wait for a checkpoint before reading pauses. */
const FETCH_BYTES = 65_536;
const LONGEST_FETCH_WAIT_MS = 250;
const MAX_WAITING_ROWS = 40_000;
const MAX_WAITING_BYTES = 8_000_000;
const KEPT_CHECKPOINTS = 3;
/** Without rows to deliver, a checkpoint only shortens the way back after a crash: it may be rarer. */
const QUIET_FACTOR = 10;
const IDLE_TICK_MS = 200;
const LEAVE_MS = 500;
const MAX_LATENCY_SAMPLES = 200;

export interface RunParts {
  readonly order: RunOrder;
  readonly kafka: KafkaDriver;
  readonly store: CheckpointStore<Checkpoint>;
  readonly newest: Checkpoint | undefined;
  readonly delivery: Omit<Delivery, 'onTrouble'>;
  /** For a plan with a lookup join. */
  readonly lookup: ProfileLookup | undefined;
}

/**
 * One process's part of a run: reads the source from where the newest checkpoint stands, computes, and makes checkpoints whose
 * rows it then delivers. Reading and computing go on while a checkpoint is written and delivered; the next checkpoint waits,
 * so that only the newest one can have undelivered rows.
 */
export class Run {
  private readonly parts: RunParts;
  private readonly job: Job;
  private readonly buffer: BlockBuffer;
  private readonly offsets = new Map<number, number>();
  private readonly firstCopies = new FirstCopies();
  private readonly ends = new Map<number, number>();
  private topicId = '';
  private checkpoint: Checkpoint | undefined;
  private rowsWritten = 0;
  private badRows = 0;
  private stateBytes = 0;
  private bad: BadRecord<KafkaRecord>[] = [];
  private receivedMs: number[] = [];
  private latenciesMs: number[] = [];
  private changed = false;
  private deliveryTrouble: string | null = null;
  private lookupTrouble: string | null = null;
  private readonly lookingUp = new AbortController();
  private stopping = false;
  private brokenOff = false;
  private producer: KafkaProducer | undefined;
  private consumer: GroupConsumer | undefined;
  private room = Promise.withResolvers<void>();
  private wake = Promise.withResolvers<void>();
  private readonly failure = Promise.withResolvers<never>();

  constructor(parts: RunParts) {
    this.parts = parts;
    const { plan } = parts.order;
    this.job = new Job(plan);
    const { sink } = plan;
    this.buffer = new BlockBuffer(
      sink.connector === 'clickhouse'
        ? jsonCompactRowWriter(sink.columns.map((column) => column.type))
        : attributeRowWriter(sink),
    );
    this.failure.promise.catch(() => undefined);
  }

  /** Until `stop`; `onRunning` is called when reading begins. Rejects with FinalFailure, Fenced or what went wrong. */
  async live(onRunning: () => void): Promise<void> {
    const { order, kafka, lookup } = this.parts;
    await lookup?.check(this.lookingUp.signal);
    await this.restore();
    // A group for this process alone: it has every partition at once, whatever became of the process before it. Nothing is
    // committed to it, so Kafka forgets it with its member.
    this.consumer = await kafka.groupConsumer({
      groupId: `hermes.sql-executor.${order.project}.${order.run}.${order.epoch}`,
      topics: [order.plan.source.topic],
      // A row becomes visible with its checkpoint: a quarter of that may pass before it is fetched.
      minBytes: FETCH_BYTES,
      maxWaitMs: Math.min(LONGEST_FETCH_WAIT_MS, Math.ceil(order.checkpointIntervalMs / 4)),
      handlers: {
        onAssigned: async ({ partition }) => {
          const offset = this.offsets.get(partition);
          if (offset === undefined)
            throw new FinalFailure(
              'topic-changed',
              `${order.plan.source.topic} has a partition ${partition} that the checkpoint does not know`,
            );
          return offset;
        },
        onBatch: (batch) => this.onBatch(batch),
        onRevoked: async () => undefined,
        onStopped: ({ partition }, { code, cause }) =>
          this.failure.reject(
            code === 'offset-out-of-range'
              ? new FinalFailure(
                  code,
                  `offset ${this.offsets.get(partition)} of partition ${partition} of ${order.plan.source.topic} is no longer there: retention has passed the job. Start a new version to begin at what is there`,
                )
              : cause,
          ),
      },
    });
    onRunning();
    await Promise.race([this.checkpoints(), this.failure.promise]);
    // Leaving the group is politeness: it has no other member, and what matters is on disk and at the target.
    await Promise.race([this.consumer.close(), sleep(LEAVE_MS)]);
    await this.producer?.close();
  }

  /** Asks for the end: reading stops, a last checkpoint is made and delivered. */
  stop(): void {
    this.stopping = true;
    this.lookingUp.abort();
    this.room.resolve();
    this.wake.resolve();
  }

  report(): { readonly figures: RunFigures; readonly latenciesMs: readonly number[]; readonly trouble: string | null } {
    const latenciesMs = this.latenciesMs;
    this.latenciesMs = [];
    const { read, late } = this.job.counts;
    let lag = 0;
    for (const [partition, end] of this.ends) lag += Math.max(0, end - (this.offsets.get(partition) ?? end));
    return {
      figures: {
        rowsRead: read,
        rowsWritten: this.rowsWritten,
        lateRows: late,
        badRows: this.badRows,
        lag,
        lastCheckpoint: this.checkpoint?.number ?? null,
        lastCheckpointAt: this.checkpoint?.at ?? null,
        stateBytes: this.stateBytes,
        rssBytes: process.memoryUsage.rss(),
      },
      latenciesMs,
      trouble: this.deliveryTrouble ?? this.lookupTrouble,
    };
  }

  private async restore(): Promise<void> {
    const { order, newest, kafka } = this.parts;
    const { topic, startup } = order.plan.source;
    const admin = await kafka.admin();
    try {
      const description = await admin.describeTopic(topic);
      if (description === undefined) throw new Error(`the topic ${topic} does not exist yet`);
      this.topicId = description.topicId;
      const now = Date.now();
      if (newest === undefined) {
        for (const [partition, { earliest, latest }] of await admin.offsets(topic))
          this.offsets.set(partition, startup === 'earliest-offset' ? earliest : latest);
        this.job.assign([...this.offsets.keys()], now);
        // Where 'latest' was must survive a crash before the first row.
        await this.makeCheckpoint();
        return;
      }
      if (newest.topicId !== description.topicId || newest.topic !== topic) {
        throw new FinalFailure(
          'topic-replaced',
          `the topic ${topic} was deleted and made anew, so the checkpoint's offsets mean nothing in it. Start a new version to begin with the new topic`,
        );
      }
      try {
        this.job.restore(newest.state, now);
      } catch (error) {
        throw new FinalFailure(
          'state-unreadable',
          `the state of checkpoint ${newest.number} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
      for (const [partition, offset] of newest.offsets) this.offsets.set(partition, offset);
      this.firstCopies.restore(newest.origins);
      this.job.assign([...this.offsets.keys()], now);
      this.checkpoint = newest;
      this.stateBytes = newest.state.length;
      this.rowsWritten = newest.rowsWritten;
      reachFault('restored');
      // The process before may have died on the way: its rows go again, under their tokens.
      await this.deliver(newest);
      reachFault('redelivered');
    } finally {
      await admin.close();
    }
  }

  private async onBatch(batch: KafkaBatch): Promise<void> {
    while (!this.stopping && (this.buffer.rows >= MAX_WAITING_ROWS || this.buffer.bytes >= MAX_WAITING_BYTES)) {
      this.wake.resolve();
      await this.room.promise;
    }
    // After a batch that broke off, the next one must not hide it.
    if (this.stopping || this.brokenOff) return;
    const ahead = await this.lookUp(batch);
    if (this.stopping || this.brokenOff) return;
    // Everything from here to the offset is one piece without a pause: a checkpoint sees all of a batch or nothing.
    this.brokenOff = true;
    const records = this.firstCopies.take(batch.partition, batch.records);
    const now = Date.now();
    const { rows, bad } =
      ahead === undefined
        ? this.job.onBatch(records, now)
        : this.job.onRead(readsOf(ahead.reads, records), now, ahead.found);
    this.buffer.add(rows);
    if (bad.length > 0) {
      this.bad.push(...bad);
      this.badRows += bad.length;
    }
    this.offsets.set(batch.partition, batch.records[batch.records.length - 1]!.offset + 1);
    this.ends.set(batch.partition, batch.highWatermark);
    this.changed = true;
    this.brokenOff = false;
    if (rows.length > 0) this.sampleReceipt(records);
    reachFault('batch-processed');
  }

  /** Reads the batch and asks for the profiles that it needs; nothing of the run changes. */
  private async lookUp(
    batch: KafkaBatch,
  ): Promise<{ readonly reads: readonly ReadRecord<KafkaRecord>[]; readonly found: LookupRows } | undefined> {
    const { lookup } = this.parts;
    if (lookup === undefined) return undefined;
    const reads = this.job.read(batch.records, Date.now());
    const found = await lookup.rows(
      this.job.lookupKeys(reads),
      this.lookingUp.signal,
      (trouble) => (this.lookupTrouble = trouble),
    );
    return found && { reads, found };
  }

  private sampleReceipt(records: readonly KafkaRecord[]): void {
    const step = Math.max(1, Math.ceil(records.length / 20));
    for (let i = 0; i < records.length && this.receivedMs.length < MAX_LATENCY_SAMPLES; i += step) {
      const receivedAt = Date.parse(records[i]!.headers[EVENT_HEADERS.receivedAt]?.toString() ?? '');
      if (Number.isFinite(receivedAt)) this.receivedMs.push(receivedAt);
    }
  }

  private async checkpoints(): Promise<void> {
    const { checkpointIntervalMs } = this.parts.order;
    let lastMs = performance.now();
    while (!this.stopping) {
      const dueMs = lastMs + checkpointIntervalMs - performance.now();
      const full = this.buffer.bytes >= MAX_WAITING_BYTES / 2 || this.buffer.rows >= MAX_WAITING_ROWS / 2;
      if (dueMs > 0 && !full) {
        await Promise.race([sleep(Math.min(dueMs, IDLE_TICK_MS)), this.wake.promise]);
        this.wake = Promise.withResolvers();
        this.letTimePass();
        continue;
      }
      const quiet = this.buffer.rows === 0 && this.bad.length === 0;
      if (this.changed && (!quiet || performance.now() - lastMs >= checkpointIntervalMs * QUIET_FACTOR)) {
        lastMs = performance.now();
        await this.makeCheckpoint();
      } else {
        await Promise.race([sleep(IDLE_TICK_MS), this.wake.promise]);
        this.wake = Promise.withResolvers();
        this.letTimePass();
      }
    }
    if (this.changed) await this.makeCheckpoint();
  }

  /** Idle partitions are found by time alone. */
  private letTimePass(): void {
    if (this.stopping || this.parts.order.plan.settings.idleTimeoutMs === 0) return;
    const rows = this.job.onTime(Date.now());
    if (rows.length === 0) return;
    this.buffer.add(rows);
    this.changed = true;
  }

  private async makeCheckpoint(): Promise<void> {
    const { order, store } = this.parts;
    // A batch that threw half-way has changed the state without its offset; the driver is about to say so.
    if (this.brokenOff) return this.failure.promise;
    // Taken in one piece, without a pause: state, offsets and rows of the same instant.
    const blocks = this.buffer.take();
    const bad = this.bad;
    const received = this.receivedMs;
    const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
    const checkpoint: Checkpoint = {
      run: order.run,
      epoch: order.epoch,
      number: (this.checkpoint?.number ?? 0) + 1,
      at: instantAfter(this.checkpoint?.at, Date.now()),
      topic: order.plan.source.topic,
      topicId: this.topicId,
      offsets: new Map(this.offsets),
      origins: this.firstCopies.snapshot(),
      rowsWritten: (this.checkpoint?.rowsWritten ?? 0) + rows,
      state: this.job.snapshot(),
      blocks,
    };
    this.bad = [];
    this.receivedMs = [];
    this.changed = false;
    this.stateBytes = checkpoint.state.length;
    this.room.resolve();
    this.room = Promise.withResolvers();
    if (bad.length > 0) await this.sendDeadLetters(bad);
    reachFault('before-checkpoint');
    await store.write(checkpoint);
    this.checkpoint = checkpoint;
    reachFault('checkpoint-durable');
    await this.deliver(checkpoint);
    reachFault('delivered');
    const now = Date.now();
    if (this.latenciesMs.length < MAX_LATENCY_SAMPLES)
      this.latenciesMs.push(...received.map((receivedMs) => now - receivedMs));
    await store.prune(KEPT_CHECKPOINTS);
  }

  private async deliver(checkpoint: Checkpoint): Promise<void> {
    await deliver(checkpoint, { ...this.parts.delivery, onTrouble: (trouble) => (this.deliveryTrouble = trouble) });
    this.rowsWritten = checkpoint.rowsWritten;
  }

  /** Before the checkpoint that passes them: a dead letter may come twice after a crash, never be missing. */
  private async sendDeadLetters(bad: readonly BadRecord<KafkaRecord>[]): Promise<void> {
    this.producer ??= await this.parts.kafka.producer();
    const { project, job } = this.parts.order;
    const at = new Date().toISOString();
    await this.producer.send(bad.map((each) => deadLetter(each, { project, job, at })));
    reachFault('dead-letters-sent');
  }
}

/** Of what was read ahead, that of these records. */
function readsOf(
  reads: readonly ReadRecord<KafkaRecord>[],
  records: readonly KafkaRecord[],
): readonly ReadRecord<KafkaRecord>[] {
  if (reads.length === records.length) return reads;
  const wanted = new Set(records);
  return reads.filter(({ record }) => wanted.has(record));
}
