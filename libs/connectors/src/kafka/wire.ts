import type { TopicSpec } from '@hermes/contracts/topics';
import type { KafkaRecord, TopicPartition } from './driver.ts';

/**
 * The requests of Kafka's protocol that this library needs, as one client library sends them. Everything with state (who owns
 * which partition, where reading goes on, which batch is sent again) lives above it and is the same for every library.
 */
export interface Wire {
  /** Partitions and leaders of `topics`; a topic that does not exist is missing in the answer. */
  layout(topics: readonly string[]): Promise<ReadonlyMap<string, TopicLayout>>;
  /**
   * First offset kept, the offset after the last readable one, or that of the first record whose timestamp is not before `timestampMs` (missing
   * where there is none), per partition.
   */
  listOffsets(layout: TopicLayout, at: OffsetPlace): Promise<ReadonlyMap<number, number>>;
  /** A connection of its own for long polls: Kafka answers the requests of one connection one after the other. */
  openFetcher(longestRequestMs: number): WireFetcher;
  /** As `openFetcher`, with records left in their bytes; a library that cannot answers batches. */
  openByteFetcher(longestRequestMs: number): WireFetcher;
  /** A connection of its own for one member of a group: a JoinGroup request may wait for long. */
  openMember(groupId: string, longestRequestMs: number): WireMember;
  openProducer(requestTimeoutMs: number): WireProducer;
  openTransactions(transactionalId: string, transactionTimeoutMs: number): WireTransactions;
  createTopic(spec: TopicSpec, replicationFactor: number): Promise<void>;
  deleteTopics(topics: readonly string[]): Promise<void>;
  committed(groupId: string, topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, number>>;
  close(): Promise<void>;
}

export type OffsetPlace = 'earliest' | 'latest' | { readonly timestampMs: number };

export interface TopicLayout {
  readonly topic: string;
  readonly topicId: string;
  /** Node id of the leader per partition; -1 while there is none. */
  readonly leaders: ReadonlyMap<number, number>;
}

export interface FetchTarget {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
}

export interface WireFetcher {
  /** Committed and aborted records alike (the caller drops what was aborted), bounded by the last stable offset. */
  fetch(nodeId: number, targets: readonly FetchTarget[], limits: FetchLimits): Promise<readonly FetchedPartition[]>;
  close(): Promise<void>;
}

export interface FetchLimits {
  readonly maxWaitMs: number;
  /** The broker answers before `maxWaitMs` once it has so much. */
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxPartitionBytes: number;
}

export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  /** Kafka's own name of the error, for example `OFFSET_OUT_OF_RANGE`. */
  readonly error: string | undefined;
  readonly lastStableOffset: number;
  readonly batches: readonly RecordBatch[];
  /** Of a byte fetcher, instead of `batches`. */
  readonly bytes?: FetchedBytes | undefined;
  readonly aborted: readonly AbortedTransaction[];
}

/** Record batches [start, end) of an answer. `release`: nobody reads them any more, so the next answer may stand there. */
export interface FetchedBytes {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  release(): void;
}

/** A batch of the log as its producer wrote it. */
export interface RecordBatch {
  readonly firstOffset: number;
  /** Also counts records that compaction has removed. */
  readonly lastOffset: number;
  readonly producerId: bigint;
  readonly transactional: boolean;
  /** The marker that ends a transaction; it has no records for readers. */
  readonly control: 'commit' | 'abort' | undefined;
  readonly records: readonly KafkaRecord[];
}

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

export interface WireMember {
  join(request: JoinRequest): Promise<Joined>;
  sync(generation: number, memberId: string, assignments: ReadonlyMap<string, Buffer>): Promise<Buffer>;
  heartbeat(generation: number, memberId: string): Promise<void>;
  leave(memberId: string): Promise<void>;
  commit(generation: number, memberId: string, offsets: readonly WireOffset[]): Promise<void>;
  /** Forgets which broker coordinates the group; the next request asks again. */
  forgetCoordinator(): void;
  close(): Promise<void>;
}

export interface WireOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface JoinRequest {
  readonly memberId: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocol: string;
  readonly subscription: Buffer;
}

export interface Joined {
  readonly generation: number;
  readonly memberId: string;
  readonly leaderId: string;
  /** Only the leader is told of the members. */
  readonly members: readonly { readonly memberId: string; readonly subscription: Buffer }[];
}

export interface ProduceBatch {
  readonly topic: string;
  readonly partition: number;
  readonly sequence: number;
  readonly messages: readonly ProduceMessage[];
}

export interface ProduceMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [string, Buffer])[];
  readonly timestampMs: number;
}

export interface ProducerIdentity {
  readonly id: bigint;
  readonly epoch: number;
}

export interface ProducedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly error: string | undefined;
  readonly errorDetail: string | undefined;
  readonly baseOffset: number;
}

export interface WireProducer {
  identity(): Promise<ProducerIdentity>;
  /** One batch per partition at most. `identity` undefined: not idempotent. */
  produce(
    nodeId: number,
    identity: ProducerIdentity | undefined,
    batches: readonly ProduceBatch[],
  ): Promise<readonly ProducedPartition[]>;
  close(): Promise<void>;
}

/** The requests of transactions under one transactional id. */
export interface WireTransactions {
  /** Ends what another process left open under this id and fences that process. */
  identity(): Promise<ProducerIdentity>;
  addPartitions(identity: ProducerIdentity, partitions: readonly TopicPartition[]): Promise<void>;
  produce(
    nodeId: number,
    identity: ProducerIdentity,
    batches: readonly ProduceBatch[],
  ): Promise<readonly ProducedPartition[]>;
  /** The group's offset becomes visible when the transaction is committed. */
  commitOffset(identity: ProducerIdentity, groupId: string, offset: WireOffset): Promise<void>;
  /** The group's offset once no transaction that changes it is open; refused (`UNSTABLE_OFFSET_COMMIT`) while one is. */
  stableOffset(groupId: string, partition: TopicPartition): Promise<number | undefined>;
  end(identity: ProducerIdentity, how: 'commit' | 'abort'): Promise<void>;
  /** Forgets which brokers coordinate; the next request asks again. */
  forgetCoordinators(): void;
  close(): Promise<void>;
}

/** A request that Kafka refused (`code` is Kafka's own name, for example `NOT_COORDINATOR`) or that got no answer (`NETWORK`). */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code: string;
  /** With MEMBER_ID_REQUIRED: the id to join with. */
  readonly memberId: string | undefined;
  constructor(code: string, message: string, options: { cause?: unknown; memberId?: string } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.memberId = options.memberId;
  }
}

/** Kafka counts offsets in 64 bits. Past 2^53 - 1 a JavaScript number would round: that is a defect, not a value. */
export function safeOffset(offset: bigint): number {
  const value = Number(offset);
  if (!Number.isSafeInteger(value)) throw new RangeError(`Kafka offset ${offset} is past 2^53 - 1`);
  return value;
}
