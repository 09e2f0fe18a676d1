import { WireAdmin } from './admin.ts';
import { BatchingProducer } from './batching-producer.ts';
import {
  type Follower,
  type FollowOptions,
  type GroupConsumer,
  type GroupConsumerOptions,
  type KafkaAdmin,
  type KafkaDriver,
  KafkaError,
  type KafkaProducer,
  type NumberedTransactions,
  type NumberedTransactionsOptions,
  type PartitionReader,
  type PartitionReaderOptions,
  type ProducerOptions,
  type SpanReaderOptions,
} from './driver.ts';
import { openFollower } from './follower.ts';
import { openGroupConsumer } from './group-consumer.ts';
import { NumberedTransactionWriter } from './numbered-transactions.ts';
import { openPartitionReader, openSpanReader } from './partition-reader.ts';
import type { Wire } from './wire.ts';

interface Closable {
  close(): Promise<void>;
}

/** The driver over any library that can send Kafka's requests. */
export class WireDriver implements KafkaDriver {
  readonly name: KafkaDriver['name'];
  readonly #wire: Wire;
  readonly #opened = new Set<Closable>();
  #closed = false;

  constructor(name: KafkaDriver['name'], wire: Wire) {
    this.name = name;
    this.#wire = wire;
  }

  async admin(): Promise<KafkaAdmin> {
    this.#mustBeOpen();
    return new WireAdmin(this.#wire);
  }

  async producer(options: ProducerOptions = {}): Promise<KafkaProducer> {
    this.#mustBeOpen();
    const { idempotent = true, deliveryTimeoutMs } = options;
    const limits = deliveryTimeoutMs === undefined ? {} : { deliveryTimeoutMs };
    return this.#keep(new BatchingProducer(this.#wire, idempotent, limits));
  }

  async numberedTransactions(options: NumberedTransactionsOptions): Promise<NumberedTransactions> {
    this.#mustBeOpen();
    return this.#keep(new NumberedTransactionWriter(this.#wire, options));
  }

  async groupConsumer(options: GroupConsumerOptions): Promise<GroupConsumer> {
    this.#mustBeOpen();
    return this.#keep(await openGroupConsumer(this.#wire, options));
  }

  async follow(options: FollowOptions): Promise<Follower> {
    this.#mustBeOpen();
    return this.#keep(await openFollower(this.#wire, options));
  }

  readPartitions(options: PartitionReaderOptions): PartitionReader {
    this.#mustBeOpen();
    return this.#keep(openPartitionReader(this.#wire, options));
  }

  readSpans(options: SpanReaderOptions): PartitionReader {
    this.#mustBeOpen();
    return this.#keep(openSpanReader(this.#wire, options));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#opened].map((one) => one.close()));
    await this.#wire.close();
  }

  #keep<T extends Closable>(opened: T): T {
    this.#opened.add(opened);
    const close = opened.close.bind(opened);
    opened.close = async () => {
      this.#opened.delete(opened);
      await close();
    };
    return opened;
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new KafkaError('closed', 'The Kafka driver was closed', { retriable: false });
  }
}
