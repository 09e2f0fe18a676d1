import type { KafkaProducer, KafkaRecord } from '@hermes/connectors/kafka/driver';
import type { DefinitionsFollower } from './definitions-follower.ts';
import { DefinitionsInForce } from './definitions-in-force.ts';
import { faultPoint } from './fault-point.ts';
import { HotState } from './hot-state.ts';
import { type Injection, InjectionQueue } from './injection-queue.ts';
import { OutboxBook } from './outbox-book.ts';
import { decodeOutboxMessage } from './outbox-entry.ts';
import { OutboxSender } from './outbox-sender.ts';
import { OutboxTrimmer } from './outbox-trimmer.ts';
import { OwnerStoppedError } from './owner-stopped.ts';
import { clockAfterRecord, clockWhenIdle, IDLE_CLOCK_DELAY_MS, isDue } from './partition-clock.ts';
import type { Answers, ProcessorLimits, ProcessorOptions } from './processor-options.ts';
import type { RuntimeLogger } from './runtime-logger.ts';
import type { PartitionKeys } from './state-keys.ts';
import type { ClaimedState, StateStore } from './state-store.ts';
import type { SealedStep } from './sealed-step.ts';
import { changesOf, monotonicMs, type PartitionMirror } from './state-mirror.ts';
import { StepBuilder } from './step-builder.ts';
import { type ItemKeys, StepPlanner } from './step-planner.ts';
import { reportStep } from './step-report.ts';
import { TimerBook } from './timer-book.ts';
import { Turns } from './turns.ts';

export interface OwnerParts<S, D> {
  readonly options: ProcessorOptions<S, D>;
  readonly limits: ProcessorLimits;
  readonly partition: number;
  readonly keys: PartitionKeys;
  readonly topicId: string;
  readonly store: StateStore;
  readonly producer: KafkaProducer;
  readonly definitions: DefinitionsFollower<D> | undefined;
  readonly log: RuntimeLogger;
  readonly now: () => number;
}

/**
 * One partition between a claim and the loss of it: evaluates records in steps, commits each step before it begins the next,
 * and sends what was committed. Any error ends it: whoever goes on does so from a new claim.
 */
