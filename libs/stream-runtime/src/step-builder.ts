import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { OUTBOX_HEADERS } from '@hermes/contracts/event';
import { isRepeat, outboxPlaceOf } from '@hermes/contracts/outbox-place';
import { murmur2 } from '@hermes/contracts/partitioning';
import { deadLetterOfRecord, deadLetterOfTimer, MAX_OUTPUT_BYTES, type UnsentMessage } from './dead-letter.ts';
import type { HotBytes } from './hot-state.ts';
import type { DeadLetterReason, OutputMessage, StepContext, Timer } from './logic.ts';
import { encodeOutboxMessage, type OutboxMessage } from './outbox-entry.ts';
import { clockAfterRecord } from './partition-clock.ts';
import { type SealedStep, type StateWrite, writeAfterAppend } from './sealed-step.ts';
import type { StepSetting, StepStart } from './step-setting.ts';
import { lengthOf, OUTPUT_BYTES, timerBytes, writeBytes } from './step-size.ts';
import { StoppingError } from './stopping-error.ts';

/**
 * Evaluates records and timers one after another, and gathers what they change into one step. No I/O, no clock.
 *
 * Everything that an item (a record or a timer) did can be undone, at once and exactly: when it does not fit into the step any
 * more, when it is dead-lettered, and when the logic throws.
 */
export class StepBuilder<S, D> implements StepContext<S, D> {
  readonly project: string;
  readonly partition: number;
  readonly partitions: number;
  readonly #setting: StepSetting<S, D>;
  #start!: StepStart<D>;

  // The step so far.
  #writes = new Map<string, StateWrite>();
  #outputs: UnsentMessage[] = [];
  #timers = new Map<string, Timer | null>();
  #origins = new Map<string, number>();
  #deadLetters: { code: string; reason: string; from: string; cause: unknown }[] = [];
  #bytes = 0;
  #items = 0;
  #records = 0;
  #offset = 0;
  #clockMs = 0;

  // The item in hand: what it may touch, and how to undo it.
  #keys: readonly string[] = [];
  #firing: Timer | undefined;
  #dead: DeadLetterReason | undefined;
  // In arrays, as there are few: a Map that is cleared leaves its old table behind with all that it held, and each table keeps the next one
  // alive, until the old generation is collected.
  readonly #sets: { readonly key: string; ttlMs: number | undefined }[] = [];
  readonly #touched: { readonly key: string; readonly saved: HotBytes; readonly write: StateWrite | undefined }[] = [];
  #injecting = false;
  #timerUndo: { id: string; inBook: Timer | undefined; change: Timer | null | undefined }[] = [];
  #outputsBefore = 0;
  #bytesBefore = 0;

  constructor(setting: StepSetting<S, D>) {
    this.#setting = setting;
    this.project = setting.project;
    this.partition = setting.partition;
    this.partitions = setting.partitions;
  }

  /** Opens an empty step. */
  begin(start: StepStart<D>): void {
    this.#start = start;
    this.#writes = new Map();
    this.#outputs = [];
    this.#timers = new Map();
    this.#origins = new Map();
    this.#deadLetters = [];
    this.#bytes = this.#items = this.#records = 0;
    this.#offset = start.offset;
    this.#clockMs = start.clockMs;
  }

  get definitions(): D {
    return this.#start.definitions;
  }
  get definitionsVersion(): number {
    return this.#start.definitionsVersion;
  }
  readonly definitionsOf = (set: number): D | undefined => this.#start.definitionsOf(set);
  get wallMs(): number {
    return this.#start.wallMs;
  }
  get clockMs(): number {
    return this.#clockMs;
  }
  readonly answerTo = (question: string): unknown => this.#start.answers?.get(question);
  get items(): number {
    return this.#items;
  }
  get nextOffset(): number {
    return this.#offset;
  }

