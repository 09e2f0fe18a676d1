import { partitionOfKey } from './key-partition.ts';
import { KafkaError, type KafkaMessage, type KafkaProducer, type ProducedAt } from './driver.ts';
import { sizeOf, toProduceMessage } from './produce-message.ts';
import {
  type ProducedPartition,
  type ProduceMessage,
  type ProducerIdentity,
  type TopicLayout,
  type Wire,
  WireError,
  type WireProducer,
} from './wire.ts';
import { asKafkaError, backOffMs, isPassingCode, layoutsOf, patiently, pause } from './wire-retry.ts';

export interface ProducerLimits {
  /** How long a send may take, with all its repeats, before it rejects with a retriable KafkaError. */
  readonly deliveryTimeoutMs: number;
  /** Bytes of one batch; a single larger message travels alone and the broker decides. */
  readonly maxBatchBytes: number;
}

const DEFAULT_LIMITS: ProducerLimits = { deliveryTimeoutMs: 30_000, maxBatchBytes: 500_000 };

interface Pending {
  readonly message: ProduceMessage;
  /** The call of `send` that it came with. */
  readonly call: object;
  readonly bytes: number;
  readonly sentMs: number;
  readonly done: (baseOffset: number) => void;
  readonly failed: (error: KafkaError) => void;
}

/** One partition's queue. Exactly one batch of it is under way, so a repeat can neither overtake nor be overtaken. */
interface Lane {
  readonly topic: string;
  readonly partition: number;
  readonly waiting: Pending[];
  batch: Pending[] | undefined;
  identity: ProducerIdentity | undefined;
  sequence: number;
  failures: number;
  notBeforeMs: number;
  /** Largest number of messages in the next batch: shrinks when the broker found a batch too large. */
  maxMessages: number;
}

/**
 * Writes to Kafka. A message leaves at once when nothing of its partition is under way; what arrives meanwhile leaves together
 * with the answer: no added wait when quiet, large batches under load. Idempotent by producer id and sequence: a batch without
 * an answer is sent again as it was until the time limit. After that limit nobody knows whether it was written, and the
 * partition goes on under a new producer id.
 */
export class BatchingProducer implements KafkaProducer {
  readonly #wire: Wire;
  readonly #producer: WireProducer;
  readonly #idempotent: boolean;
  readonly #limits: ProducerLimits;
  readonly #lanes = new Map<string, Lane>();
  readonly #layouts = new Map<string, TopicLayout>();
  readonly #asking = new Map<string, Promise<TopicLayout>>();
  readonly #closing = new AbortController();
  #pumping = false;
  #identity: Promise<ProducerIdentity> | undefined;
  #idle = Promise.withResolvers<void>();

  constructor(wire: Wire, idempotent: boolean, limits: Partial<ProducerLimits> = {}) {
    this.#wire = wire;
    this.#idempotent = idempotent;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#producer = wire.openProducer(Math.min(10_000, this.#limits.deliveryTimeoutMs));
  }