export class PartitionOwner<S, D> {
  readonly partition: number;
  readonly epoch: number;
  readonly #parts: OwnerParts<S, D>;
  readonly #hot: HotState<S>;
  readonly #timers = new TimerBook();
  readonly #book: OutboxBook;
  readonly #sender: OutboxSender;
  readonly #planner: StepPlanner<S, D>;
  readonly #builder: StepBuilder<S, D>;
  readonly #origins: Map<string, number>;
  readonly #injections: InjectionQueue<S, D>;
  readonly #trimmer: OutboxTrimmer;
  readonly #definitions: DefinitionsInForce<S, D>;
  readonly #mirror: PartitionMirror | undefined;
  readonly #turns = new Turns(() => {
    if (this.#stopped) throw new OwnerStoppedError();
  });
  #offset: number;
  #firstStep: boolean;
  #clockMs: number;
  #sequence: number;
  #highWatermark = 0;
  #stopped = false;

  private constructor(
    parts: OwnerParts<S, D>,
    claimed: ClaimedState,
    startOffset: number,
    definitions: D,
    definitionsVersion: number,
  ) {
    const { options, limits } = parts;
    this.#parts = parts;
    this.partition = parts.partition;
    this.epoch = claimed.epoch;
    this.#offset = startOffset;
    this.#firstStep = claimed.offset === undefined;
    this.#clockMs = claimed.clockMs;
    this.#sequence = claimed.sequence;
    this.#origins = claimed.origins;
    this.#definitions = new DefinitionsInForce(options, parts.definitions, {
      value: definitions,
      number: definitionsVersion,
      committed: claimed.definitionsVersion,
    });
    this.#hot = new HotState(options.codec, limits.maxHotKeys, limits.maxHotBytes);
    this.#mirror = options.mirror?.open(parts.keys.statePrefix);
    this.#timers.load(claimed.timers, claimed.timersTotal);
    this.#book = new OutboxBook(claimed.sequence - claimed.outboxLength);
    this.#sender = new OutboxSender(this.#book, parts.producer, parts.log, (messages) => {
      options.observer?.onSent?.({ partition: this.partition, count: messages.length });
      this.#trimmer.later();
    });
    this.#trimmer = new OutboxTrimmer(
      this.#book,
      () => !this.#turns.idle,
      (acknowledged) => parts.store.trim(parts.keys, this.epoch, acknowledged),
    );
    this.#injections = new InjectionQueue(limits.maxKeysPerStep, {
      alone: (work) => this.#turns.alone(work),
      ready: () => this.#ready(),
      step: (injection) => this.#stepOfInjection(injection),
      stop: () => this.stop(),
    });
    this.#planner = new StepPlanner(options.logic, this.#timers, limits, () => ({
      project: options.project,
      partition: parts.partition,
      partitions: options.partitions,
      definitions: this.#definitions.value,
      definitionsVersion: this.#definitions.number,
      definitionsOf: this.#definitions.of,
    }));
    this.#builder = new StepBuilder<S, D>({
      project: options.project,
      partition: parts.partition,
      partitions: options.partitions,
      deadLetterTopic: options.deadLetterTopic,
      origin: `${options.job}/${options.project}/${parts.partition}/${claimed.incarnation}`,
      logic: options.logic,
      hot: this.#hot,
      timers: this.#timers,
      maxKeys: limits.maxKeysPerStep,
      maxBytes: limits.maxBytesPerStep,
    });
  }

  /** An owner from a claim; what is left in the outbox is on its way when this resolves. */
  static async from<S, D>(
    parts: OwnerParts<S, D>,
    claimed: ClaimedState,
    startOffset: number,
    definitions: D,
    definitionsVersion: number,
  ): Promise<PartitionOwner<S, D>> {
    const owner = new PartitionOwner(parts, claimed, startOffset, definitions, definitionsVersion);
    let entries = claimed.outbox;
    for (;;) {
      let last = claimed.sequence;
      for (const bytes of entries) {
        const message = decodeOutboxMessage(bytes);
        owner.#book.committed(message, bytes.length);
        last = message.sequence;
      }
      if (last >= claimed.sequence) break;
      entries = await parts.store.outbox(parts.keys, claimed.epoch, last + 1);
      if (entries.length === 0) throw new Error(`the outbox ends at ${last}, the state says ${claimed.sequence}`);
    }
    owner.#sender.kick();
    return owner;
  }

  /** The next offset to process. */
  get offset(): number {
    return this.#offset;
  }

  get topicId(): string {
    return this.#parts.topicId;
  }

  get lag(): number {
    return Math.max(0, this.#highWatermark - this.#offset);
  }

  /** True when a timer waits only for the clock to follow wall time. */
  get waitsForClock(): boolean {
    if (this.#stopped || !this.#turns.idle) return false;
    const soonest = this.#timers.at(0);
    return (
      this.#timers.exhausted || (soonest !== undefined && isDue(soonest.dueMs, this.#parts.now() - IDLE_CLOCK_DELAY_MS))
    );
  }

  /** Evaluates and commits records, step by step. */
  process(records: readonly KafkaRecord[], highWatermark: number): Promise<void> {
    return this.#turns.alone(async () => {
      this.#highWatermark = highWatermark;
      let at = records.findIndex((record) => record.offset >= this.#offset);
      const keys: ItemKeys[] = [];
      let keysVersion = this.#definitions.number;
      while (at >= 0 && at < records.length) {
        await this.#injections.next();
        await this.#definitions.reached(records[at]!);
        await this.#ready();
        if (keysVersion !== this.#definitions.number) {
          keys.length = 0;
          keysVersion = this.#definitions.number;
        }
        at = await this.#stepOver(records, at, keys);
      }
    });
  }

  /** Lets the clock of an idle partition follow wall time, and fires what is due. `endOffset` is the answer to a question asked at `askedAtMs`. */
  followWallTime(askedAtMs: number, endOffset: number): Promise<void> {
    return this.#turns.alone(async () => {
      const clockMs = clockWhenIdle(this.#clockMs, this.#offset, endOffset, askedAtMs);
      while (clockMs > this.#clockMs && !this.#stopped) {
        await this.#injections.next();
        await this.#ready();
        await this.#loadTimers();
        const startedAt = performance.now();
        const wallMs = this.#parts.now();
        const { keys, timers } = this.#planner.planTimers(clockMs);
        await this.#loadKeys(keys, wallMs);
        this.#begin(wallMs);
        let fired = 0;
        while (fired < timers && this.#fireNext(clockMs) === 'fired') fired += 1;
        if (this.#builder.items === 0) {
          this.#clockMs = clockMs;
          return;
        }
        faultPoint('before-timer-step');
        await this.#commit([], startedAt);
        faultPoint('after-timer-step');
      }
    });
  }

  /** True when no step of this idle partition has told the state yet that a newer definition set is in force. */
  get waitsForDefinitions(): boolean {
    return !this.#stopped && this.#turns.idle && this.#definitions.due;
  }

  /** Commits a step without a record, so that the state names the newest definition set and the offset from which on it is in force. */
  commitDefinitions(): Promise<void> {
    return this.#turns.alone(async () => {
      await this.#ready();
      if (!this.#definitions.switched) return;
      const startedAt = performance.now();
      this.#begin(this.#parts.now());
      faultPoint('before-definitions-step');
      await this.#commit([], startedAt);
      faultPoint('after-definitions-step');
    });
  }

  /**
   * Applies an injection in a step of its own, which moves no offset. Injections and steps of records take turns one by one.
   *
   * @returns `not-owned` when this owner was stopped before it began
   * @throws InjectionOutcomeUnknownError - the owner has stopped, and a new claim is due; otherwise what `apply` threw: nothing was changed
   */
  inject(injection: Injection<S, D>): Promise<'applied' | 'not-owned'> {
    return this.#injections.add(injection);
  }

  /** Evaluates nothing and sends nothing from here on; a step or a chunk under way may still end. */
  stop(): void {
    this.#stopped = true;
    this.#mirror?.close();
    this.#injections.close();
    this.#sender.stop();
    this.#trimmer.stop();
  }

  /** Waits until everything committed was acknowledged, for a limited time, and trims the outbox. */
  async drain(timeoutMs: number): Promise<void> {
    this.#sender.kick();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      this.#sender.room(1),
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      }),
    ]);
    clearTimeout(timer);
    await this.#trimmer.now().catch(() => undefined);
  }

  /** What must hold before each step. */
  async #ready(): Promise<void> {
    await this.#sender.room(this.#parts.limits.maxOutboxEntries);
    if (this.#stopped) throw new OwnerStoppedError();
    this.#definitions.switch();
  }

  async #stepOfInjection(injection: Injection<S, D>): Promise<{ readonly thrown: unknown } | undefined> {
    const startedAt = performance.now();
    const wallMs = this.#parts.now();
    await this.#loadKeys(new Set(injection.keys), wallMs);
    this.#begin(wallMs);
    try {
      this.#builder.addInjection(injection.keys, (context) => injection.apply(context, this.#offset));
    } catch (thrown) {
      return { thrown };
    }
    faultPoint('before-injection-step');
    await this.#commit([], startedAt);
    faultPoint('after-injection-step');
    return undefined;
  }

  /** One step from `records[at]` on; answers the index of the first record that is not part of it. */
  async #stepOver(records: readonly KafkaRecord[], at: number, keys: ItemKeys[]): Promise<number> {
    const startedAt = performance.now();
    const wallMs = this.#parts.now();
    await this.#loadTimers();
    const plan = this.#planner.plan(records, at, keys, this.#clockMs, wallMs);
    const questions = this.#planner.questions(records, at, plan.end);
    const answers = questions.length === 0 ? undefined : await this.#parts.options.ask?.(questions);
    await this.#loadKeys(plan.keys, wallMs);
    this.#begin(wallMs, answers);
    let next = at;
    filling: while (next <= plan.end && next < records.length) {
      const record = records[next]!;
      const clockMs = clockAfterRecord(this.#builder.clockMs, record.timestampMs, wallMs);
      for (;;) {
        const fired = this.#fireNext(clockMs);
        if (fired === 'cut') break filling;
        if (fired === 'none') break;
      }
      if (next === plan.end || !this.#builder.addRecord(record, keys[next]!)) break;
      next += 1;
    }
    if (this.#builder.items === 0)
      throw new Error(`nothing of the partition fits into a step at offset ${this.#offset}`);
    await this.#commit(records.slice(at, next), startedAt);
    return next;
  }

  /** Fires the soonest timer when it is due. `cut`: it is due, but belongs into the next step. */
  #fireNext(clockMs: number): 'fired' | 'none' | 'cut' {
    if (this.#timers.exhausted) return this.#builder.items > 0 ? 'cut' : 'none';
    const timer = this.#timers.at(0);
    if (timer === undefined || !isDue(timer.dueMs, clockMs)) return 'none';
    const keys = this.#planner.keysOfTimer(timer);
    if (!(keys instanceof Error) && keys.some((key) => this.#hot.entry(key) === undefined)) return 'cut';
    return this.#builder.addTimer(timer, keys) ? 'fired' : 'cut';
  }

  async #loadTimers(): Promise<void> {
    if (!this.#timers.exhausted) return;
    const { timers, total } = await this.#parts.store.timers(this.#parts.keys, this.epoch);
    this.#timers.load(timers, total);
  }

  async #loadKeys(keys: ReadonlySet<string>, wallMs: number): Promise<void> {
    const misses: string[] = [];
    for (const key of keys) if (this.#hot.touch(key, wallMs) === undefined) misses.push(key);
    if (misses.length === 0) return;
    faultPoint('before-load');
    const loaded = await this.#parts.store.load(this.#parts.keys, this.epoch, misses);
    for (const [index, key] of misses.entries()) {
      const { bytes, ttlMs } = loaded[index]!;
      this.#hot.loaded(key, bytes, ttlMs === undefined ? Number.POSITIVE_INFINITY : wallMs + ttlMs);
    }
    faultPoint('after-load');
  }

  #begin(wallMs: number, answers?: Answers): void {
    this.#builder.begin({
      answers,
      ...this.#definitions.view,
      offset: this.#offset,
      clockMs: this.#clockMs,
      wallMs,
      sequence: this.#sequence,
      origins: this.#origins,
    });
  }

  async #commit(records: readonly KafkaRecord[], startedAt: number): Promise<void> {
    const { store, keys, topicId, options, log } = this.#parts;
    const step = this.#builder.seal();
    const acknowledged = this.#book.trimmable;
    const sentAtMs = monotonicMs();
    faultPoint('before-step');
    await store.step(keys, this.epoch, topicId, this.#firstStep, acknowledged, step, () =>
      faultPoint('after-step-issued'),
    );
    faultPoint('after-step-before-send');
    if (!this.#stopped) this.#mirror?.committed(sentAtMs, changesOf(step, this.#hot));
    this.#apply(step, acknowledged);
    reportStep(options, log, {
      partition: this.partition,
      step,
      records,
      committedAtMs: this.#parts.now(),
      durationMs: performance.now() - startedAt,
    });
  }

  #apply(step: SealedStep, acknowledged: number): void {
    this.#book.trimmedTo(acknowledged);
    this.#firstStep = false;
    this.#definitions.committed(step.definitionsVersion);
    this.#offset = step.nextOffset;
    this.#clockMs = step.clockMs;
    this.#sequence += step.outputs.length;
    for (const [origin, sequence] of step.origins) this.#origins.set(origin, sequence);
    for (const { message, bytes } of step.outputs) this.#book.committed(message, bytes.length);
    this.#sender.kick();
    this.#hot.shrink();
    this.#timers.shrink();
  }
}
