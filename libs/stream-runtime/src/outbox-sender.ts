import type { KafkaMessage, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { faultPoint } from './fault-point.ts';
import type { OutboxBook } from './outbox-book.ts';
import type { OutboxMessage } from './outbox-entry.ts';
import type { RuntimeLogger } from './runtime-logger.ts';

/** Kafka's limit of 1 MB holds for a batch, so for what one send gives to one partition. */
const MAX_CHUNK_BYTES = 900_000;
const MAX_CHUNK_MESSAGES = 1_000;
const MAX_BACKOFF_MS = 1_000;

interface Waiter {
  readonly below: number;
  readonly resolve: () => void;
}

/** Sends a partition's outbox: in order, one chunk under way at a time, for ever until Kafka has it. */
export class OutboxSender {
  readonly #book: OutboxBook;
  readonly #producer: KafkaProducer;
  readonly #log: RuntimeLogger;
  readonly #onAcknowledged: (messages: readonly OutboxMessage[]) => void;
  #running: Promise<void> | undefined;
  #stopped = false;
  #wake: (() => void) | undefined;
  #waiters: Waiter[] = [];

  constructor(
    book: OutboxBook,
    producer: KafkaProducer,
    log: RuntimeLogger,
    onAcknowledged: (messages: readonly OutboxMessage[]) => void,
  ) {
    this.#book = book;
    this.#producer = producer;
    this.#log = log;
    this.#onAcknowledged = onAcknowledged;
  }

  /** There may be something to send. Returns at once; the first chunk is on its way when it does. */
  kick(): void {
    if (this.#running !== undefined || this.#stopped || this.#book.size === 0) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when fewer than `below` messages wait; at once, as a rule. Also when the sender is stopped. */
  room(below: number): Promise<void> {
    if (this.#stopped || this.#book.size < below) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.push({ below, resolve });
    });
  }

  /** No chunk after the one under way. Whoever owns the partition next sends what is left. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
    for (const waiter of this.#waiters.splice(0)) waiter.resolve();
  }

  async #run(): Promise<void> {
    let failures = 0;
    let alone = false;
    while (!this.#stopped) {
      const chunk = this.#book.cutChunk(alone ? 1 : MAX_CHUNK_MESSAGES, MAX_CHUNK_BYTES);
      if (chunk.length === 0) return;
      try {
        const sent = this.#producer.send(chunk as readonly KafkaMessage[]);
        faultPoint('after-send-issued');
        await sent;
        faultPoint('after-send-before-trim');
        this.#book.acknowledge();
        failures = 0;
        this.#onAcknowledged(chunk);
        const still: Waiter[] = [];
        for (const waiter of this.#waiters) {
          if (this.#book.size < waiter.below) waiter.resolve();
          else still.push(waiter);
        }
        this.#waiters = still;
      } catch (cause) {
        this.#book.failed();
        failures += 1;
        alone = true;
        const delayMs = Math.min(20 * 2 ** Math.min(failures, 6), MAX_BACKOFF_MS);
        if (failures === 3 || failures % 60 === 0) {
          this.#log.error(
            { err: cause, failures, topic: chunk[0]!.topic, waiting: this.#book.size },
            'the outbox cannot be sent; the partition keeps trying, and pauses when its outbox is full',
          );
        }
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, delayMs);
          this.#wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        continue;
      }
      alone = false;
    }
  }
}