  async send(messages: readonly KafkaMessage[]): Promise<readonly ProducedAt[]> {
    if (this.#closed) throw closedError();
    const unknown = new Set(messages.map((message) => message.topic).filter((topic) => !this.#layouts.has(topic)));
    if (unknown.size > 0) await Promise.all([...unknown].map((topic) => this.#learn(topic)));
    if (this.#closed) throw closedError();
    const now = performance.now();
    const call = {};
    const landed = messages.map((message) => {
      const partition = message.partition ?? this.#partitionOf(message);
      const pending = Promise.withResolvers<number>();
      const produce = toProduceMessage(message);
      this.#lane(message.topic, partition).waiting.push({
        message: produce,
        call,
        bytes: sizeOf(produce),
        sentMs: now,
        done: pending.resolve,
        failed: pending.reject,
      });
      return pending.promise.then((offset): ProducedAt => ({ topic: message.topic, partition, offset }));
    });
    this.#pump();
    const results = await Promise.allSettled(landed);
    return results.map((result) => {
      if (result.status === 'rejected') throw asKafkaError(result.reason);
      return result.value;
    });
  }

  /** Lets what was sent land (or fail), then ends. */
  async close(): Promise<void> {
    this.#closing.abort();
    while (this.#busy()) {
      this.#idle = Promise.withResolvers<void>();
      await this.#idle.promise;
    }
    await this.#producer.close();
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  #busy(): boolean {
    return [...this.#lanes.values()].some((lane) => lane.batch !== undefined || lane.waiting.length > 0);
  }

  #learn(topic: string): Promise<TopicLayout> {
    const asking = this.#asking.get(topic) ?? this.#ask(topic).finally(() => this.#asking.delete(topic));
    this.#asking.set(topic, asking);
    return asking;
  }

  async #ask(topic: string): Promise<TopicLayout> {
    const layouts = await layoutsOf(this.#wire, [topic], { withinMs: this.#limits.deliveryTimeoutMs });
    const layout = layouts.get(topic);
    if (layout === undefined) throw new KafkaError('unknown-topic', `No such topic: ${topic}`, { retriable: true });
    this.#layouts.set(topic, layout);
    return layout;
  }

  #partitionOf(message: KafkaMessage): number {
    const count = this.#layouts.get(message.topic)?.leaders.size ?? 1;
    return message.key === null ? Math.floor(Math.random() * count) : partitionOfKey(message.key, count);
  }

  #lane(topic: string, partition: number): Lane {
    const key = `${topic}/${partition}`;
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane: Lane = {
      topic,
      partition,
      waiting: [],
      batch: undefined,
      identity: undefined,
      sequence: 0,
      failures: 0,
      notBeforeMs: 0,
      maxMessages: Infinity,
    };
    this.#lanes.set(key, lane);
    return lane;
  }

  /** Sends what can be sent, after this turn of the event loop: calls made together travel together. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      const ready = [...this.#lanes.values()].filter((lane) => lane.batch === undefined && lane.waiting.length > 0);
      if (ready.length > 0) void this.#dispatch(ready);
      else if (!this.#busy()) this.#idle.resolve();
    });
  }

  async #dispatch(lanes: readonly Lane[]): Promise<void> {
    for (const lane of lanes) lane.batch = this.#take(lane);
    await this.#sendUntilSettled(lanes);
  }

  #take(lane: Lane): Pending[] {
    let bytes = 0;
    let count = 0;
    for (const pending of lane.waiting) {
      bytes += pending.bytes;
      if (count > 0 && (bytes > this.#limits.maxBatchBytes || count >= lane.maxMessages)) break;
      count++;
    }
    return lane.waiting.splice(0, count);
  }

  async #sendUntilSettled(lanes: readonly Lane[]): Promise<void> {
    if (this.#idempotent) {
      const without = lanes.filter((lane) => lane.identity === undefined);
      if (without.length > 0) {
        try {
          const identity = await this.#freshIdentity();
          for (const lane of without) Object.assign(lane, { identity, sequence: 0 });
        } catch (error) {
          for (const lane of without) this.#fail(lane, asKafkaError(error));
        }
      }
    }
    const groups = Map.groupBy(
      lanes.filter((lane) => lane.batch !== undefined),
      (lane) => `${this.#layouts.get(lane.topic)?.leaders.get(lane.partition) ?? -1}/${lane.identity?.id ?? ''}`,
    );
    await Promise.all([...groups].map(([key, group]) => this.#request(Number.parseInt(key, 10), group)));
    this.#pump();
  }

  /** A new producer id per process is enough; one more is asked for after a batch whose fate is unknown. */
  #freshIdentity(): Promise<ProducerIdentity> {
    this.#identity ??= patiently(() => this.#producer.identity(), this.#limits.deliveryTimeoutMs).catch(
      (error: unknown) => {
        this.#identity = undefined;
        throw error;
      },
    );
    return this.#identity;
  }

  async #request(nodeId: number, lanes: readonly Lane[]): Promise<void> {
    const batches = lanes.map((lane) => ({
      topic: lane.topic,
      partition: lane.partition,
      sequence: lane.sequence,
      messages: (lane.batch ?? []).map((pending) => pending.message),
    }));
    let answers: readonly ProducedPartition[] = [];
    let failure: unknown;
    try {
      if (nodeId < 0) throw new WireError('LEADER_NOT_AVAILABLE', 'The partition has no leader at present');
      answers = await this.#producer.produce(nodeId, lanes[0]?.identity, batches);
    } catch (error) {
      failure = error;
    }
    const again: Lane[] = [];
    for (const lane of lanes) {
      const answer = answers.find((one) => one.topic === lane.topic && one.partition === lane.partition);
      const code =
        failure === undefined
          ? answer === undefined
            ? 'NETWORK'
            : answer.error
          : failure instanceof WireError
            ? failure.code
            : 'DEFECT';
      if (code === undefined || code === 'DUPLICATE_SEQUENCE_NUMBER') this.#landed(lane, answer?.baseOffset ?? -1);
      else if (this.#mayRepeat(lane, code)) again.push(lane);
      else this.#fail(lane, this.#refusal(lane, code, answer?.errorDetail, failure));
    }
    if (again.length > 0) await this.#repeat(again);
  }

