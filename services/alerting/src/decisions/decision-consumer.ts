import type { GroupConsumer, KafkaBatch, KafkaDriver, TopicPartition } from '@hermes/connectors/kafka/driver';
import { PartitionRetries } from '@hermes/connectors/kafka/partition-retries';
import type { ProjectRecord } from '@hermes/contracts/control';
import { consumerGroup, decisionsTopic, projectTopics } from '@hermes/contracts/topics';
import type { LatencyRecorder } from '@hermes/service-kit/metrics';
import type { Counter } from 'prom-client';
import { keepDeadRecords } from './dead-letters.repository.ts';
import { readBatch } from './decision-batch.ts';
import { type Fault, type RaiseDependencies, callWebhooks, raise } from './raise.service.ts';

export interface DecisionConsumerDependencies extends RaiseDependencies {
  readonly kafka: KafkaDriver;
  readonly sessionTimeoutMs: number;
  /** From the event's receipt to its alert. */
  readonly alertedLatency: LatencyRecorder;
  readonly deadLetters: Counter;
  /** A partition lost records that it had not read. */
  readonly onLoss: (partition: TopicPartition, offset: number) => void;
  readonly fault?: Fault;
}

/** The place is kept in Kafka, behind the work: a crash reads at most this much again, which changes nothing. */
const COMMIT_EVERY_MS = 250;
const RETRY_MS = 500;
const MAX_RETRY_MS = 2_000;

/** One consumer group of one project: decisions in, alerts out. At least once in, exactly once out by the alert's id. */
export class DecisionConsumer {
  private readonly project: ProjectRecord;
  private readonly deps: DecisionConsumerDependencies;
  private readonly processed = new Map<number, number>();
  private readonly uncommitted = new Map<number, number>();
  private readonly retries: PartitionRetries;
  private readonly stopped = new Set<number>();
  private consumer: GroupConsumer | undefined;
  private committer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(project: ProjectRecord, deps: DecisionConsumerDependencies) {
    this.project = project;
    this.deps = deps;
    this.retries = new PartitionRetries({
      kafka: deps.kafka,
      groupId: consumerGroup('alerting', project.id),
      resume: (partition, offset) => {
        this.stopped.delete(partition.partition);
        this.consumer?.resume(partition, offset);
      },
      onFailed: (partition, err, pauseMs) => {
        deps.logger.error({ err, ...partition, pauseMs }, 'a stopped partition of decisions cannot be read on yet');
      },
      firstPauseMs: RETRY_MS,
      maxPauseMs: MAX_RETRY_MS,
    });
  }

  /** Whether every partition of this member is being read. */
  get isHealthy(): boolean {
    return this.consumer !== undefined && this.stopped.size === 0;
  }

  /** Joins the group; tries again for ever while Kafka is away. */
  async start(): Promise<void> {
    while (!this.closed && this.consumer === undefined) {
      try {
        this.consumer = await this.join();
      } catch (error) {
        this.deps.logger.warn({ err: error, project: this.project.id }, 'decisions cannot be read yet');
        await this.later(RETRY_MS);
      }
    }
    if (this.closed) await this.consumer?.close();
    else this.committer = setInterval(() => void this.commit(), COMMIT_EVERY_MS);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.committer);
    this.retries.close();
    await this.commit();
    await this.consumer?.close();
  }

  private async join(): Promise<GroupConsumer> {
    const { kafka, sessionTimeoutMs } = this.deps;
    const topic = decisionsTopic(this.project.id);
    const admin = await kafka.admin();
    await admin.ensureTopics(projectTopics(this.project.id, this.project.partitions)).finally(() => admin.close());
    return await kafka.groupConsumer({
      groupId: consumerGroup('alerting', this.project.id),
      topics: [topic],
      sessionTimeoutMs,
      handlers: {
        onAssigned: ({ partition }) => {
          this.stopped.delete(partition);
          this.processed.delete(partition);
          return Promise.resolve('committed');
        },
        onBatch: (batch) => this.take(batch),
        onRevoked: async (revoked) => {
          const { partition } = revoked;
          this.retries.cancel(revoked);
          await this.commit();
          this.processed.delete(partition);
          this.uncommitted.delete(partition);
          this.stopped.delete(partition);
        },
        onStopped: (partition, why) => this.onStopped(partition, why),
      },
    });
  }

  private async take(batch: KafkaBatch): Promise<void> {
    const next = (batch.records.at(-1)?.offset ?? -1) + 1;
    this.processed.set(batch.partition, batch.records[0]?.offset ?? 0);
    const { raised, calls, dead } = readBatch(batch.records, this.project.id, Date.now());
    if (dead.length > 0) {
      await keepDeadRecords(this.deps.db, dead);
      this.deps.deadLetters.inc(dead.length);
      this.deps.logger.error(
        { project: this.project.id, count: dead.length, reason: dead[0]?.reason },
        'records that are no decisions',
      );
    }
    await raise(raised, this.deps, this.deps.fault);
    await callWebhooks(calls, this.deps, this.deps.fault);
    const nowMs = Date.now();
    for (const { timings } of raised) {
      if (timings.receivedAt !== null) this.deps.alertedLatency.record(nowMs - Date.parse(timings.receivedAt));
    }
    this.processed.set(batch.partition, next);
    this.uncommitted.set(batch.partition, next);
    this.retries.succeeded(batch);
  }

  private onStopped(partition: TopicPartition, why: { readonly code: string; readonly cause: unknown }): void {
    if (this.closed) return;
    this.stopped.add(partition.partition);
    const offset = this.processed.get(partition.partition);
    this.deps.logger.error({ err: why.cause, ...partition, code: why.code }, 'a partition of decisions stopped');
    if (why.code === 'offset-out-of-range') {
      this.deps.onLoss(partition, offset ?? 0);
      return;
    }
    // Without a place (it stopped before its first batch) it goes on from the committed one.
    this.retries.again(partition, offset);
  }

  private async commit(): Promise<void> {
    if (this.uncommitted.size === 0 || this.consumer === undefined) return;
    const topic = decisionsTopic(this.project.id);
    const places = [...this.uncommitted].map(([partition, offset]) => ({ topic, partition, offset }));
    this.uncommitted.clear();
    try {
      await this.consumer.commit(places);
    } catch (error) {
      // The next batch commits a later place; until then a takeover reads some decisions again.
      this.deps.logger.debug({ err: error, project: this.project.id }, 'the place was not committed');
      for (const { partition, offset } of places) {
        if (!this.uncommitted.has(partition) && this.processed.has(partition)) this.uncommitted.set(partition, offset);
      }
    }
  }

  private later(ms: number): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(resolve, ms);
    });
  }
}
