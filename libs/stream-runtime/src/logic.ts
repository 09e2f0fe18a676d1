import type { KafkaRecord } from '@hermes/connectors/kafka/driver';

/**
 * What a partition processor does with records: pure, synchronous, no clock. The runtime loads the keys that a record needs,
 * calls `onRecord`, and commits what it changed together with the offset in one atomic step.
 *
 * @typeParam S - a state value, decoded. A state value may be changed in place, then given to `set`.
 * @typeParam D - the definitions in force (rules, event types), built from a definition set; `void` without.
 */
export interface PartitionLogic<S, D = void> {
  /** The state keys that `onRecord` may read or write for this record; at most 200. */
  keysOf(record: KafkaRecord, context: StepView<D>): readonly string[];
  onRecord(record: KafkaRecord, context: StepContext<S, D>): void;
  /**
   * What has to be asked elsewhere before the record is evaluated. The processor's `ask` is given all of a step at once, and evaluation has the answers
   * from `answerTo`.
   */
  questionsOf?(record: KafkaRecord, context: StepView<D>): readonly string[];
  /**
   * The definition set that the record needs at least: the partition waits for it, and switches, before the record is evaluated. For
   * records that another processor made with definitions that this one may not have read yet.
   */
  definitionsNeededBy?(record: KafkaRecord): number;
  /** The state keys that `onTimer` may read or write. */
  keysOfTimer?(timer: Timer, context: StepView<D>): readonly string[];
  onTimer?(timer: Timer, context: StepContext<S, D>): void;
}

/** How a state value is kept: binary, versioned; decode throws on an unknown version. */
export interface StateCodec<S> {
  encode(value: S): Buffer;
  decode(bytes: Buffer): S;
  /** For values that look at the bytes which they were decoded from or encoded as: these, which begin with the same, are where they stay. */
  moved?(value: S, bytes: Buffer): void;
}

export interface Timer {
  /** Unique in the partition: definition version, key and due instant make a good one. Setting it again replaces it. */
  readonly id: string;
  readonly dueMs: number;
  readonly payload: string;
}

export interface OutputMessage {
  readonly topic: string;
  /** Without it murmur2 of the key over the topic's partitions decides; without a key as well, it is partition 0. */
  readonly partition?: number;
  readonly key: string | null;
  /** At most 900,000 bytes; null is a tombstone. */
  readonly value: Buffer | string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timestampMs?: number;
}

export interface DeadLetterReason {
  /** Stable, kebab-case. */
  readonly code: string;
  /** For people: what is wrong and what to do. */
  readonly reason: string;
}

/** What is known before state is loaded. */
export interface StepView<D> {
  readonly project: string;
  readonly partition: number;
  readonly partitions: number;
  readonly definitions: D;
  /** Number of the definition set in force; 0 before the first. */
  readonly definitionsVersion: number;
  /**
   * The definitions of a set that was in force before, for records that another processor made with it; undefined when it is kept no more
   * (`KEPT_SETS`), or has not been read.
   */
  definitionsOf(set: number): D | undefined;
}

export interface StepContext<S, D> extends StepView<D> {
  /** The partition's clock: the largest receipt time processed, or wall time less 1 s once the log's end was reached. */
  readonly clockMs: number;
  /** Wall time at which this step began: for latency and for instants in outputs, never for decisions. */
  readonly wallMs: number;
  /** What was answered to one of the record's questions; undefined for another. Timers have none. */
  answerTo(question: string): unknown;
  get(key: string): S | undefined;
  /** `ttlMs`: the key is forgotten so long after this write. */
  set(key: string, value: S, options?: { readonly ttlMs?: number }): void;
  /**
   * The stored bytes of `key` become the present ones followed by `bytes`: only these travel, and only they count for the step's
   * limit, however large the value is. A key that is absent, or was deleted in this step, gets `bytes` alone. The time to live of the
   * key stays as it is. An append after a `set` in one record or timer is a `set` of `value`.
   *
   * @param value - the decoded state after it: the codec must give it for the old bytes followed by `bytes`
   * @param bytes - copied; may be used again by the caller
   * @returns the stored bytes after it, which do not change; undefined after a `set`
   */
  append(key: string, value: S, bytes: Buffer): Buffer | undefined;
  delete(key: string): void;
  /** Part of the step; sent afterwards, in order, at least once, with origin and sequence in the headers. */
  emit(message: OutputMessage): void;
  /**
   * Puts the record in hand into the dead-letter topic, with the reason, and undoes what this record has changed so far; what
   * it changes after this call (a count of dead letters, say) is part of the step.
   */
  deadLetter(reason: DeadLetterReason): void;
  /** Fires once the clock has passed `dueMs`. Set while a timer fires, it is due after that timer at the earliest. */
  setTimer(timer: Timer): void;
  cancelTimer(id: string): void;
}
