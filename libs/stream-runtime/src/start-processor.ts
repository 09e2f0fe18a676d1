import { randomBytes } from 'node:crypto';
import type { GroupConsumer, KafkaBatch } from '@hermes/connectors/kafka/driver';
import { type Claimant, claimPartition, PartitionLostError, recordsLost } from './claim-partition.ts';
import { DefinitionsFollower } from './definitions-follower.ts';
import { faultPoint } from './fault-point.ts';
import { type Injection, InjectionOutcomeUnknownError } from './injection-queue.ts';
import { OwnerStoppedError } from './owner-stopped.ts';
import type { PartitionOwner } from './partition-owner.ts';
import {
  DEFAULT_LIMITS,
  type ProcessorLimits,
  type ProcessorOptions,
  type RunningProcessor,
} from './processor-options.ts';
import { type RuntimeLogger, stderrLogger } from './runtime-logger.ts';
import { leaseClients, type SharedClients } from './shared-clients.ts';
import { StepRefusedError, StoreUnavailableError } from './state-store.ts';

/** Two steps' worth: what waits beside them is only more for the garbage collector. */
const FETCH_BYTES = 131_072;
const DEFAULT_SESSION_TIMEOUT_MS = 6_000;
const IDLE_CHECK_MS = 250;
const DEFINITIONS_CHECK_MS = 200;
const GROUP_COMMIT_MS = 1_000;
const TOPIC_CHECK_MS = 5_000;
const RELEASE_DRAIN_MS = 300;
const CLOSE_DRAIN_MS = 3_000;

type StopCode = 'fenced' | 'offset-out-of-range' | 'topic-replaced' | 'defect';

/** A partition that the group has given to this process. */
interface Slot<S, D> extends Claimant {
  owner: PartitionOwner<S, D> | undefined;
  /** The driver delivers nothing until it is told to resume. */
  deliveryStopped: boolean;
  recovery: NodeJS.Timeout | undefined;
  failures: number;
  released: boolean;
  /** Stopped for good: only a person can help. */
  lost: boolean;
  committedOffset: number;
}

/**
 * Starts a partition processor: joins the group, and works on each partition that it is given, exactly once.
 * Resolves when the group was joined (partitions come later). What exactness rests on is argued in the README.
 *
 * @throws KafkaError when Kafka cannot be reached or a topic is missing
 */
export async function startProcessor<S, D>(options: ProcessorOptions<S, D>): Promise<RunningProcessor<S, D>> {
  const clients = await leaseClients(options.kafka, options.redisUrl);
  let definitions: DefinitionsFollower<D> | undefined;
  try {
    if (options.definitions !== undefined) {
      definitions = await DefinitionsFollower.open(options.kafka, options.definitions, options.logger);
    }
    const processor = new Processor(options, clients, definitions);
    await processor.start();
    return processor;
  } catch (error) {
    await definitions?.close();
    await clients.release();
    throw error;
  }
}

class Processor<S, D> implements RunningProcessor<S, D> {
  readonly #options: ProcessorOptions<S, D>;
  readonly #limits: ProcessorLimits;
  readonly #clients: SharedClients;
  readonly #definitions: DefinitionsFollower<D> | undefined;
  readonly #log: RuntimeLogger;
  readonly #now: () => number;
  readonly #slots = new Map<number, Slot<S, D>>();
  readonly #timers: NodeJS.Timeout[] = [];
  #consumer: GroupConsumer | undefined;
  #closing = false;
  #idleCheck: Promise<void> | undefined;

