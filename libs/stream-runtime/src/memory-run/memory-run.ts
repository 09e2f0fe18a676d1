import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import type { DeadLetterReason, OutputMessage, PartitionLogic, StepContext, StepView, Timer } from '../logic.ts';
import { isDue } from '../partition-clock.ts';
import type { MemoryState } from './memory-state.ts';
import { TimerQueue } from './timer-queue.ts';

export interface MemoryRunSetting<S, D> {
  readonly project: string;
  readonly partition: number;
  readonly partitions: number;
  readonly definitions: D;
  readonly logic: PartitionLogic<S, D>;
  readonly state: MemoryState<S>;
  /** In their order. `clockMs`: when the item was evaluated that emits it. */
  readonly onOutput: (message: OutputMessage, clockMs: number) => void;
  readonly onDeadLetter: (reason: DeadLetterReason) => void;
  /** Whether only keys are touched that the logic announces, as in a processor; that costs. */
  readonly checksKeys?: boolean;
}

/**
 * One partition of a processor in memory: the same logic on the same records gives the same outputs as live, timers included, at any speed. Wall time
 * is the partition's clock. Pure.
 */
export class MemoryRun<S, D> implements StepContext<S, D> {
  readonly project: string;
  readonly partition: number;
  readonly partitions: number;
  readonly definitionsVersion = 1;
  definitions: D;
  private readonly setting: MemoryRunSetting<S, D>;
  private readonly timers = new TimerQueue();
  private nowMs = Number.NEGATIVE_INFINITY;
  private outputs: OutputMessage[] = [];
  private keys: readonly string[] | undefined;
  private firing: Timer | undefined;
  private dead: DeadLetterReason | undefined;
  /** What timers were before the item in hand. */
  private timersBefore: (readonly [string, Timer | undefined])[] = [];

  constructor(setting: MemoryRunSetting<S, D>) {
    this.setting = setting;
    this.project = setting.project;
    this.partition = setting.partition;
    this.partitions = setting.partitions;
    this.definitions = setting.definitions;
  }

  get clockMs(): number {
    return this.nowMs;
  }

  get wallMs(): number {
    return this.nowMs;
  }

  /** There is one set at a time. */
  definitionsOf(): D {
    return this.definitions;
  }

  /** Nothing is asked elsewhere. */
  answerTo(): undefined {
    return undefined;
  }

  /** State keys and timers that it holds. */
  get size(): number {
    return this.setting.state.size + this.timers.size;
  }

  /** Whether a timer is set: something may still come of what it has seen. */
  get waits(): boolean {
    return this.timers.size > 0;
  }

  /** Outside of the heap. */
  get bytes(): number {
    return this.setting.state.bytes;
  }

  /** Fires what is due before the record, then evaluates it. @throws what the logic throws: a defect */
  take(record: KafkaRecord): void {
    const clockMs = Math.max(this.nowMs, record.timestampMs);
    this.fireDue(clockMs);
    this.nowMs = clockMs;
    const { logic, checksKeys = false } = this.setting;
    this.begin(checksKeys ? logic.keysOf(record, this as StepView<D>) : undefined, undefined);
    logic.onRecord(record, this);
    this.end();
  }

  /** Lets the clock go on without a record, and fires what is due by then. */
  advanceTo(clockMs: number): void {
    this.fireDue(clockMs);
    this.nowMs = Math.max(this.nowMs, clockMs);
  }

  /** As if nothing had ever been there. */
  reset(): void {
    this.setting.state.clear();
    this.timers.clear();
    this.nowMs = Number.NEGATIVE_INFINITY;
  }

  get(key: string): S | undefined {
    return this.setting.state.get(this.known(key), this.nowMs);
  }

  set(key: string, value: S, options?: { readonly ttlMs?: number }): void {
    const expiresAtMs = options?.ttlMs === undefined ? Number.POSITIVE_INFINITY : this.nowMs + options.ttlMs;
    this.setting.state.set(this.known(key), value, expiresAtMs);
  }

  append(key: string, value: S, bytes: Buffer): Buffer | undefined {
    return this.setting.state.append(this.known(key), value, bytes);
  }

  delete(key: string): void {
    this.setting.state.delete(this.known(key));
  }

  emit(message: OutputMessage): void {
    this.outputs.push(message);
  }

  deadLetter(reason: DeadLetterReason): void {
    const { state } = this.setting;
    state.undo();
    state.begin();
    this.outputs = [];
    for (const [id, before] of this.timersBefore.toReversed()) {
      if (before === undefined) this.timers.remove(id);
      else this.timers.set(before);
    }
    this.timersBefore = [];
    if (this.firing !== undefined) this.timers.remove(this.firing.id);
    this.dead = reason;
  }

  setTimer({ id, dueMs, payload }: Timer): void {
    const earliest = this.firing === undefined ? 0 : this.firing.dueMs + 1;
    this.timersBefore.push([id, this.timers.find(id)]);
    this.timers.set({ id, dueMs: Math.max(Math.trunc(dueMs), earliest), payload });
  }

  cancelTimer(id: string): void {
    this.timersBefore.push([id, this.timers.find(id)]);
    this.timers.remove(id);
  }

  private fireDue(clockMs: number): void {
    const { logic, checksKeys = false } = this.setting;
    for (let timer = this.timers.first(); timer !== undefined; timer = this.timers.first()) {
      if (!isDue(timer.dueMs, clockMs)) return;
      this.nowMs = Math.max(this.nowMs, timer.dueMs);
      this.timers.remove(timer.id);
      this.begin(checksKeys ? (logic.keysOfTimer?.(timer, this as StepView<D>) ?? []) : undefined, timer);
      logic.onTimer?.(timer, this);
      this.end();
    }
  }

  private begin(keys: readonly string[] | undefined, firing: Timer | undefined): void {
    this.keys = keys;
    this.firing = firing;
    this.dead = undefined;
    if (this.timersBefore.length > 0) this.timersBefore = [];
    this.setting.state.begin();
  }

  private end(): void {
    this.firing = undefined;
    this.setting.state.end();
    if (this.dead !== undefined) this.setting.onDeadLetter(this.dead);
    if (this.outputs.length === 0) return;
    const { outputs, nowMs } = this;
    this.outputs = [];
    for (const message of outputs) this.setting.onOutput(message, nowMs);
  }

  private known(key: string): string {
    if (this.keys === undefined || this.keys.includes(key)) return key;
    throw new Error(`the state key "${key}" was not announced by keysOf`);
  }
}
