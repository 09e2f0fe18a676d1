import type { OverNode } from '../../../planner/plan.ts';
import type { Row, Value } from '../../../values/data-type.ts';
import type { AggregateCalls } from '../aggregate-calls.ts';
import type { Entry } from '../../state/state-table.ts';

/**
 * The rows of a frame that are still in it, in one of a partition's maps, and the accumulators over them in its values, with two more
 * behind: the ids of the oldest row kept and of the next one.
 */
export class OverFrame {
  private readonly calls: AggregateCalls;
  private readonly frame: OverNode['frame'];
  /** Which of an entry's maps has the frame's rows. */
  private readonly map: number;

  constructor(calls: AggregateCalls, frame: OverNode['frame'], map: number) {
    this.calls = calls;
    this.frame = frame;
    this.map = map;
  }

  /** Whether rows leave the frame again. */
  get bounded(): boolean {
    return isBounded(this.frame);
  }

  start(row: Row): Value[] {
    return [...(this.calls.start(row) as Value[]), 0, 0];
  }

  /** Adds a row of this time; rows that are out of the frame then are taken back. */
  add(entry: Entry, row: Row, timeMs: number): void {
    this.calls.add(entry, row);
    if (!this.bounded) return;
    const next = entry.values.at(-1) as number;
    entry.maps[this.map]!.set(next, [timeMs, row as Value]);
    entry.values[entry.values.length - 1] = next + 1;
    if (this.frame.kind === 'rows') while (this.kept(entry) > this.frame.preceding! + 1) this.takeBack(entry);
  }

  /** Takes back what is too old at this time (RANGE). */
  expire(entry: Entry, timeMs: number): void {
    if (this.frame.kind !== 'range' || this.frame.precedingMs === null) return;
    const fromMs = timeMs - this.frame.precedingMs;
    while (this.kept(entry) > 0 && this.oldest(entry)[0] < fromMs) this.takeBack(entry);
  }

  /** The row with the aggregates over its frame. */
  output(entry: Entry, row: Row): Row {
    const results = this.calls.results(entry.values);
    return [...row, ...results];
  }

  private kept(entry: Entry): number {
    return entry.maps[this.map]!.size;
  }

  private oldest(entry: Entry): readonly [number, Row] {
    return entry.maps[this.map]!.get(entry.values.at(-2) as number) as unknown as readonly [number, Row];
  }

  private takeBack(entry: Entry): void {
    const first = entry.values.at(-2) as number;
    this.calls.retract(entry, this.oldest(entry)[1]);
    entry.maps[this.map]!.delete(first);
    entry.values[entry.values.length - 2] = first + 1;
  }
}

export const isBounded = (frame: OverNode['frame']): boolean =>
  (frame.kind === 'rows' ? frame.preceding : frame.precedingMs) !== null;
