import {
  KafkaError,
  type KafkaMessage,
  type NumberedTransactions,
  type NumberedTransactionsOptions,
} from './driver.ts';
import { partitionOfKey } from './key-partition.ts';
import { sizeOf, toProduceMessage } from './produce-message.ts';
import {
  type ProduceBatch,
  type ProduceMessage,
  type ProducerIdentity,
  type TopicLayout,
  type Wire,
  WireError,
  type WireTransactions,
} from './wire.ts';
import { asKafkaError, backOffMs, layoutsOf, patiently, pause } from './wire-retry.ts';

const DEFAULT_TIMEOUT_MS = 60_000;
const MAX_BATCH_BYTES = 500_000;
/** How long the coordinator may take to write the markers of the transaction before. */
const MARKERS_MS = 30_000;

/** What an opened writer knows: under which identity it writes, what is committed, and the next sequence of each partition. */
interface Session {
  readonly identity: ProducerIdentity;
  committed: number;
  readonly sequences: Map<string, number>;
}

/**
 * A call that fails gives its session up: the next one begins with InitProducerId, which ends the open transaction, and with the number
 * that is really committed. So nothing within a transaction is ever repeated, and what a lost answer means is found out before anything is sent again.
 */
export class NumberedTransactionWriter implements NumberedTransactions {
  readonly #wire: Wire;
  readonly #transactions: WireTransactions;
  readonly #groupId: string;
  readonly #topic: string;
  readonly #closing = new AbortController();
  #session: Session | undefined;

  constructor(wire: Wire, options: NumberedTransactionsOptions) {
    this.#wire = wire;
    this.#groupId = options.numberedIn.groupId;
    this.#topic = options.numberedIn.topic;
    this.#transactions = wire.openTransactions(
      options.transactionalId,
      options.transactionTimeoutMs ?? DEFAULT_TIMEOUT_MS,
    );
  }

  async write(number: number, messages: readonly KafkaMessage[]): Promise<'written' | 'was-there'> {
    if (this.#closing.signal.aborted)
      throw new KafkaError('closed', 'The Kafka client was closed', { retriable: false });
    const session = this.#session ?? (await this.#begin());
    this.#session = undefined;
    try {
      if (number <= session.committed) {
        this.#session = session;
        return 'was-there';
      }
      await this.#transact(session, number, messages);
    } catch (error) {
      this.#transactions.forgetCoordinators();
      throw asKafkaError(error);
    }
    session.committed = number;
    this.#session = session;
    return 'written';
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#transactions.close();
  }

  async #begin(): Promise<Session> {
    const identity = await this.#whenSettled(() => this.#transactions.identity());
    const committed = await this.#whenSettled(() =>
      this.#transactions.stableOffset(this.#groupId, { topic: this.#topic, partition: 0 }),
    );
    return { identity, committed: committed ?? 0, sequences: new Map() };
  }

  async #transact({ identity, sequences }: Session, number: number, messages: readonly KafkaMessage[]): Promise<void> {
    const topics = [...new Set([this.#topic, ...messages.map(({ topic }) => topic)])];
    const layouts = await layoutsOf(this.#wire, topics, { signal: this.#closing.signal });
    const lanes = lanesOf(messages, layouts);
    const partitions = [...lanes.values()].map(({ topic, partition }) => ({ topic, partition }));
    if (partitions.length > 0) await this.#whenSettled(() => this.#transactions.addPartitions(identity, partitions));
    for (let rest = [...lanes.values()]; rest.length > 0; rest = rest.filter(({ waiting }) => waiting.length > 0))
      await this.#sendOneBatchEach(identity, sequences, rest);
    await this.#whenSettled(() =>
      this.#transactions.commitOffset(identity, this.#groupId, { topic: this.#topic, partition: 0, offset: number }),
    );
    await this.#transactions.end(identity, 'commit');
  }

  async #sendOneBatchEach(
    identity: ProducerIdentity,
    sequences: Map<string, number>,
    lanes: readonly Lane[],
  ): Promise<void> {
    const byLeader = Map.groupBy(lanes, ({ leader }) => leader);
    await Promise.all(
      [...byLeader].map(async ([leader, of]) => {
        if (leader < 0) throw new WireError('LEADER_NOT_AVAILABLE', 'A partition has no leader at present');
        const batches = of.map((lane) => batchOf(lane, sequences));
        for (const answer of await this.#transactions.produce(leader, identity, batches)) {
          if (answer.error !== undefined)
            throw new WireError(
              answer.error,
              `${answer.topic}/${answer.partition} did not take a batch: ${answer.errorDetail ?? answer.error}`,
            );
        }
      }),
    );
  }

  /** After a failure the coordinator may be another. */
  async #request<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      this.#transactions.forgetCoordinators();
      throw error;
    }
  }

  /** Kafka answers CONCURRENT_TRANSACTIONS while it writes the markers of the transaction before. */
  async #whenSettled<T>(request: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    for (let failures = 1; ; failures++) {
      try {
        return await patiently(() => this.#request(request), MARKERS_MS, this.#closing.signal);
      } catch (error) {
        if (!isConcurrent(error) || performance.now() - startedMs > MARKERS_MS || this.#closing.signal.aborted)
          throw asKafkaError(error);
        await pause(Math.min(2 * failures, backOffMs(failures)), this.#closing.signal);
      }
    }
  }
}

const isConcurrent = (error: unknown): boolean =>
  error instanceof KafkaError && error.cause instanceof WireError && error.cause.code === 'CONCURRENT_TRANSACTIONS';

/** What goes to one partition. */
interface Lane {
  readonly topic: string;
  readonly partition: number;
  readonly leader: number;
  readonly waiting: ProduceMessage[];
}

function lanesOf(
  messages: readonly KafkaMessage[],
  layouts: ReadonlyMap<string, TopicLayout>,
): ReadonlyMap<string, Lane> {
  const lanes = new Map<string, Lane>();
  for (const message of messages) {
    const { topic } = message;
    const leaders = layouts.get(topic)!.leaders;
    const partition = message.partition ?? partitionOf(message, leaders.size);
    const key = `${topic}/${partition}`;
    const lane = lanes.get(key) ?? { topic, partition, leader: leaders.get(partition) ?? -1, waiting: [] };
    lanes.set(key, lane);
    lane.waiting.push(toProduceMessage(message));
  }
  return lanes;
}

const partitionOf = ({ key }: KafkaMessage, count: number): number =>
  key === null ? Math.floor(Math.random() * count) : partitionOfKey(key, count);

function batchOf({ topic, partition, waiting }: Lane, sequences: Map<string, number>): ProduceBatch {
  let bytes = 0;
  let count = 0;
  for (const message of waiting) {
    bytes += sizeOf(message);
    if (count > 0 && bytes > MAX_BATCH_BYTES) break;
    count++;
  }
  const key = `${topic}/${partition}`;
  const sequence = sequences.get(key) ?? 0;
  sequences.set(key, (sequence + count) & 0x7fffffff);
  return { topic, partition, sequence, messages: waiting.splice(0, count) };
}