  /**
   * Evaluates a record. Its keys, as far as they are needed, are in the hot state.
   *
   * @param keys - what `keysOf` answered, or what it threw
   * @returns false when the step was full: nothing of the record remains, and it belongs into the next step
   */
  addRecord(record: KafkaRecord, keys: readonly string[] | Error): boolean {
    const clockBefore = this.#clockMs;
    const place = outboxPlaceOf(record.headers);
    this.#clockMs = clockAfterRecord(clockBefore, record.timestampMs, this.wallMs);
    if (place === undefined || !isRepeat(place, this.#highestOf(place.origin))) {
      this.#open(keys);
      let cause: unknown;
      const broken = this.#unfit(record);
      if (broken !== undefined) this.#dead = broken;
      else cause = this.#run(keys, () => this.#setting.logic.onRecord(record, this));
      if (this.#dead !== undefined) {
        const { code, reason } = this.#dead;
        this.#push(deadLetterOfRecord(record, this.#dead, this.#setting.deadLetterTopic, this.wallMs));
        this.#deadLetters.push({ code, reason, from: `${record.topic}/${record.partition}/${record.offset}`, cause });
      }
      if (this.#overFull()) {
        if (this.#dead !== undefined) this.#deadLetters.pop();
        this.#undo();
        this.#clockMs = clockBefore;
        return false;
      }
      if (place !== undefined) this.#origins.set(place.origin, place.sequence);
    }
    this.#offset = record.offset + 1;
    this.#items += 1;
    this.#records += 1;
    return true;
  }

  /** Fires a timer; the clock goes to its due instant. Like `addRecord`. */
  addTimer(timer: Timer, keys: readonly string[] | Error): boolean {
    const clockBefore = this.#clockMs;
    this.#clockMs = Math.max(clockBefore, timer.dueMs);
    this.#open(keys);
    this.#firing = timer;
    this.#changeTimer(timer.id, null);
    const { logic } = this.#setting;
    let cause: unknown;
    if (logic.onTimer !== undefined) cause = this.#run(keys, () => logic.onTimer!(timer, this));
    if (this.#dead !== undefined) {
      const { code, reason } = this.#dead;
      const from = `timer/${this.partition}/${timer.id}`;
      this.#changeTimer(timer.id, null);
      this.#push(deadLetterOfTimer(timer, this.#dead, from, this.#setting.deadLetterTopic, this.wallMs));
      this.#deadLetters.push({ code, reason, from, cause });
    }
    const full = this.#overFull();
    if (full) {
      if (this.#dead !== undefined) this.#deadLetters.pop();
      this.#undo();
      this.#clockMs = clockBefore;
    } else {
      this.#items += 1;
    }
    this.#firing = undefined;
    return !full;
  }

  /**
   * Applies what comes from outside the log; it may be as large as it is, like a single record.
   *
   * @throws what `apply` threw, or an Error when it went beyond what an injection may do; nothing of it remains
   */
  addInjection(keys: readonly string[], apply: (context: StepContext<S, D>) => void): void {
    this.#open(keys);
    this.#injecting = true;
    try {
      apply(this);
      this.#encodeSets();
      this.#items += 1;
    } catch (cause) {
      this.#undo();
      throw cause;
    } finally {
      this.#injecting = false;
    }
  }

  /** The step as it goes to the store. */
  seal(): SealedStep {
    const { sequence } = this.#start;
    const outputs = this.#outputs.map((unsent, index) => {
      const message: OutboxMessage = {
        ...unsent,
        sequence: sequence + index + 1,
        headers: {
          ...unsent.headers,
          [OUTBOX_HEADERS.origin]: this.#setting.origin,
          [OUTBOX_HEADERS.sequence]: String(sequence + index + 1),
        },
      };
      return { message, bytes: encodeOutboxMessage(message) };
    });
    return {
      fromOffset: this.#start.offset,
      nextOffset: this.#offset,
      clockMs: this.#clockMs,
      definitionsVersion: this.#start.definitionsVersion,
      sequenceBefore: sequence,
      writes: this.#writes,
      outputs,
      timers: this.#timers,
      origins: this.#origins,
      records: this.#records,
      bytes: this.#bytes,
      deadLetters: this.#deadLetters,
    };
  }

  get(key: string): S | undefined {
    return this.#setting.hot.valueOf(key, this.#entry(key));
  }

  set(key: string, value: S, options?: { readonly ttlMs?: number }): void {
    const entry = this.#entry(key);
    entry.value = value;
    entry.decoded = true;
    const before = this.#setOf(key);
    if (before === undefined) this.#sets.push({ key, ttlMs: options?.ttlMs });
    else before.ttlMs = options?.ttlMs;
  }

  append(key: string, value: S, bytes: Buffer): Buffer | undefined {
    const entry = this.#entry(key);
    entry.value = value;
    entry.decoded = true;
    // A value that was set is encoded when the item ends, with whatever was done to it in place until then.
    if (this.#setOf(key) !== undefined) return undefined;
    const before = entry.bytes;
    const after = this.#setting.hot.appended(entry, bytes);
    this.#write(key, writeAfterAppend(this.#writes.get(key), before, after));
    return after;
  }

  delete(key: string): void {
    const entry = this.#entry(key);
    this.#unset(key);
    this.#setting.hot.forget(entry);
    this.#write(key, { bytes: null, ttlMs: undefined });
  }

  emit(message: OutputMessage): void {
    const size = lengthOf(message.value);
    if (size > MAX_OUTPUT_BYTES)
      throw new Error(`an output of ${size} bytes is more than the ${MAX_OUTPUT_BYTES} that Kafka takes`);
    this.#push({ ...message, headers: message.headers ?? {} });
  }

  deadLetter(reason: DeadLetterReason): void {
    if (this.#injecting) throw new Error('an injection has no record that could be dead-lettered');
    this.#undo();
    this.#dead = reason;
  }

  setTimer(timer: Timer): void {
    if (!Number.isFinite(timer.dueMs)) throw new Error(`timer "${timer.id}" is due at ${timer.dueMs}`);
    const earliest = this.#firing === undefined ? 0 : this.#firing.dueMs + 1;
    this.#changeTimer(timer.id, {
      id: timer.id,
      dueMs: Math.max(Math.trunc(timer.dueMs), earliest),
      payload: timer.payload,
    });
  }

  cancelTimer(id: string): void {
    this.#changeTimer(id, null);
  }

  #highestOf(origin: string): number | undefined {
    return this.#origins.get(origin) ?? this.#start.origins.get(origin);
  }

