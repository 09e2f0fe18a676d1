import type { TopicSpec } from '@hermes/contracts/topics';
import type { SpanRecords } from './fetched-piece.ts';

/** A record as read. Offsets are int64 in Kafka; a driver throws on one past 2^53 - 1 rather than round it. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | undefined>>;
  readonly timestampMs: number;
}

/** A record to write. Without `partition` the driver uses murmur2 of the key (`partitionOf`). */
export interface KafkaMessage {
  readonly topic: string;
  readonly partition?: number;
  readonly key: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers?: Readonly<Record<string, Buffer | string>>;
  readonly timestampMs?: number;
}

/** Where one message landed. */
export interface ProducedAt {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface KafkaProducer {
  /**
   * Writes the messages and resolves after `acks=all`, in the order given per partition. Rejects with KafkaError.
   * Concurrent calls are allowed; nothing is lost or reordered within one call. Answers with the base position of
   * each message, in the order of `messages`. When a message fails, no later message of the call is written to its partition:
   * what a rejected call has written of a partition is the beginning of what it had for it.
   */
  send(messages: readonly KafkaMessage[]): Promise<readonly ProducedAt[]>;
  close(): Promise<void>;
}

export interface ProducerOptions {
  /** Default true: retries inside the client neither lose, double nor reorder. */
  readonly idempotent?: boolean;
  /** How long a send may take with all its retries before it rejects (`unreachable`, retriable); default 30,000. */
  readonly deliveryTimeoutMs?: number;
}

export interface NumberedTransactionsOptions {
  /** Names the writer over its processes: one that begins fences the one before. */
  readonly transactionalId: string;
  /**
   * Where the number of the last committed transaction is kept: as offset of this consumer group in partition 0 of the topic, changed by the
   * transaction itself. It is there as long as Kafka keeps offsets of groups without members (`offsets.retention.minutes`, a week by default).
   */
  readonly numberedIn: { readonly groupId: string; readonly topic: string };
  /** After this long Kafka aborts an open transaction; default 60,000. */
  readonly transactionTimeoutMs?: number;
}

/** Writes in transactions that carry growing numbers, each once however often it is asked for. */
export interface NumberedTransactions {
  /**
   * All messages in one transaction; nothing when this number or a higher one is committed already. A rejection leaves open whether
   * they were written: call again with the same. One call at a time.
   */
  write(number: number, messages: readonly KafkaMessage[]): Promise<'written' | 'was-there'>;
  close(): Promise<void>;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface KafkaBatch extends TopicPartition {
  /** In offset order, never empty. */
  readonly records: readonly KafkaRecord[];
  /** The log's end as of the fetch: the offset after the last readable record. */
  readonly highWatermark: number;
}

export interface GroupHandlers {
  /**
   * A partition is now this member's. Answers the offset to read from ('committed' falls back to the earliest).
   * No batch of the partition arrives before this has resolved.
   */
  onAssigned(partition: TopicPartition): Promise<number | 'earliest' | 'latest' | 'committed'>;
  /** One batch at a time per partition, partitions side by side. After it resolves, the next one is delivered. */
  onBatch(batch: KafkaBatch): Promise<void>;
  /**
   * The partition is no longer this member's; called after its running onBatch has settled, also at `close`. In a rebalance the
   * next owner's onAssigned may run at the same time, but never beside a running onBatch: who needs more than that (a member
   * that was thrown out while it stood still) makes its writes conditional, as the partition processor does.
   */
  onRevoked(partition: TopicPartition): Promise<void>;
  /**
   * The partition cannot go on: `offset-out-of-range` (retention or an unclean loss took the offset; there is never a silent
   * reset) or `handler` (onBatch or onAssigned threw, its offset could not be resolved, a batch cannot be decoded; so it may come
   * before the first onBatch). Its delivery has stopped until `resume`; other partitions go on.
   */
  onStopped(
    partition: TopicPartition,
    why: { readonly code: 'offset-out-of-range' | 'handler'; readonly cause: unknown },
  ): void;
}

export interface GroupConsumer {
  /** Commits for visibility (lag) and for consumers that keep their place in Kafka: the next offset to read. */
  commit(offsets: readonly (TopicPartition & { readonly offset: number })[]): Promise<void>;
  /** Gives a stopped partition another try from `offset`. */
  resume(partition: TopicPartition, offset: number): void;
  /** Leaves the group after running handlers have settled. */
  close(): Promise<void>;
}

export interface GroupConsumerOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly handlers: GroupHandlers;
  /** Default 6,000. How long after a crash others wait before they take over. */
  readonly sessionTimeoutMs?: number;
  /** Longest wait of a fetch that finds less than `minBytes`; default 500. */
  readonly maxWaitMs?: number;
  /** What ends the wait of a fetch; default 1: new records at once. More saves requests where latency does not matter. */
  readonly minBytes?: number;
  /**
   * Bytes of a partition that are fetched at once; default 1,000,000. Records that wait to be handled cost memory several times their size,
   * and the collector the more the longer they live: who takes its time with each wants few. A batch that is larger comes whole.
   */
  readonly maxPartitionBytes?: number;
  /**
   * Milliseconds for which records may wait for others once everything was read, so that they are handled together; default 0. A record that
   * comes after a quiet time does not wait.
   */
  readonly gatherMs?: number;
}

/** Reads every partition of a topic from the beginning without a group, and follows it: for compacted topics. */
export interface FollowOptions {
  readonly topic: string;
  readonly onRecord: (record: KafkaRecord) => void | Promise<void>;
  /** Start: from the first record (default) or from records written from now on. */
  readonly from?: 'earliest' | 'latest';
  /** Longest wait of a fetch that finds nothing; default 1,000. New records end the wait at once. */
  readonly maxWaitMs?: number;
  /** `onRecord` threw, and the follower stands still. Without this handler the error ends the process: nobody works with a stale copy. */
  readonly onFailed?: (cause: unknown) => void;
}

export interface Follower {
  /** Resolves when everything that was in the topic at the call of `follow` has been delivered. */
  readonly caughtUp: Promise<void>;
  close(): Promise<void>;
}

/** Reads partitions of a topic that the caller chooses, from offsets that the caller keeps, without a group. */
export interface PartitionReaderOptions {
  readonly topic: string;
  /** One batch at a time per partition, partitions side by side. After it resolves, the next one is delivered. */
  readonly onBatch: (batch: KafkaBatch) => Promise<void>;
  /** The partition cannot go on, as in `GroupHandlers.onStopped`; it is read again when it is started again. */
  readonly onStopped: GroupHandlers['onStopped'];
}

/** As PartitionReaderOptions, records left in the bytes in which they came: for who reads very many. */
export interface SpanReaderOptions {
  readonly topic: string;
  /** Its bytes are used again after it has resolved. */
  readonly onBatch: (batch: SpanBatch) => Promise<void>;
  readonly onStopped: GroupHandlers['onStopped'];
  readonly patience?: {
    readonly maxWaitMs?: number;
    readonly minBytes?: number;
    readonly maxPartitionBytes?: number;
    /** As in `GroupConsumerOptions`. */
    readonly gatherMs?: number;
  };
}

export interface SpanBatch extends TopicPartition {
  readonly records: SpanRecords;
  readonly highWatermark: number;
}

export interface PartitionReader {
  /** Begins to read at `offset`; a partition that is already read goes on from there instead. */
  start(partition: number, offset: number): void;
  /** Ends reading; resolves when a running `onBatch` has settled. */
  stop(partition: number): Promise<void>;
  close(): Promise<void>;
}

export interface TopicDescription {
  /** Kafka's own id of the topic (a UUID): another one means that the topic was deleted and made anew. */
  readonly topicId: string;
  readonly partitions: number;
}

export interface KafkaAdmin {
  /** Makes the topics that are missing; refuses (KafkaError `topic-mismatch`) when one exists with other partitions. */
  ensureTopics(specs: readonly TopicSpec[], replicationFactor?: number): Promise<void>;
  describeTopic(topic: string): Promise<TopicDescription | undefined>;
  /** Per partition: first offset kept, and log's end (next offset to be written). */
  offsets(topic: string): Promise<ReadonlyMap<number, { readonly earliest: number; readonly latest: number }>>;
  /** Per partition: offset of the first record whose timestamp is `timestampMs` or later; missing where there is none. */
  offsetsAt(topic: string, timestampMs: number): Promise<ReadonlyMap<number, number>>;
  committed(groupId: string, topic: string): Promise<ReadonlyMap<number, number>>;
  deleteTopics(topics: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** One Kafka client library behind one contract; the contract suite holds for each. */
export interface KafkaDriver {
  readonly name: 'kafkajs' | 'platformatic';
  admin(): Promise<KafkaAdmin>;
  producer(options?: ProducerOptions): Promise<KafkaProducer>;
  numberedTransactions(options: NumberedTransactionsOptions): Promise<NumberedTransactions>;
  groupConsumer(options: GroupConsumerOptions): Promise<GroupConsumer>;
  follow(options: FollowOptions): Promise<Follower>;
  readPartitions(options: PartitionReaderOptions): PartitionReader;
  readSpans(options: SpanReaderOptions): PartitionReader;
  /** Ends everything that this driver opened. */
  close(): Promise<void>;
}

export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly clientId: string;
}

export type KafkaErrorCode =
  'unreachable' | 'topic-mismatch' | 'unknown-topic' | 'message-too-large' | 'fenced' | 'closed' | 'other';

/** Every driver's errors come out as this. */
export class KafkaError extends Error {
  override readonly name = 'KafkaError';
  readonly code: KafkaErrorCode;
  /** Whether the same call may succeed later. */
  readonly retriable: boolean;
  constructor(code: KafkaErrorCode, message: string, options: { retriable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retriable = options.retriable;
  }
}
