import { isConnectionError } from '@hermes/connectors/clickhouse/retry';
import type {
  GroupConsumer,
  GroupHandlers,
  KafkaDriver,
  KafkaMessage,
  KafkaProducer,
  KafkaRecord,
  TopicPartition,
} from '@hermes/connectors/kafka/driver';
import { PartitionRetries } from '@hermes/connectors/kafka/partition-retries';
import { deadLetterOfRecord } from './dead-letter.ts';
import { type RuntimeLogger, stderrLogger } from './runtime-logger.ts';

/** A fetch waits for so much, or for half a second. */
const LANDING_FETCH_BYTES = 262_144;
const MAX_BACKOFF_MS = 2_000;
/** How long a handler waits for a table that is away before it lets the group go on; what it holds stays held. */
const HANDLER_PATIENCE_MS = 5_000;
/** How long `close` goes on trying to land what is held. */
const CLOSE_PATIENCE_MS = 5_000;
/** How soon a batch that was not taken over is asked for again. */
const HELD_UP_PAUSE_MS = 1_000;

export interface LandingOptions<R> {
  readonly kafka: KafkaDriver;
  readonly topics: readonly string[];
  readonly groupId: string;
  /** A record as a row; undefined lets the record pass; what it throws makes the record a dead letter (`not-a-row`). */
  toRow(record: KafkaRecord): R | undefined;
  /** Inserts; it must be harmless twice (ReplacingMergeTree), since a crash before the offsets are committed repeats it. */
  insert(rows: readonly R[]): Promise<void>;
  readonly deadLetterTopic: string;
  /** Rows of one insert at most; default 5,000. */
  readonly maxRows?: number;
  /** How long a row waits for company; default 1,000. */
  readonly maxDelayMs?: number;
  /** Whether an insert failed because of what a row holds; default: ClickHouse's own codes for that. Anything else is tried for ever. */
  isPoison?(error: unknown): boolean;
  readonly sessionTimeoutMs?: number;
  readonly logger?: RuntimeLogger;
  readonly observer?: LandingObserver;
}

export interface LandingObserver {
  /** `oldestMs`: Kafka's timestamp of the oldest row of the insert. */
  onLanded?(info: { readonly rows: number; readonly oldestMs: number; readonly durationMs: number }): void;
  onDeadLetter?(info: { readonly code: string; readonly topic: string }): void;
  /** The group has given the partition to this process: it is read from here on. */
  onClaimed?(info: { readonly topic: string; readonly partition: number }): void;
  /** The partition is no longer this process's: revoked by the group, or the landing closes. */
  onReleased?(info: { readonly topic: string; readonly partition: number }): void;
  onStopped?(info: {
    readonly topic: string;
    readonly partition: number;
    readonly code: 'offset-out-of-range';
    readonly message: string;
  }): void;
}

export interface RunningLanding {
  /** Records not landed yet, as of the last fetch. */
  lag(): number;
  /**
   * Lands what it holds (for at most some seconds), commits, and leaves the group. What could not be landed is not committed: who
   * reads the partition next reads it again.
   */
  close(): Promise<void>;
}

interface Pending<R> {
  readonly row: R;
  readonly record: KafkaRecord;
}

interface Place {
  readonly topic: string;
  readonly partition: number;
  /** The offset after the last record that was taken over. */
  next: number;
  /** What may be committed. */
  landed: number;
  committed: number;
  highWatermark: number;
}

/** The table is away and enough rows wait for it: the batch is left to Kafka for now. */
class HeldUpError extends Error {
  override readonly name = 'HeldUpError';
}

/**
 * Lands topics in a table: rows of all partitions together, inserted when there are enough or after a while, and the offsets
 * committed after the insert. So every record lands at least once, and a repeat falls together in the table.
 *
 * A server that is away, full or read-only holds the landing up, for as long as it takes. A row that the table cannot take is
 * found by halving the insert, and goes to the dead-letter topic.
 *
 * @throws KafkaError when a topic is missing or Kafka cannot be reached
 */
export async function landTopic<R>(options: LandingOptions<R>): Promise<RunningLanding> {
  const landing = new Landing(options);
  await landing.start();
  return landing;
}

class Landing<R> implements RunningLanding {
  readonly #options: LandingOptions<R>;
  readonly #log: RuntimeLogger;
  readonly #maxRows: number;
  readonly #retries: PartitionRetries;
  readonly #places = new Map<string, Place>();
  #pending: Pending<R>[] = [];
  #dead: KafkaMessage[] = [];
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #consumer: GroupConsumer | undefined;
  #producer: KafkaProducer | undefined;
  #closing = false;
  /** After this instant a retry gives up: only when closing. */
  #giveUpAtMs = Number.POSITIVE_INFINITY;
  /** What is held did not land before the end: nothing more is inserted or committed. */
  #gaveUp = false;

