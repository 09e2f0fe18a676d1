import type { HermesEvent } from '@hermes/contracts/event';
import type { BesideEvent } from '../memory/event-pattern.ts';
import type { Memory, MemoryValue } from '../memory/memory.ts';
import { Remembered } from '../memory/memory-state.ts';

export const START_MS = Date.UTC(2026, 2, 2, 9);
export const MINUTE_MS = 60_000;

/** An event of one key, so many minutes after nine. */
export function eventAt(
  minute: number,
  type: string,
  data: Readonly<Record<string, unknown>> = {},
  id?: string,
): HermesEvent {
  const instant = new Date(START_MS + minute * MINUTE_MS).toISOString();
  return {
    specversion: '1.0',
    id: id ?? `${type}@${String(minute)}`,
    source: '/test',
    type,
    subject: 'broker:b-1',
    time: instant,
    project: 'demo',
    receivedat: instant,
    data,
  };
}

/** A fact with a memory on the events of one key, its state as bytes between them, its timers as a processor fires them. */
export class MemoryRun {
  /** By whom time has decided: `id of the event @ minute`. */
  readonly decided: string[] = [];
  readonly values: MemoryValue[] = [];
  dropped = 0;
  largestBytes = 0;
  private readonly memory: Memory;
  private bytes: Buffer | undefined;
  private clockMs = 0;

  constructor(memory: Memory) {
    this.memory = memory;
  }

  get isEmpty(): boolean {
    return this.bytes === undefined;
  }

  send(event: HermesEvent, beside?: BesideEvent): MemoryValue | undefined {
    const atMs = Date.parse(event.receivedat);
    this.pass(atMs);
    const before = this.bytes && Remembered.decode(this.bytes);
    const { state, value, dueMs, dropped } = this.memory.observe(before?.state, event, beside);
    this.dropped += dropped;
    this.keep(state && new Remembered(state, dueMs ?? null));
    return value;
  }

  /** What was due before `nowMs` is decided. */
  pass(nowMs: number): void {
    this.clockMs = Math.max(this.clockMs, nowMs);
    for (;;) {
      const before = this.bytes && Remembered.decode(this.bytes);
      if (before?.timerMs === null || before === undefined || before.timerMs >= this.clockMs) return;
      const { state, dueMs, decided } = this.memory.due(before.state, before.timerMs);
      for (const { event, value } of decided) {
        this.decided.push(`${event.id} @${String((before.timerMs - START_MS) / MINUTE_MS)}`);
        this.values.push(value);
      }
      this.keep(state && new Remembered(state, dueMs ?? null));
    }
  }

  private keep(next: Remembered | undefined): void {
    this.bytes = next?.encode();
    this.largestBytes = Math.max(this.largestBytes, this.bytes?.length ?? 0);
  }
}