  constructor(
    options: ProcessorOptions<S, D>,
    clients: SharedClients,
    definitions: DefinitionsFollower<D> | undefined,
  ) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#clients = clients;
    this.#definitions = definitions;
    this.#log = options.logger ?? stderrLogger;
    this.#now = options.now ?? Date.now;
  }

  async start(): Promise<void> {
    const { inputTopic, groupId } = this.#options;
    this.#consumer = await this.#options.kafka.groupConsumer({
      groupId,
      topics: [inputTopic],
      sessionTimeoutMs: this.#sessionTimeoutMs,
      maxWaitMs: 500,
      maxPartitionBytes: FETCH_BYTES,
      ...(this.#options.gatherMs === undefined ? {} : { gatherMs: this.#options.gatherMs }),
      handlers: {
        onAssigned: ({ partition }) => this.#assigned(partition),
        onBatch: (batch) => this.#batch(batch),
        onRevoked: ({ partition }) => this.#release(partition, RELEASE_DRAIN_MS),
        onStopped: ({ partition }, why) => {
          const slot = this.#slots.get(partition);
          if (slot === undefined || this.#closing || slot.lost) return;
          slot.deliveryStopped = true;
          if (why.code === 'offset-out-of-range') {
            this.#failed(
              slot,
              new PartitionLostError(
                'offset-out-of-range',
                `Kafka no longer has offset ${slot.owner?.offset ?? '?'} of ${inputTopic}/${partition}`,
              ),
            );
          } else if (slot.owner !== undefined && why.cause instanceof OwnerStoppedError) {
            this.#resume(slot);
          } else if (slot.recovery === undefined) {
            this.#failed(slot, why.cause);
          }
        },
      },
    });
    this.#every(IDLE_CHECK_MS, () => this.#checkIdle());
    this.#every(DEFINITIONS_CHECK_MS, () => this.#commitDefinitions());
    this.#every(GROUP_COMMIT_MS, () => this.#commitOffsets());
    this.#every(TOPIC_CHECK_MS, () => this.#checkTopic());
  }

  owned(): readonly number[] {
    return [...this.#slots.values()].filter((slot) => slot.owner !== undefined).map((slot) => slot.partition);
  }

  lag(): number {
    let lag = 0;
    for (const slot of this.#slots.values()) lag += slot.owner?.lag ?? 0;
    return lag;
  }

  async inject(partition: number, injection: Injection<S, D>): Promise<'applied' | 'not-owned'> {
    const slot = this.#slots.get(partition);
    const owner = slot?.owner;
    if (slot === undefined || owner === undefined || this.#closing) return 'not-owned';
    try {
      return await owner.inject(injection);
    } catch (error) {
      if (error instanceof InjectionOutcomeUnknownError && slot.owner === owner) this.#failed(slot, error.cause);
      throw error;
    }
  }

  definitions(): { readonly number: number; readonly value: D } | undefined {
    const number = this.#definitions?.latest ?? 0;
    const value = number === 0 ? undefined : this.#definitions?.get(number);
    return value === undefined ? undefined : { number, value };
  }

  firstSetWith(id: string, version: number): number | undefined {
    return this.#definitions?.firstWith(id, version);
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    for (const timer of this.#timers) clearInterval(timer);
    await this.#idleCheck;
    await Promise.all([...this.#slots.values()].map((slot) => slot.owner?.drain(CLOSE_DRAIN_MS)));
    await this.#commitOffsets();
    // The group is left first, so that another takes over at once; running steps end before that.
    await this.#consumer?.close();
    await Promise.all([...this.#slots.keys()].map((partition) => this.#release(partition, RELEASE_DRAIN_MS)));
    await this.#definitions?.close();
    await this.#clients.release();
  }

  get #sessionTimeoutMs(): number {
    return this.#options.sessionTimeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS;
  }

  async #assigned(partition: number): Promise<number> {
    await this.#release(partition, 0);
    const slot: Slot<S, D> = {
      partition,
      claimant: randomBytes(9).toString('base64url'),
      owner: undefined,
      epoch: undefined,
      deliveryStopped: false,
      recovery: undefined,
      failures: 0,
      released: false,
      lost: false,
      committedOffset: -1,
    };
    this.#slots.set(partition, slot);
    return (await this.#open(slot)).offset;
  }

  async #batch(batch: KafkaBatch): Promise<void> {
    const slot = this.#slots.get(batch.partition);
    const owner = slot?.owner;
    if (slot === undefined || owner === undefined || this.#closing) throw new OwnerStoppedError();
    if (batch.records[0]!.offset > owner.offset) await this.#checkGap(owner.partition, owner.offset);
    await owner.process(batch.records, batch.highWatermark);
    slot.failures = 0;
  }

  /** Offsets are not dense in a log with transactions; a gap is a loss only when the log begins after it. */
  async #checkGap(partition: number, offset: number): Promise<void> {
    const { inputTopic } = this.#options;
    const earliest = (await this.#clients.admin.offsets(inputTopic)).get(partition)?.earliest ?? 0;
    if (earliest > offset) throw recordsLost(inputTopic, partition, offset, earliest);
  }

  /** Claims the partition and makes its owner. */
  async #open(slot: Slot<S, D>): Promise<PartitionOwner<S, D>> {
    const owner = await claimPartition(
      {
        options: this.#options,
        limits: this.#limits,
        clients: this.#clients,
        definitions: this.#definitions,
        log: this.#log,
        now: this.#now,
        wanted: () => !slot.released && !this.#closing,
      },
      slot,
    );
    if (slot.released || this.#closing) {
      owner.stop();
      throw new OwnerStoppedError();
    }
    slot.owner = owner;
    this.#options.observer?.onClaimed?.({ partition: slot.partition });
    return owner;
  }

  /** Ends the owner, tells why, and plans another try where one helps. */
  #failed(slot: Slot<S, D>, error: unknown): void {
    slot.owner?.stop();
    slot.owner = undefined;
    if (slot.released || this.#closing || slot.recovery !== undefined) return;
    slot.failures += 1;
    const message = error instanceof Error ? error.message : String(error);
    const told = { err: error, job: this.#options.job, project: this.#options.project, partition: slot.partition };
    const stop = (code: StopCode): void =>
      this.#options.observer?.onStopped?.({ partition: slot.partition, code, message });
    if (error instanceof PartitionLostError || (error instanceof StepRefusedError && error.why === 'topic')) {
      const code = error instanceof PartitionLostError ? error.code : 'topic-replaced';
      this.#log.error(told, `the partition stopped: ${message}`);
      slot.lost = true;
      stop(code);
      return;
    }
    if (error instanceof StepRefusedError && error.why === 'epoch') {
      // The group decides who owns it. Whoever still has it from the group after a whole session takes it back.
      this.#log.warn(told, 'a newer owner has the partition');
      slot.epoch = undefined;
      stop('fenced');
      this.#recover(slot, this.#sessionTimeoutMs + 500);
      return;
    }
    if (
      error instanceof StoreUnavailableError ||
      error instanceof StepRefusedError ||
      error instanceof OwnerStoppedError
    ) {
      if (slot.failures === 3) this.#log.warn(told, 'the state store cannot be reached; trying on');
      this.#recover(slot, Math.min(25 * 2 ** Math.min(slot.failures, 6), 1_000));
      return;
    }
    this.#log.error(told, `the partition stopped and will be tried again: ${message}`);
    stop('defect');
    this.#recover(slot, Math.min(500 * 2 ** Math.min(slot.failures, 6), 30_000));
  }

  #recover(slot: Slot<S, D>, delayMs: number): void {
    slot.recovery = setTimeout(() => {
      void this.#open(slot).then(
        () => {
          slot.recovery = undefined;
          if (slot.deliveryStopped) this.#resume(slot);
        },
        (error: unknown) => {
          slot.recovery = undefined;
          this.#failed(slot, error);
        },
      );
    }, delayMs);
  }

  #resume(slot: Slot<S, D>): void {
    slot.deliveryStopped = false;
    this.#consumer?.resume({ topic: this.#options.inputTopic, partition: slot.partition }, slot.owner!.offset);
  }

  async #release(partition: number, drainMs: number): Promise<void> {
    const slot = this.#slots.get(partition);
    if (slot === undefined) return;
    this.#slots.delete(partition);
    slot.released = true;
    clearTimeout(slot.recovery);
    this.#options.observer?.onReleased?.({ partition });
    const { owner } = slot;
    if (owner === undefined) return;
    if (drainMs > 0) await owner.drain(drainMs);
    owner.stop();
  }

  #every(everyMs: number, work: () => Promise<void>): void {
    let running = false;
    this.#timers.push(
      setInterval(() => {
        if (running || this.#closing) return;
        running = true;
        void work()
          .catch(() => undefined)
          .finally(() => {
            running = false;
          });
      }, everyMs),
    );
  }

  /** Lets the clocks of idle partitions follow wall time, when a timer waits for that. */
  async #checkIdle(): Promise<void> {
    const waiting = [...this.#slots.values()].filter((slot) => slot.owner?.waitsForClock === true);
    if (waiting.length === 0) return;
    const askedAtMs = this.#now();
    const ends = await this.#clients.admin.offsets(this.#options.inputTopic);
    this.#idleCheck = Promise.all(
      waiting.map(async (slot) => {
        const { owner } = slot;
        const end = ends.get(slot.partition)?.latest;
        if (owner === undefined || end === undefined) return;
        try {
          await owner.followWallTime(askedAtMs, end);
        } catch (error) {
          if (slot.owner === owner) this.#failed(slot, error);
        }
      }),
    ).then(() => undefined);
    await this.#idleCheck;
  }

  /** Lets idle partitions tell their state of a newer definition set: whoever counts from its offset on waits for that. */
  async #commitDefinitions(): Promise<void> {
    const waiting = [...this.#slots.values()].filter((slot) => slot.owner?.waitsForDefinitions === true);
    await Promise.all(
      waiting.map(async (slot) => {
        const { owner } = slot;
        try {
          await owner?.commitDefinitions();
        } catch (error) {
          if (slot.owner === owner) this.#failed(slot, error);
        }
      }),
    );
  }

  /** For those who look at the group's lag; the processor itself never reads these. */
  async #commitOffsets(): Promise<void> {
    const due = [...this.#slots.values()].filter(
      (slot) => slot.owner !== undefined && slot.owner.offset !== slot.committedOffset,
    );
    if (due.length === 0 || this.#consumer === undefined) return;
    const offsets = due.map((slot) => ({
      topic: this.#options.inputTopic,
      partition: slot.partition,
      offset: slot.owner!.offset,
    }));
    faultPoint('before-group-commit');
    try {
      await this.#consumer.commit(offsets);
      for (const [index, slot] of due.entries()) slot.committedOffset = offsets[index]!.offset;
    } catch (err) {
      this.#log.info({ err }, 'offsets were not committed; the next time will do');
    }
    faultPoint('after-group-commit');
  }

  /** A topic that was deleted and made anew while the processor runs: its offsets mean something else. */
  async #checkTopic(): Promise<void> {
    if (this.#slots.size === 0) return;
    const topic = await this.#clients.admin.describeTopic(this.#options.inputTopic);
    if (topic === undefined) return;
    for (const slot of this.#slots.values()) {
      if (slot.owner !== undefined && slot.owner.topicId !== topic.topicId) {
        this.#failed(
          slot,
          new PartitionLostError('topic-replaced', `the topic ${this.#options.inputTopic} was deleted and made anew`),
        );
      }
    }
  }
}
