import type { GroupConsumer, KafkaDriver, TopicPartition } from './driver.ts';

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 5_000;

export interface PartitionRetriesOptions {
  readonly kafka: Pick<KafkaDriver, 'admin'>;
  readonly groupId: string;
  /** Delivers again from `offset`: `GroupConsumer.resume`. */
  readonly resume: GroupConsumer['resume'];
  /** Where to go on could not be asked; it is asked again after `pauseMs`. */
  onFailed(partition: TopicPartition, error: unknown, pauseMs: number): void;
  /** The pause after the first failure; it doubles with each further one. Default 500. */
  readonly firstPauseMs?: number;
  /** Default 5,000. */
  readonly maxPauseMs?: number;
}

interface Retry {
  readonly failures: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * For consumers that keep their place in Kafka: gives partitions that stopped with `handler` another try, for as long as it
 * takes. A partition may stop before anything of it was delivered (its offset could not be resolved, its first batch could not be
 * decoded); then it goes on where an assignment would begin: at the committed offset, or else at the earliest.
 */
export class PartitionRetries {
  readonly #options: PartitionRetriesOptions;
  readonly #retries = new Map<string, Retry>();
  #closed = false;

  constructor(options: PartitionRetriesOptions) {
    this.#options = options;
  }

  /**
   * The partition stopped: plans a try from `offset`, or from the committed place where that is undefined.
   *
   * @param pauseMs instead of the pause that grows: for a stop that is a wait, not a failure
   * @returns how long the try is away, in milliseconds
   */
  again(partition: TopicPartition, offset: number | undefined, pauseMs?: number): number {
    const key = keyOf(partition);
    const before = this.#retries.get(key);
    clearTimeout(before?.timer);
    const { firstPauseMs = FIRST_PAUSE_MS, maxPauseMs = MAX_PAUSE_MS } = this.#options;
    const failures = before?.failures ?? 0;
    const retry: Retry = { failures: pauseMs === undefined ? failures + 1 : failures, timer: undefined };
    const delayMs = pauseMs ?? Math.min(firstPauseMs * 2 ** Math.min(failures, 16), maxPauseMs);
    if (this.#closed) return delayMs;
    this.#retries.set(key, retry);
    retry.timer = setTimeout(() => void this.#try(partition, offset, retry), delayMs);
    return delayMs;
  }

  /** A batch went well: the next failure is a first one. */
  succeeded(partition: TopicPartition): void {
    this.cancel(partition);
  }

  /** The partition was revoked: whoever has it now begins by itself. */
  cancel(partition: TopicPartition): void {
    const key = keyOf(partition);
    clearTimeout(this.#retries.get(key)?.timer);
    this.#retries.delete(key);
  }

  close(): void {
    this.#closed = true;
    for (const { timer } of this.#retries.values()) clearTimeout(timer);
    this.#retries.clear();
  }

  async #try(partition: TopicPartition, offset: number | undefined, retry: Retry): Promise<void> {
    const isCurrent = (): boolean => this.#retries.get(keyOf(partition)) === retry;
    try {
      const from = offset ?? (await this.#committedPlace(partition));
      if (isCurrent()) this.#options.resume(partition, from);
    } catch (error) {
      if (!isCurrent()) return;
      this.#options.onFailed(partition, error, this.again(partition, offset));
    }
  }

  async #committedPlace({ topic, partition }: TopicPartition): Promise<number> {
    const { kafka, groupId } = this.#options;
    const admin = await kafka.admin();
    try {
      const committed = (await admin.committed(groupId, topic)).get(partition);
      const offset = committed ?? (await admin.offsets(topic)).get(partition)?.earliest;
      if (offset === undefined) throw new Error(`Kafka does not know where ${topic}/${partition} begins`);
      return offset;
    } finally {
      await admin.close();
    }
  }
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