  #open(keys: readonly string[] | Error): void {
    this.#keys = keys instanceof Error ? [] : keys;
    this.#dead = undefined;
    this.#firing = undefined;
    this.#sets.length = 0;
    this.#touched.length = 0;
    this.#timerUndo.length = 0;
    this.#outputsBefore = this.#outputs.length;
    this.#bytesBefore = this.#bytes;
  }

  /** Runs the logic; what it throws becomes a dead letter with code `defect`, and is returned. @throws StoppingError */
  #run(keys: readonly string[] | Error, evaluate: () => void): unknown {
    try {
      if (keys instanceof Error) throw keys;
      evaluate();
      this.#encodeSets();
      return undefined;
    } catch (cause) {
      this.#undo();
      if (cause instanceof StoppingError) throw cause;
      this.#dead = {
        code: 'defect',
        reason: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
      };
      return cause;
    }
  }

  #encodeSets(): void {
    const { hot } = this.#setting;
    for (const { key, ttlMs } of this.#sets) {
      const entry = hot.entry(key)!;
      const expiresAtMs = ttlMs === undefined ? Number.POSITIVE_INFINITY : this.wallMs + ttlMs;
      this.#write(key, { bytes: hot.written(entry, hot.encode(entry.value as S), expiresAtMs), ttlMs });
    }
  }

  /** Why the record must not be evaluated at all. */
  #unfit(record: KafkaRecord): DeadLetterReason | undefined {
    if (record.key === null) {
      return {
        code: 'missing-key',
        reason: 'the record has no key, so no partition owns it: send it with its subject as the key',
      };
    }
    const right = (murmur2(record.key) & 0x7fffffff) % this.partitions;
    if (right === this.partition) return undefined;
    return {
      code: 'wrong-partition',
      reason: `the key belongs to partition ${right} of ${this.partitions} (murmur2), not ${this.partition}: send it with Kafka's default partitioner`,
    };
  }

  #entry(key: string) {
    const entry = this.#setting.hot.entry(key);
    if (entry === undefined || !this.#keys.includes(key))
      throw new Error(`the state key "${key}" was not announced by keysOf`);
    if (!this.#touched.some((one) => one.key === key)) {
      this.#touched.push({ key, saved: this.#setting.hot.saved(entry), write: this.#writes.get(key) });
    }
    return entry;
  }

  #setOf(key: string) {
    return this.#sets.find((one) => one.key === key);
  }

  #unset(key: string): void {
    const at = this.#sets.findIndex((one) => one.key === key);
    if (at >= 0) this.#sets.splice(at, 1);
  }

  #write(key: string, write: StateWrite): void {
    const previous = this.#writes.get(key);
    if (previous !== undefined) this.#bytes -= writeBytes(key, previous);
    this.#writes.set(key, write);
    this.#bytes += writeBytes(key, write);
  }

  #push(message: UnsentMessage): void {
    // Without a key any partition would do, but a repeat must go where the first copy went: readers tell repeats per partition.
    this.#outputs.push(
      message.key === null && message.partition === undefined ? { ...message, partition: 0 } : message,
    );
    this.#bytes += OUTPUT_BYTES + message.topic.length + lengthOf(message.key) + lengthOf(message.value);
    for (const [name, value] of Object.entries(message.headers)) this.#bytes += name.length + value.length + 6;
  }

  #changeTimer(id: string, timer: Timer | null): void {
    const { timers } = this.#setting;
    const change = this.#timers.get(id);
    this.#timerUndo.push({ id, inBook: timers.find(id), change });
    if (change !== undefined) this.#bytes -= timerBytes(id, change);
    this.#timers.set(id, timer);
    this.#bytes += timerBytes(id, timer);
    if (timer === null) timers.remove(id);
    else timers.set(timer);
  }

  #overFull(): boolean {
    if (this.#items === 0) return false;
    return this.#writes.size + this.#timers.size > this.#setting.maxKeys || this.#bytes > this.#setting.maxBytes;
  }

  /** Takes back everything that the item in hand has changed. */
  #undo(): void {
    const { hot, timers } = this.#setting;
    for (const { key, saved, write } of this.#touched) {
      hot.restore(hot.entry(key)!, saved);
      if (write === undefined) this.#writes.delete(key);
      else this.#writes.set(key, write);
    }
    for (const { id, inBook, change } of this.#timerUndo.reverse()) {
      if (inBook === undefined) timers.remove(id);
      else timers.set(inBook);
      if (change === undefined) this.#timers.delete(id);
      else this.#timers.set(id, change);
    }
    this.#outputs.length = this.#outputsBefore;
    this.#bytes = this.#bytesBefore;
    this.#sets.length = 0;
    this.#touched.length = 0;
    this.#timerUndo.length = 0;
  }
}
