import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import type { Injection } from './injection-queue.ts';
import type { PartitionLogic, StateCodec } from './logic.ts';
import type { RuntimeLogger } from './runtime-logger.ts';
import type { StateMirror } from './state-mirror.ts';

/** A definitions source: a compacted topic as `contracts/definitions` has it, built into D. */
export interface DefinitionsBinding<D> {
  readonly topic: string;
  /** Builds what the logic works with; `undefined` members never occur. Called once per set, not per partition. */
  build(
    number: number,
    members: readonly { readonly id: string; readonly version: number; readonly value: Buffer }[],
  ): D;
  /** In force before any set was published. */
  readonly empty: D;
}

/** By question. */
export type Answers = ReadonlyMap<string, unknown>;

export interface ProcessorLimits {
  /** Default 200. */
  readonly maxKeysPerStep: number;
  /** Default 1,000: less for a logic that takes long over each, since nothing else of the process happens within a step. */
  readonly maxRecordsPerStep: number;
  /** Default 65,536: state, outputs and timers of a step together. */
  readonly maxBytesPerStep: number;
  /** Decoded state values kept in memory per partition; default 20,000. */
  readonly maxHotKeys: number;
  /** Their bytes per partition; default 32 MB. */
  readonly maxHotBytes: number;
  /** Outbox entries that may wait for Kafka before steps pause; default 5,000. */
  readonly maxOutboxEntries: number;
}

export const DEFAULT_LIMITS: ProcessorLimits = {
  maxKeysPerStep: 200,
  maxRecordsPerStep: 1_000,
  maxBytesPerStep: 65_536,
  maxHotKeys: 20_000,
  maxHotBytes: 33_554_432,
  maxOutboxEntries: 5_000,
};

/** Where a latency is told: milliseconds from the record's receipt to the step's commit, and to the outbox's acknowledgement. */
export interface ProcessorObserver {
  onStep?(info: {
    readonly partition: number;
    readonly records: number;
    readonly keys: number;
    readonly bytes: number;
    readonly durationMs: number;
  }): void;
  onCommitted?(info: {
    readonly partition: number;
    readonly receivedAtMs: number;
    readonly committedAtMs: number;
  }): void;
  onSent?(info: { readonly partition: number; readonly count: number }): void;
  onDeadLetter?(info: { readonly partition: number; readonly code: string }): void;
  /** The group has given the partition to this process, its state is claimed, and it runs from here on; also after a stop. */
  onClaimed?(info: { readonly partition: number }): void;
  /** The partition is no longer this process's: revoked by the group, or the processor closes. */
  onReleased?(info: { readonly partition: number }): void;
  /** The partition stopped: fenced by a newer owner (normal in a rebalance), offsets lost, or a defect. */
  onStopped?(info: {
    readonly partition: number;
    readonly code: 'fenced' | 'offset-out-of-range' | 'topic-replaced' | 'defect';
    readonly message: string;
  }): void;
}

export interface ProcessorOptions<S, D> {
  /** The job's name, in state keys, outbox origins and the group: the service's name as a rule. */
  readonly job: string;
  readonly project: string;
  readonly partitions: number;
  readonly inputTopic: string;
  readonly groupId: string;
  readonly deadLetterTopic: string;
  readonly logic: PartitionLogic<S, D>;
  readonly codec: StateCodec<S>;
  /** Answers what the logic's `questionsOf` asks. The partition waits for it, so it has a time limit of its own; one that rejects stops the partition. */
  readonly ask?: (questions: readonly string[]) => Promise<Answers>;
  readonly definitions?: DefinitionsBinding<D>;
  readonly kafka: KafkaDriver;
  readonly redisUrl: string;
  readonly limits?: Partial<ProcessorLimits>;
  readonly observer?: ProcessorObserver;
  /** Is told of all state that is committed. */
  readonly mirror?: StateMirror;
  readonly sessionTimeoutMs?: number;
  /** Milliseconds for which records may wait for others, so that a step is worth its price; default 0: each is processed at once. */
  readonly gatherMs?: number;
  /** A pino logger fits; default: errors as JSON lines on stderr. */
  readonly logger?: RuntimeLogger;
  /** For tests: wall clock; default Date.now. */
  readonly now?: () => number;
}

export interface RunningProcessor<S = unknown, D = unknown> {
  /** Partitions that this process owns now. */
  owned(): readonly number[];
  /** Records not processed yet, of the owned partitions, as of the last fetch. */
  lag(): number;
  /**
   * Changes the state of an owned partition beside its records: `apply` runs between two steps, in a step of its own that moves no
   * offset and may be as large as it is. Exactly once or not at all, like every step; resolves when it is committed. Injections take
   * turns with the steps of records, one by one.
   *
   * @returns `not-owned`: this process does not own the partition now, and nothing was changed
   * @throws InjectionOutcomeUnknownError when it is not known whether it was applied: make injections repeatable by a cursor in the
   *   state; otherwise what `apply` threw, and nothing was changed
   */
  inject(partition: number, injection: Injection<S, D>): Promise<'applied' | 'not-owned'>;
  /** The newest definition set that could be built, whether or not a partition has switched to it yet; undefined before any. */
  definitions(): { readonly number: number; readonly value: D } | undefined;
  /** Number of the first set that has this version of a definition; undefined when it may be one that is not kept any more. */
  firstSetWith(id: string, version: number): number | undefined;
  close(): Promise<void>;
}
