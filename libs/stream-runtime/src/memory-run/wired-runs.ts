import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import type { DeadLetterReason, OutputMessage, PartitionLogic } from '../logic.ts';
import { MemoryRun } from './memory-run.ts';
import type { MemoryState } from './memory-state.ts';

/** A processor of the chain: what it reads, and how it evaluates. */
export interface WiredLogic<S, D> {
  readonly inputTopic: string;
  readonly logic: PartitionLogic<S, D>;
  readonly state: MemoryState<S>;
}

export interface WiredRunsSetting<S, D> {
  readonly project: string;
  readonly definitions: D;
  readonly logics: readonly WiredLogic<S, D>[];
  /** What goes to topics that none of the logics reads. */
  readonly onOutput: (message: OutputMessage) => void;
  readonly onDeadLetter: (reason: DeadLetterReason) => void;
  /** As in `MemoryRunSetting`. */
  readonly checksKeys?: boolean;
}

const NO_HEADERS: KafkaRecord['headers'] = {};

function headersOf({ headers }: OutputMessage): KafkaRecord['headers'] {
  if (headers === undefined) return NO_HEADERS;
  return Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
}

/**
 * Several logics in memory, wired by their topics: what one emits to a topic that another reads is evaluated there before the next record. Each runs as
 * one partition, since results do not depend on how many there are. Pure.
 */
export class WiredRuns<S, D> {
  private readonly runs: ReadonlyMap<string, MemoryRun<S, D>>;
  private readonly waiting: KafkaRecord[] = [];
  private readonly first: MemoryRun<S, D>;
  private made = 0;

  constructor(setting: WiredRunsSetting<S, D>) {
    const { project, definitions, onDeadLetter, checksKeys = false } = setting;
    const topics = new Set(setting.logics.map(({ inputTopic }) => inputTopic));
    const onOutput = (message: OutputMessage, clockMs: number): void => {
      if (topics.has(message.topic)) this.waiting.push(this.recordOf(message, clockMs));
      else setting.onOutput(message);
    };
    this.runs = new Map(
      setting.logics.map(({ inputTopic, logic, state }) => [
        inputTopic,
        new MemoryRun({
          project,
          definitions,
          logic,
          state,
          onOutput,
          onDeadLetter,
          checksKeys,
          partition: 0,
          partitions: 1,
        }),
      ]),
    );
    const [first] = this.runs.values();
    if (first === undefined) throw new Error('no logic to run');
    this.first = first;
  }

  /** State keys and timers held by all of them. */
  get size(): number {
    let size = 0;
    for (const run of this.runs.values()) size += run.size;
    return size;
  }

  /** Whether a timer is set in one of them. */
  get waits(): boolean {
    for (const run of this.runs.values()) if (run.waits) return true;
    return false;
  }

  /** Outside of the heap. */
  get bytes(): number {
    let bytes = 0;
    for (const run of this.runs.values()) bytes += run.bytes;
    return bytes;
  }

  /** What is in force from the next record on. */
  set definitions(definitions: D) {
    for (const run of this.runs.values()) run.definitions = definitions;
  }

  /** A record of the first logic's topic, and all that follows from it. */
  take(record: KafkaRecord): void {
    this.first.take(record);
    if (this.waiting.length > 0) this.settle();
    // What the others wait for is due by this clock, too: their topics are read to the end.
    if (this.runs.size > 1) this.advanceTo(record.timestampMs);
  }

  /** Lets the clock go on without a record. */
  advanceTo(clockMs: number): void {
    for (const run of this.runs.values()) {
      run.advanceTo(clockMs);
      if (this.waiting.length > 0) this.settle();
    }
  }

  /** As if nothing had ever been there. */
  reset(): void {
    for (const run of this.runs.values()) run.reset();
    this.waiting.length = 0;
  }

  private settle(): void {
    for (let at = 0; at < this.waiting.length; at++) {
      const record = this.waiting[at]!;
      this.runs.get(record.topic)!.take(record);
    }
    this.waiting.length = 0;
  }

  private recordOf(message: OutputMessage, clockMs: number): KafkaRecord {
    return {
      topic: message.topic,
      partition: 0,
      offset: this.made++,
      key: message.key === null ? null : Buffer.from(message.key),
      value: message.value === null ? null : Buffer.from(message.value),
      headers: headersOf(message),
      timestampMs: message.timestampMs ?? clockMs,
    };
  }
}
