import type { Slots } from '../../../builtin/signature.ts';
import type { Key } from '../../code/key-code.ts';
import { DueTimes } from '../../state/due-times.ts';
import type { Entry, StateTable } from '../../state/state-table.ts';
import type { WindowClock } from './window-clock.ts';

/** What is done with the state of sessions; the last of an entry's `values` is the session's end. */
export interface SessionState {
  /** Values of a session without rows. */
  start(): Slots;
  merge(to: Entry, other: Entry): void;
}

export const sessionEnd = (entry: Entry): number => entry.values.at(-1) as number;
export const sessionStart = (entry: Entry): number => entry.key as number;

/**
 * Session windows by key: a group of the table is a key, an entry a session by its start. Sessions that touch grow together (Flink's
 * TimeWindow.intersects counts touching ends).
 */
export class Sessions {
  private readonly table: StateTable;
  private readonly gapMs: number;
  private readonly clock: WindowClock;
  private readonly due = new DueTimes();
  /** Sessions by an end that they had when they were last looked at; an end that has moved on since is looked at again. */
  private readonly byEnd = new Map<number, Entry[]>();
  progressMs = Number.NEGATIVE_INFINITY;

  constructor(table: StateTable, gapMs: number, clock: WindowClock) {
    this.table = table;
    this.gapMs = gapMs;
    this.clock = clock;
  }

  get first(): number {
    return this.due.first;
  }

  /** The session that a row of this time goes to, grown to hold it; null: the row is late. */
  at(key: Key, timeMs: number, state: SessionState): Entry | null {
    let start = timeMs;
    let end = timeMs + this.gapMs;
    const group = this.table.groups.get(key);
    const touched: Entry[] = [];
    if (group !== undefined)
      for (const entry of group.values())
        if (sessionStart(entry) <= timeMs + this.gapMs && sessionEnd(entry) >= timeMs) touched.push(entry);
    const [first] = touched;
    if (touched.length === 1 && sessionStart(first!) <= timeMs) {
      if (end > sessionEnd(first!)) first!.values[first!.values.length - 1] = end;
      return first!;
    }
    for (const entry of touched) {
      start = Math.min(start, sessionStart(entry));
      end = Math.max(end, sessionEnd(entry));
    }
    if (touched.length === 0 && this.clock.completeAt(end) <= this.progressMs) return null;
    for (const entry of touched) this.table.delete(entry);
    const merged = this.table.create(this.table.group(key), key, start, [...state.start(), end]);
    for (const entry of touched.toSorted((a, b) => sessionStart(a) - sessionStart(b))) state.merge(merged, entry);
    this.watch(merged);
    return merged;
  }

  private watch(entry: Entry): void {
    const end = sessionEnd(entry);
    const list = this.byEnd.get(end);
    if (list === undefined) {
      this.byEnd.set(end, [entry]);
      this.due.add(end);
    } else list.push(entry);
  }

  /** Takes the sessions away that are complete, by their ends. */
  fire(progressMs: number, emit: (entry: Entry) => void): void {
    while (this.due.first !== Number.POSITIVE_INFINITY && this.clock.completeAt(this.due.first) <= progressMs) {
      const due = this.due.take();
      const entries = this.byEnd.get(due)!;
      this.byEnd.delete(due);
      for (const entry of entries) {
        const group = this.table.groups.get(entry.group);
        if (group?.get(entry.key) !== entry) continue;
        if (sessionEnd(entry) !== due) {
          this.watch(entry);
          continue;
        }
        this.table.delete(entry);
        if (group.size === 0) this.table.groups.delete(entry.group);
        emit(entry);
      }
    }
    if (progressMs > this.progressMs) this.progressMs = progressMs;
  }

  restored(): void {
    this.due.clear();
    this.byEnd.clear();
    for (const group of this.table.groups.values()) for (const entry of group.values()) this.watch(entry);
  }
}
