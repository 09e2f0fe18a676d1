import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import type { PartitionLogic, StepView, Timer } from './logic.ts';
import { clockAfterRecord, isDue } from './partition-clock.ts';
import type { ProcessorLimits } from './processor-options.ts';
import type { TimerBook } from './timer-book.ts';

const NO_QUESTIONS: readonly string[] = [];

/** How much a step holds at most. */
type StepLimits = Pick<ProcessorLimits, 'maxKeysPerStep' | 'maxRecordsPerStep'>;

/** The state keys of a record or timer, or what asking for them threw. */
export type ItemKeys = readonly string[] | Error;

/**
 * Finds out which state keys the next step needs, so that one read loads all that are missing. A plan is only a guess at where the
 * step ends: evaluation may set and cancel timers, and bytes are known only then. No I/O.
 */
export class StepPlanner<S, D> {
  readonly #logic: PartitionLogic<S, D>;
  readonly #timers: TimerBook;
  readonly #maxKeys: number;
  readonly #maxRecords: number;
  readonly #view: () => StepView<D>;

  constructor(logic: PartitionLogic<S, D>, timers: TimerBook, limits: StepLimits, view: () => StepView<D>) {
    this.#logic = logic;
    this.#timers = timers;
    this.#maxKeys = limits.maxKeysPerStep;
    this.#maxRecords = limits.maxRecordsPerStep;
    this.#view = view;
  }

  /**
   * The keys of as many due timers and records as fit into a step; the first item is always part of the plan.
   *
   * @param known - keys of records by index, asked for once per record; filled in here
   * @returns `end`: index of the first record that is not planned; timers due before it may be
   */
  plan(
    records: readonly KafkaRecord[],
    at: number,
    known: ItemKeys[],
    startClockMs: number,
    wallMs: number,
  ): { readonly keys: ReadonlySet<string>; readonly end: number } {
    const keys = new Set<string>();
    let clockMs = startClockMs;
    let timers = 0;
    let end = at;
    const last = Math.min(records.length, at + this.#maxRecords);
    const { definitionsVersion } = this.#view();
    for (; end < last; end++) {
      const record = records[end]!;
      // The first one's were waited for.
      if (end > at && (this.#logic.definitionsNeededBy?.(record) ?? 0) > definitionsVersion) break;
      clockMs = clockAfterRecord(clockMs, record.timestampMs, wallMs);
      for (let timer = this.#due(timers, clockMs); timer !== undefined; timer = this.#due(timers, clockMs)) {
        if (!this.#add(keys, this.keysOfTimer(timer), timers === 0 && end === at)) return { keys, end };
        timers += 1;
      }
      const mine = (known[end] ??= this.#keysAsked(() => this.#logic.keysOf(record, this.#view())));
      if (!this.#add(keys, mine, end === at && timers === 0)) break;
    }
    return { keys, end };
  }

  /** What the records from `at` to before `end` ask, each once. Of a record about which asking throws nothing is asked. */
  questions(records: readonly KafkaRecord[], at: number, end: number): readonly string[] {
    if (this.#logic.questionsOf === undefined) return NO_QUESTIONS;
    const view = this.#view();
    const questions = new Set<string>();
    for (let i = at; i < end; i++) {
      const mine = asked(() => this.#logic.questionsOf!(records[i]!, view));
      if (!(mine instanceof Error)) for (const question of mine) questions.add(question);
    }
    return questions.size === 0 ? NO_QUESTIONS : [...questions];
  }

  /** The keys of as many timers due at `clockMs` as fit into a step. */
  planTimers(clockMs: number): { readonly keys: ReadonlySet<string>; readonly timers: number } {
    const keys = new Set<string>();
    let timers = 0;
    for (let timer = this.#due(timers, clockMs); timer !== undefined; timer = this.#due(timers, clockMs)) {
      if (!this.#add(keys, this.keysOfTimer(timer), timers === 0)) break;
      timers += 1;
    }
    return { keys, timers };
  }

  keysOfTimer(timer: Timer): ItemKeys {
    const logic = this.#logic;
    return logic.keysOfTimer === undefined ? [] : this.#keysAsked(() => logic.keysOfTimer!(timer, this.#view()));
  }

  #due(index: number, clockMs: number): Timer | undefined {
    const timer = this.#timers.at(index);
    return timer !== undefined && isDue(timer.dueMs, clockMs) ? timer : undefined;
  }

  /** Adds an item's keys to the plan, unless they are too many with those that are there. */
  #add(plan: Set<string>, keys: ItemKeys, first: boolean): boolean {
    if (keys instanceof Error) return true;
    const added = keys.filter((key) => !plan.has(key));
    if (!first && plan.size + added.length > this.#maxKeys) return false;
    for (const key of added) plan.add(key);
    return true;
  }

  #keysAsked(keysOf: () => readonly string[]): ItemKeys {
    const keys = asked(keysOf);
    if (keys instanceof Error || keys.length <= this.#maxKeys) return keys;
    return new Error(`${keys.length} state keys for one item, at most ${this.#maxKeys} are allowed`);
  }
}

function asked<T>(question: () => T): T | Error {
  try {
    return question();
  } catch (cause) {
    return cause instanceof Error ? cause : new Error(String(cause));
  }
}
