import { isConnectionError } from '@hermes/connectors/clickhouse/retry';
import type {
  GroupConsumer,
  KafkaDriver,
  KafkaMessage,
  KafkaProducer,
  KafkaRecord,
} from '@hermes/connectors/kafka/driver';
import { deadLetterOfRecord } from './dead-letter.ts';
import { type RuntimeLogger, stderrLogger } from './runtime-logger.ts';

const MAX_BACKOFF_MS = 2_000;
/** How long a handler waits for a table that is away before it lets the group go on; what it holds stays held. */
const HANDLER_PATIENCE_MS = 5_000;

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
  /** Lands what it holds (for at most some seconds), commits, and leaves the group. */
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

  constructor(options: LandingOptions<R>) {
    this.#options = options;
    this.#log = options.logger ?? stderrLogger;
    this.#maxRows = options.maxRows ?? 5_000;
  }

  async start(): Promise<void> {
    const { kafka, groupId, topics, sessionTimeoutMs } = this.#options;
    this.#producer = await kafka.producer();
    this.#consumer = await kafka.groupConsumer({
      groupId,
      topics,
      ...(sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs }),
      handlers: {
        onAssigned: async () => 'committed',
        onBatch: ({ topic, partition, records, highWatermark }) => this.#take(topic, partition, records, highWatermark),
        onRevoked: async ({ topic, partition }) => {
          await this.#flushed();
          this.#places.delete(`${topic}/${partition}`);
        },
        onStopped: ({ topic, partition }, why) => {
          const place = this.#places.get(`${topic}/${partition}`);
          if (why.code === 'handler') {
            if (!this.#closing && place !== undefined)
              setTimeout(() => this.#consumer?.resume({ topic, partition }, place.next), 1_000);
            return;
          }
          const message = `Kafka no longer has the next record of ${topic}/${partition}: retention was shorter than the outage`;
          this.#log.error({ topic, partition, err: why.cause }, message);
          this.#options.observer?.onStopped?.({ topic, partition, code: 'offset-out-of-range', message });
        },
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
    this.#giveUpAtMs = Date.now() + 5_000;
    await this.#flush().catch(() => undefined);
    await this.#consumer?.close();
    clearTimeout(this.#timer);
    await this.#producer?.close();
  }

  async #take(topic: string, partition: number, records: readonly KafkaRecord[], highWatermark: number): Promise<void> {
    if (this.#closing) throw new Error('the landing is being closed');
    // The table is away: nothing more is taken over; the driver delivers this batch again later.
    if (this.#pending.length >= this.#maxRows && !(await this.#flushed())) throw new Error('rows wait for their table');
    const key = `${topic}/${partition}`;
    const first = records[0]!.offset;
    let place = this.#places.get(key);
    if (place === undefined) {
      place = { topic, partition, next: first, landed: first, committed: -1, highWatermark };
      this.#places.set(key, place);
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
    place.highWatermark = highWatermark;
    if (this.#pending.length >= this.#maxRows) await this.#flushed();
    else this.#timer ??= setTimeout(() => void this.#flush().catch(() => undefined), this.#options.maxDelayMs ?? 1_000);
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
    while (this.#flushing !== undefined) await this.#flushing;
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
    for (let from = 0; from < rows.length; from += this.#maxRows) {
      const startedAt = performance.now();
      const part = rows.slice(from, from + this.#maxRows);
      await this.#insert(part);
      const oldestMs = part.reduce(
        (oldest, { record }) => Math.min(oldest, record.timestampMs),
        Number.POSITIVE_INFINITY,
      );
      this.#options.observer?.onLanded?.({ rows: part.length, oldestMs, durationMs: performance.now() - startedAt });
    }
    const dead = this.#dead;
    this.#dead = [];
    if (dead.length > 0) await this.#forEver('a dead letter cannot be sent', () => this.#producer!.send(dead));
    for (const { place, offset } of reached) place.landed = offset;
    const moved = reached.filter(
      ({ place, offset }) =>
        offset !== place.committed && this.#places.get(`${place.topic}/${place.partition}`) === place,
    );
    if (moved.length === 0) return;
    try {
      await this.#consumer!.commit(
        moved.map(({ place, offset }) => ({ topic: place.topic, partition: place.partition, offset })),
      );
      for (const { place, offset } of moved) place.committed = offset;
    } catch (err) {
      // The next flush commits further; after a crash or a move the rows land once more, which is harmless.
      this.#log.info({ err }, 'offsets of landed rows were not committed');
    }
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
        if (Date.now() + delayMs > this.#giveUpAtMs) throw err;
        if (failures === 3 || failures % 60 === 0) this.#log.error({ err, failures }, complaint);
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
    }
  }
}

const ROW_ERRORS =
  /^(CANNOT_(PARSE|CONVERT|READ)_|INCORRECT_DATA|TYPE_MISMATCH|ILLEGAL_COLUMN|CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN|VALUE_IS_OUT_OF_RANGE|ARGUMENT_OUT_OF_BOUND|DECIMAL_OVERFLOW|TOO_LARGE_STRING_SIZE|UNKNOWN_ELEMENT_OF_ENUM|UNEXPECTED_DATA_AFTER_PARSED_VALUE|VIOLATED_CONSTRAINT|SIZES_OF_ARRAYS_DONT_MATCH)/;

/** Whether ClickHouse refused an insert for what a row holds: by the name of its error code, as the client gives it in `type`. */
export function isRowError(error: unknown): boolean {
  const type = error instanceof Error && 'type' in error ? error.type : undefined;
  return typeof type === 'string' && ROW_ERRORS.test(type);
}