  #landed(lane: Lane, baseOffset: number): void {
    const batch = lane.batch ?? [];
    lane.batch = undefined;
    lane.failures = 0;
    lane.sequence = (lane.sequence + batch.length) & 0x7fffffff;
    if (batch.length === lane.maxMessages) lane.maxMessages = Infinity;
    batch.forEach((pending, at) => pending.done(baseOffset < 0 ? -1 : baseOffset + at));
    this.#pump();
  }

  /** Prepares the repeat of a batch, or says that there is none. */
  #mayRepeat(lane: Lane, code: string): boolean {
    const batch = lane.batch ?? [];
    const oldest = batch[0]?.sentMs ?? 0;
    if (performance.now() - oldest > this.#limits.deliveryTimeoutMs) return false;
    if (code === 'MESSAGE_TOO_LARGE' || code === 'RECORD_LIST_TOO_LARGE') {
      if (batch.length <= 1) return false;
      // Nothing was written: the halves take the sequence numbers of the whole.
      lane.maxMessages = Math.ceil(batch.length / 2);
      lane.waiting.unshift(...batch.splice(lane.maxMessages));
      return true;
    }
    if (
      code === 'OUT_OF_ORDER_SEQUENCE_NUMBER' ||
      code === 'UNKNOWN_PRODUCER_ID' ||
      code === 'INVALID_PRODUCER_EPOCH'
    ) {
      // The broker has forgotten this producer: under a new id the batch is the first one.
      this.#forgetIdentity(lane);
      lane.failures++;
      return lane.failures <= 5;
    }
    if (code !== 'UNKNOWN_TOPIC_OR_PARTITION' && !isPassingCode(code)) return false;
    // A topic that was just made is unknown to some brokers for a moment; one that stays unknown was deleted.
    if (code === 'UNKNOWN_TOPIC_OR_PARTITION' && performance.now() - oldest > 5_000) return false;
    lane.failures++;
    return true;
  }

  async #repeat(lanes: readonly Lane[]): Promise<void> {
    const failures = Math.max(...lanes.map((lane) => lane.failures));
    if (failures > 0) {
      await pause(backOffMs(failures));
      const topics = [...new Set(lanes.map((lane) => lane.topic))];
      try {
        for (const [topic, layout] of await this.#wire.layout(topics)) this.#layouts.set(topic, layout);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
      }
    }
    await this.#sendUntilSettled(lanes);
  }

  #fail(lane: Lane, error: KafkaError): void {
    const batch = lane.batch ?? [];
    lane.batch = undefined;
    lane.failures = 0;
    lane.maxMessages = Infinity;
    // Whether the broker has these sequence numbers is unknown (or it refused them): start afresh.
    this.#forgetIdentity(lane);
    if (error.code === 'unknown-topic') this.#layouts.delete(lane.topic);
    // What a call has still waiting here fails with it: written now, it would stand before what failed when the caller repeats.
    const calls = new Set(batch.map((pending) => pending.call));
    const rest = lane.waiting.filter((pending) => calls.has(pending.call));
    lane.waiting.splice(0, lane.waiting.length, ...lane.waiting.filter((pending) => !calls.has(pending.call)));
    for (const pending of [...batch, ...rest]) pending.failed(error);
    this.#pump();
  }

  #forgetIdentity(lane: Lane): void {
    lane.identity = undefined;
    this.#identity = undefined;
  }

  #refusal(lane: Lane, code: string, detail: string | undefined, cause: unknown): KafkaError {
    if (code === 'DEFECT') return asKafkaError(cause);
    const where = `${lane.topic}/${lane.partition}`;
    return asKafkaError(new WireError(code, `${where} did not take a batch: ${detail ?? code}`, { cause }));
  }
}

const closedError = (): KafkaError => new KafkaError('closed', 'The producer was closed', { retriable: false });
