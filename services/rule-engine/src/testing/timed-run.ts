import { Decision } from '@hermes/contracts/decision';
import type { HermesEvent } from '@hermes/contracts/event';
import { EVENT_HEADERS } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import type { Injection } from '@hermes/stream-runtime/injection-queue';
import type { OutputMessage, PartitionLogic, StepContext, Timer } from '@hermes/stream-runtime/logic';
import { clockAfterRecord, isDue } from '@hermes/stream-runtime/partition-clock';
import { TimerBook } from '@hermes/stream-runtime/timer-book';
import { evaluationLogic, type EvaluationObserver } from '../evaluation/evaluation.logic.ts';
import { keyedLogic } from '../evaluation/keyed.logic.ts';
import { evaluationCodec, type EvaluationState } from '../evaluation/evaluation-state.ts';
import type { RuleSet } from '../evaluation/rule-set.ts';
import { NOBODY } from './logic-run.ts';

interface Partition {
  readonly at: number;
  readonly logic: PartitionLogic<EvaluationState, RuleSet>;
  readonly stored: Map<string, Buffer>;
  readonly timers: TimerBook;
  clockMs: number;
}

type Context = StepContext<EvaluationState, RuleSet>;
type Headers = Readonly<Record<string, Buffer>>;

/**
 * Both processors on the partitions of a project, with timers as they fire them; state goes through its bytes, and only announced keys are touched. What goes
 * to another key is there at once.
 */
export class TimedRun {
  readonly decisions: Decision[] = [];
  readonly dead: string[] = [];
  set: RuleSet;
  private readonly subjects: readonly Partition[];
  private readonly keyed: readonly Partition[];

  constructor(set: RuleSet, partitions = 1, observer: Partial<EvaluationObserver> = {}) {
    this.set = set;
    const partitionsOf = (logic: Partition['logic']): readonly Partition[] =>
      Array.from({ length: partitions }, (_, at) => ({
        at,
        logic,
        stored: new Map(),
        timers: new TimerBook(),
        clockMs: 0,
      }));
    this.subjects = partitionsOf(evaluationLogic({ ...NOBODY, ...observer }));
    this.keyed = partitionsOf(keyedLogic({ ...NOBODY, ...observer }));
  }

  /** Every state key that holds something. */
  keys(): readonly string[] {
    return [...this.subjects, ...this.keyed].flatMap(({ stored }) => [...stored.keys()]);
  }

  timerCount(): number {
    return [...this.subjects, ...this.keyed].reduce((sum, { timers }) => sum + timers.size, 0);
  }

  /** Answers what it decided, with what timers decided that were due before it. */
  send(event: HermesEvent): readonly Decision[] {
    const before = this.decisions.length;
    const headers = { [EVENT_HEADERS.type]: Buffer.from(event.type) };
    this.take(this.subjects, event.subject, JSON.stringify(event), headers, Date.parse(event.receivedat));
    return this.decisions.slice(before);
  }

  /** The log's end is reached, and so much time has passed by. */
  pass(nowMs: number): readonly Decision[] {
    const before = this.decisions.length;
    for (const partition of [...this.subjects, ...this.keyed]) {
      this.fire(partition, nowMs);
      partition.clockMs = nowMs;
    }
    return this.decisions.slice(before);
  }

  /** A change of an owned partition's state beside its records. @param nextOffset - of its events */
  inject(subject: string, { keys, apply }: Injection<EvaluationState, RuleSet>, nextOffset = Infinity): void {
    apply(
      this.context(this.subjects[partitionOf(subject, this.subjects.length)]!, () => keys),
      nextOffset,
    );
  }

  private take(places: readonly Partition[], key: string, value: string, headers: Headers, receiptMs: number): void {
    const partition = places[partitionOf(key, places.length)]!;
    const clockMs = clockAfterRecord(partition.clockMs, receiptMs, receiptMs);
    this.fire(partition, clockMs);
    partition.clockMs = clockMs;
    const record = {
      topic: 'demo.events',
      partition: partition.at,
      offset: 7,
      key: Buffer.from(key),
      value: Buffer.from(value),
      headers: { ...headers },
      timestampMs: receiptMs,
    };
    partition.logic.onRecord(
      record,
      this.context(partition, (view) => partition.logic.keysOf(record, view)),
    );
  }

  private fire(partition: Partition, clockMs: number): void {
    for (;;) {
      const timer = partition.timers.at(0);
      if (timer === undefined || !isDue(timer.dueMs, clockMs)) return;
      partition.timers.remove(timer.id);
      const { logic } = partition;
      logic.onTimer!(
        timer,
        this.context(partition, (view) => logic.keysOfTimer!(timer, view)),
      );
    }
  }

  private emit({ topic, key, value, headers = {}, timestampMs = 0 }: OutputMessage): void {
    if (topic.endsWith('.decisions')) this.decisions.push(Decision.parse(JSON.parse(String(value))));
    if (!topic.endsWith('.rule-keys')) return;
    const bytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
    this.take(this.keyed, key!, String(value), bytes, timestampMs);
  }

  private context(partition: Partition, keysOf: (context: Context) => readonly string[]): Context {
    let announced: readonly string[] = [];
    const known = (key: string): string => {
      if (!announced.includes(key)) throw new Error(`"${key}" was not announced`);
      return key;
    };
    const { stored, timers } = partition;
    const context = {
      project: 'demo',
      partition: partition.at,
      partitions: this.subjects.length,
      definitions: this.set,
      definitionsOf: () => this.set,
      definitionsVersion: 1,
      clockMs: partition.clockMs,
      wallMs: 0,
      answerTo: () => undefined,
      get: (key: string) => {
        const bytes = stored.get(known(key));
        return bytes && evaluationCodec.decode(bytes);
      },
      set: (key: string, value: EvaluationState) =>
        void stored.set(known(key), Buffer.from(evaluationCodec.encode(value))),
      append: (key: string, _value: EvaluationState, bytes: Buffer) => {
        const grown = Buffer.concat([stored.get(known(key)) ?? Buffer.alloc(0), bytes]);
        stored.set(key, grown);
        return grown;
      },
      delete: (key: string) => void stored.delete(known(key)),
      emit: (message: OutputMessage) => this.emit(message),
      deadLetter: ({ code }: { readonly code: string }) => void this.dead.push(code),
      setTimer: (timer: Timer) => timers.set(timer),
      cancelTimer: (id: string) => timers.remove(id),
    } as unknown as Context;
    announced = keysOf(context);
    return context;
  }
}