  constructor(options: LandingOptions<R>) {
    this.#options = options;
    this.#log = options.logger ?? stderrLogger;
    this.#maxRows = options.maxRows ?? 5_000;
    this.#retries = new PartitionRetries({
      kafka: options.kafka,
      groupId: options.groupId,
      resume: (partition, offset) => this.#consumer?.resume(partition, offset),
      onFailed: (partition, err, pauseMs) =>
        this.#log.error({ ...partition, err, pauseMs }, 'a stopped partition cannot be read on yet; trying on'),
    });
  }

  async start(): Promise<void> {
    const { kafka, groupId, topics, sessionTimeoutMs } = this.#options;
    this.#producer = await kafka.producer();
    this.#consumer = await kafka.groupConsumer({
      groupId,
      topics,
      // Rows are inserted in batches anyway: a request for each of them would only cost the broker and us.
      minBytes: LANDING_FETCH_BYTES,
      ...(sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs }),
      handlers: {
        onAssigned: async ({ topic, partition }) => {
          this.#options.observer?.onClaimed?.({ topic, partition });
          return 'committed';
        },
        onBatch: ({ topic, partition, records, highWatermark }) => this.#take(topic, partition, records, highWatermark),
        onRevoked: async (partition) => {
          this.#retries.cancel(partition);
          // What does not land now is not committed: the next owner reads it again.
          await this.#flushed().catch(() => undefined);
          this.#places.delete(keyOf(partition));
          this.#options.observer?.onReleased?.(partition);
        },
        onStopped: (partition, why) => this.#stopped(partition, why),
      },
    });
  }

  lag(): number {
    let lag = 0;
    for (const place of this.#places.values()) lag += Math.max(0, place.highWatermark - place.landed);
    return lag;
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    this.#retries.close();
    this.#giveUpAtMs = Date.now() + CLOSE_PATIENCE_MS;
    const landed = await this.#flushed().catch(() => false);
    if (!landed) {
      this.#gaveUp = true;
      this.#log.warn({ lag: this.lag() }, 'closed before everything had landed; the next owner reads the rest again');
    }
    await this.#consumer?.close();
    clearTimeout(this.#timer);
    await this.#producer?.close();
  }

  async #take(topic: string, partition: number, records: readonly KafkaRecord[], highWatermark: number): Promise<void> {
    if (this.#closing) throw new Error('the landing is being closed');
    const place = this.#placeOf(topic, partition, records[0]!.offset);
    place.highWatermark = highWatermark;
    // Nothing more is taken over; the handler ends, since a rebalance would wait for it, and the batch is asked for again.
    if (this.#pending.length >= this.#maxRows && !(await this.#flushed())) {
      throw new HeldUpError('rows wait for their table');
    }
    for (const record of records) {
      if (record.offset < place.next) continue;
      try {
        const row = this.#options.toRow(record);
        if (row !== undefined) this.#pending.push({ row, record });
      } catch (error) {
        this.#bury(record, 'not-a-row', error);
      }
    }
    place.next = Math.max(place.next, records.at(-1)!.offset + 1);
    this.#retries.succeeded({ topic, partition });
    if (this.#pending.length >= this.#maxRows) await this.#flushed();
    else this.#flushLater();
  }

  #placeOf(topic: string, partition: number, first: number): Place {
    const key = keyOf({ topic, partition });
    let place = this.#places.get(key);
    if (place === undefined) {
      place = { topic, partition, next: first, landed: first, committed: -1, highWatermark: first };
      this.#places.set(key, place);
    }
    return place;
  }

  #stopped(partition: TopicPartition, why: Parameters<GroupHandlers['onStopped']>[1]): void {
    if (this.#closing) return;
    const { topic } = partition;
    if (why.code === 'offset-out-of-range') {
      const message = `Kafka no longer has the next record of ${keyOf(partition)}: retention was shorter than the outage`;
      this.#log.error({ ...partition, err: why.cause }, message);
      this.#options.observer?.onStopped?.({ topic, partition: partition.partition, code: why.code, message });
      return;
    }
    const next = this.#places.get(keyOf(partition))?.next;
    if (why.cause instanceof HeldUpError) {
      this.#retries.again(partition, next, HELD_UP_PAUSE_MS);
      return;
    }
    const pauseMs = this.#retries.again(partition, next);
    this.#log.error({ ...partition, err: why.cause, pauseMs }, 'a partition that is landed stopped; it is tried again');
  }

  #flushLater(): void {
    this.#timer ??= setTimeout(() => void this.#flush().catch(() => undefined), this.#options.maxDelayMs ?? 1_000);
  }

  /** Flushes; false when that takes too long to wait for (it goes on all the same). */
  async #flushed(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), HANDLER_PATIENCE_MS);
    });
    const flushed = this.#flush().then(() => true);
    return Promise.race([flushed, late]).finally(() => clearTimeout(timer));
  }

  /** Everything taken over until now is landed and committed when this resolves. */
  async #flush(): Promise<void> {
    while (this.#flushing !== undefined && !this.#gaveUp) await this.#flushing;
    if (this.#gaveUp) throw new Error('the landing has given up');
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = this.#flushNow().finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  async #flushNow(): Promise<void> {
    const rows = this.#pending;
    this.#pending = [];
    const reached = [...this.#places.values()].map((place) => ({ place, offset: place.next }));
    let landed = 0;
    try {
      while (landed < rows.length) {
        const part = rows.slice(landed, landed + this.#maxRows);
        const startedAt = performance.now();
        await this.#insert(part);
        landed += part.length;
        this.#tellLanded(part, performance.now() - startedAt);
      }
      await this.#sendDead();
    } catch (err) {
      // A later flush commits at least as far as this one would have, so it must have these rows too.
      this.#pending = [...rows.slice(landed), ...this.#pending];
      if (!this.#closing) {
        this.#log.error({ err }, 'a flush failed; its rows are held and tried again');
        this.#flushLater();
      }
      throw err;
    }
    if (this.#gaveUp) return;
    for (const { place, offset } of reached) place.landed = offset;
    const moved = reached.filter(
      ({ place, offset }) => offset !== place.committed && this.#places.get(keyOf(place)) === place,
    );
    if (moved.length === 0) return;
    try {
      await this.#consumer!.commit(
        moved.map(({ place, offset }) => ({ topic: place.topic, partition: place.partition, offset })),
      );
      for (const { place, offset } of moved) place.committed = offset;
    } catch (err) {
      // The next flush commits further; after a crash or a move the rows land once more, which is harmless. It must not take a
      // record to come: by these offsets others know that everything has landed.
      this.#log.info({ err }, 'offsets of landed rows were not committed');
      if (!this.#closing) this.#flushLater();
    }
  }

  /** Letters that are buried meanwhile stay for the next flush. */
  async #sendDead(): Promise<void> {
    const dead = [...this.#dead];
    if (dead.length === 0) return;
    await this.#forEver('a dead letter cannot be sent', () => this.#producer!.send(dead));
    this.#dead = this.#dead.slice(dead.length);
  }

  #tellLanded(rows: readonly Pending<R>[], durationMs: number): void {
    const oldestMs = rows.reduce(
      (oldest, { record }) => Math.min(oldest, record.timestampMs),
      Number.POSITIVE_INFINITY,
    );
    this.#options.observer?.onLanded?.({ rows: rows.length, oldestMs, durationMs });
  }

  /** Inserts all of `rows`, or all but those that the table cannot take. */
  async #insert(rows: readonly Pending<R>[]): Promise<void> {
    const isPoison = this.#options.isPoison ?? isRowError;
    const outcome = await this.#forEver('rows cannot be inserted; trying on', async () => {
      try {
        await this.#options.insert(rows.map(({ row }) => row));
        return undefined;
      } catch (error) {
        if (isPoison(error) && !isConnectionError(error)) return { poison: error };
        throw error;
      }
    });
    if (outcome === undefined) return;
    if (rows.length === 1) return this.#bury(rows[0]!.record, 'not-insertable', outcome.poison);
    const half = rows.length >>> 1;
    await this.#insert(rows.slice(0, half));
    await this.#insert(rows.slice(half));
  }

  #bury(record: KafkaRecord, code: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#dead.push(deadLetterOfRecord(record, { code, reason }, this.#options.deadLetterTopic, Date.now()));
    this.#log.warn(
      { err: error, from: `${record.topic}/${record.partition}/${record.offset}` },
      `a record cannot be landed: ${code}`,
    );
    this.#options.observer?.onDeadLetter?.({ code, topic: record.topic });
  }

  async #forEver<T>(complaint: string, attempt: () => Promise<T>): Promise<T> {
    for (let failures = 1; ; failures++) {
      try {
        return await attempt();
      } catch (err) {
        const delayMs = Math.min(50 * 2 ** Math.min(failures, 6), MAX_BACKOFF_MS);
        if (this.#gaveUp || Date.now() + delayMs > this.#giveUpAtMs) throw err;
        if (failures === 3 || failures % 60 === 0) this.#log.error({ err, failures }, complaint);
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
    }
  }
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

const ROW_ERRORS =
  /^(CANNOT_(PARSE|CONVERT|READ)_|INCORRECT_DATA|TYPE_MISMATCH|ILLEGAL_COLUMN|CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN|VALUE_IS_OUT_OF_RANGE|ARGUMENT_OUT_OF_BOUND|DECIMAL_OVERFLOW|TOO_LARGE_STRING_SIZE|UNKNOWN_ELEMENT_OF_ENUM|UNEXPECTED_DATA_AFTER_PARSED_VALUE|VIOLATED_CONSTRAINT|SIZES_OF_ARRAYS_DONT_MATCH)/;

/** Whether ClickHouse refused an insert for what a row holds: by the name of its error code, as the client gives it in `type`. */
export function isRowError(error: unknown): boolean {
  const type = error instanceof Error && 'type' in error ? error.type : undefined;
  return typeof type === 'string' && ROW_ERRORS.test(type);
}
