import { Decision } from '@hermes/contracts/decision';
import type { HermesEvent } from '@hermes/contracts/event';
import { EVENT_HEADERS } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import type { OutputMessage, StepContext, Timer } from '@hermes/stream-runtime/logic';
import { clockAfterRecord, isDue } from '@hermes/stream-runtime/partition-clock';
import { TimerBook } from '@hermes/stream-runtime/timer-book';
import { evaluationLogic, type EvaluationObserver } from '../evaluation/evaluation.logic.ts';
import { evaluationCodec, type EvaluationState } from '../evaluation/evaluation-state.ts';
import type { RuleSet } from '../evaluation/rule-set.ts';
import { NOBODY } from './logic-run.ts';

interface Partition {
  readonly stored: Map<string, Buffer>;
  readonly timers: TimerBook;
  clockMs: number;
}

type Context = StepContext<EvaluationState, RuleSet>;

/** The logic on the partitions of a project, with timers as processors fire them; state goes through its bytes, and only announced keys are touched. */
export class TimedRun {
  readonly decisions: Decision[] = [];
  readonly dead: string[] = [];
  set: RuleSet;
  private readonly partitions: readonly Partition[];
  private readonly logic: ReturnType<typeof evaluationLogic>;

  constructor(set: RuleSet, partitions = 1, observer: Partial<EvaluationObserver> = {}) {
    this.set = set;
    this.logic = evaluationLogic({ ...NOBODY, ...observer });
    this.partitions = Array.from({ length: partitions }, () => ({
      stored: new Map(),
      timers: new TimerBook(),
      clockMs: 0,
    }));
  }

  /** Every state key that holds something. */
  keys(): readonly string[] {
    return this.partitions.flatMap(({ stored }) => [...stored.keys()]);
  }

  timerCount(): number {
    return this.partitions.reduce((sum, { timers }) => sum + timers.size, 0);
  }

  /** Answers what it decided, with what timers decided that were due before it. */
  send(event: HermesEvent): readonly Decision[] {
    const at = partitionOf(event.subject, this.partitions.length);
    const partition = this.partitions[at]!;
    const before = this.decisions.length;
    const receiptMs = Date.parse(event.receivedat);
    const clockMs = clockAfterRecord(partition.clockMs, receiptMs, receiptMs);
    this.fire(at, clockMs);
    partition.clockMs = clockMs;
    const record = {
      topic: `${event.project}.events`,
      partition: at,
      offset: 7,
      key: Buffer.from(event.subject),
      value: Buffer.from(JSON.stringify(event)),
      headers: { [EVENT_HEADERS.type]: Buffer.from(event.type) },
      timestampMs: receiptMs,
    };
    const context = this.context(at, (view) => this.logic.keysOf(record, view));
    this.logic.onRecord(record, context);
    return this.decisions.slice(before);
  }

  /** The log's end is reached, and so much time has passed by. */
  pass(nowMs: number): readonly Decision[] {
    const before = this.decisions.length;
    for (const [at, partition] of this.partitions.entries()) {
      this.fire(at, nowMs);
      partition.clockMs = nowMs;
    }
    return this.decisions.slice(before);
  }

  /** A change of an owned partition's state beside its records. */
  inject(subject: string, keys: readonly string[], apply: (context: Context) => void): void {
    apply(this.context(partitionOf(subject, this.partitions.length), () => keys));
  }

  private fire(at: number, clockMs: number): void {
    const partition = this.partitions[at]!;
    for (;;) {
      const timer = partition.timers.at(0);
      if (timer === undefined || !isDue(timer.dueMs, clockMs)) return;
      partition.timers.remove(timer.id);
      this.logic.onTimer!(
        timer,
        this.context(at, (view) => this.logic.keysOfTimer!(timer, view)),
      );
    }
  }

  private context(at: number, keysOf: (context: Context) => readonly string[]): Context {
    const partition = this.partitions[at]!;
    let announced: readonly string[] = [];
    const known = (key: string): string => {
      if (!announced.includes(key)) throw new Error(`"${key}" was not announced`);
      return key;
    };
    const context = {
      project: 'demo',
      partition: at,
      partitions: this.partitions.length,
      definitions: this.set,
      definitionsVersion: 1,
      clockMs: partition.clockMs,
      wallMs: 0,
      get: (key: string) => {
        const bytes = partition.stored.get(known(key));
        return bytes && evaluationCodec.decode(bytes);
      },
      set: (key: string, value: EvaluationState) =>
        void partition.stored.set(known(key), Buffer.from(evaluationCodec.encode(value))),
      append: (key: string, _value: EvaluationState, bytes: Buffer) => {
        const grown = Buffer.concat([partition.stored.get(known(key)) ?? Buffer.alloc(0), bytes]);
        partition.stored.set(key, grown);
        return grown;
      },
      delete: (key: string) => void partition.stored.delete(known(key)),
      emit: ({ value, topic }: OutputMessage) => {
        if (topic.endsWith('.decisions')) this.decisions.push(Decision.parse(JSON.parse(String(value))));
      },
      deadLetter: ({ code }: { readonly code: string }) => void this.dead.push(code),
      setTimer: (timer: Timer) => partition.timers.set(timer),
      cancelTimer: (id: string) => partition.timers.remove(id),
    } as unknown as Context;
    announced = keysOf(context);
    return context;
  }
}
