import { type Follower, type FollowOptions, KafkaError, type KafkaRecord, type TopicPartition } from './driver.ts';
import { asRecords } from './fetched-piece.ts';
import { RecordReader, type StopCode } from './record-reader.ts';
import { type TopicLayout, type Wire, WireError } from './wire.ts';
import { layoutsOf, patiently } from './wire-retry.ts';

const DEFAULT_MAX_WAIT_MS = 1_000;

/** Reads all partitions of a topic without a group; see `FollowOptions`. Resolves when it is known where reading begins. */
export async function openFollower(wire: Wire, options: FollowOptions): Promise<Follower> {
  const follower = new TopicFollower(wire, options);
  await follower.begin();
  return follower;
}

class TopicFollower implements Follower {
  readonly caughtUp: Promise<void>;
  readonly #wire: Wire;
  readonly #options: FollowOptions;
  readonly #reader: RecordReader<readonly KafkaRecord[]>;
  readonly #closing = new AbortController();
  readonly #caughtUp = Promise.withResolvers<void>();
  /** Partitions that have not yet reached the end as it was at the start. */
  readonly #behind = new Map<number, number>();

  constructor(wire: Wire, options: FollowOptions) {
    this.#wire = wire;
    this.#options = options;
    this.caughtUp = this.#caughtUp.promise;
    // Whoever does not wait for it is not to be ended by its rejection.
    this.caughtUp.catch(() => undefined);
    this.#reader = new RecordReader(
      wire,
      { maxWaitMs: options.maxWaitMs ?? DEFAULT_MAX_WAIT_MS, minBytes: 1 },
      asRecords,
      {
        deliver: async (batch) => {
          for (const record of batch.records) {
            if (this.#closing.signal.aborted) return;
            await options.onRecord(record);
          }
        },
        progressed: ({ partition }, position) => this.#progress(partition, position),
        stopped: (partition, why) => this.#stopped(partition, why),
      },
    );
  }

  async begin(): Promise<void> {
    try {
      await layoutsOf(this.#wire, [this.#options.topic], { signal: this.#closing.signal });
      const layout = await patiently(() => this.#layout(), 30_000, this.#closing.signal);
      const starts = await this.#offsets(layout, this.#options.from ?? 'earliest');
      const ends = await this.#offsets(layout, 'latest');
      for (const [partition, start] of starts) {
        if (start < (ends.get(partition) ?? 0)) this.#behind.set(partition, ends.get(partition) ?? 0);
        this.#reader.start({ topic: this.#options.topic, partition }, start);
      }
      if (this.#behind.size === 0) this.#caughtUp.resolve();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#reader.close();
    this.#caughtUp.reject(
      new KafkaError('closed', `Closed before ${this.#options.topic} was read to its end`, { retriable: false }),
    );
  }

  async #layout(): Promise<TopicLayout> {
    const layout = (await this.#wire.layout([this.#options.topic])).get(this.#options.topic);
    if (layout === undefined)
      throw new WireError('UNKNOWN_TOPIC_OR_PARTITION', `No such topic: ${this.#options.topic}`);
    for (const [partition, leader] of layout.leaders) {
      if (leader < 0) throw new WireError('LEADER_NOT_AVAILABLE', `${this.#options.topic}/${partition} has no leader`);
    }
    return layout;
  }

  #offsets(layout: TopicLayout, at: 'earliest' | 'latest'): Promise<ReadonlyMap<number, number>> {
    return patiently(() => this.#wire.listOffsets(layout, at), 30_000, this.#closing.signal);
  }

  #progress(partition: number, position: number): void {
    const end = this.#behind.get(partition);
    if (end === undefined || position < end) return;
    this.#behind.delete(partition);
    if (this.#behind.size === 0) this.#caughtUp.resolve();
  }

  #stopped(partition: TopicPartition, why: { readonly code: StopCode; readonly cause: unknown }): void {
    if (this.#closing.signal.aborted) return;
    if (why.code === 'offset-out-of-range') {
      void this.#startOver(partition);
      return;
    }
    this.#caughtUp.reject(why.cause);
    if (this.#options.onFailed !== undefined) this.#options.onFailed(why.cause);
    // A copy that silently stands still is worse than a process that ends and starts anew.
    else
      queueMicrotask(() => {
        throw why.cause;
      });
  }

  /** The topic was made anew, or retention overtook a follower that was away for long: all that is there, from its beginning. */
  async #startOver({ topic, partition }: TopicPartition): Promise<void> {
    process.emitWarning(
      `${topic}/${partition} no longer has the next record: reading it from its beginning`,
      'KafkaFollowWarning',
    );
    try {
      const layout = await patiently(() => this.#layout(), Infinity, this.#closing.signal);
      const ask = (): Promise<ReadonlyMap<number, number>> => this.#wire.listOffsets(layout, 'earliest');
      const start = (await patiently(ask, Infinity, this.#closing.signal)).get(partition);
      if (start !== undefined && !this.#closing.signal.aborted) this.#reader.start({ topic, partition }, start);
    } catch (cause) {
      this.#stopped({ topic, partition }, { code: 'handler', cause });
    }
  }
}
