import type { PlanNode, WindowAggregateNode, WindowSpec } from '../../../planner/plan.ts';
import type { Row, Value } from '../../../values/data-type.ts';
import { rowKey, type Key } from '../../code/key-code.ts';
import { adds, RowKind, type Output } from '../../operator.ts';
import { ChangeMap } from '../../state/change-map.ts';
import { DueTimes } from '../../state/due-times.ts';
import type { StateReader, StateWriter } from '../../state/state-codec.ts';
import { StateTable, type Entry, type Group } from '../../state/state-table.ts';
import { aggregateCalls, type Accumulator, type AggregateCalls } from '../aggregate-calls.ts';
import { columnTypes, type Operator, type OperatorSetup } from '../operator-setup.ts';
import { clockOf, pieceStart, slicingOf, timeOf, type Slicing, type WindowClock } from './window-clock.ts';
import { windowProperties } from './window-rows.ts';

/**
 * Aggregates of TUMBLE, HOP and CUMULATE windows. A row is added once, to its slice; a window's result is merged from its slices when the
 * watermark (or processing time) reaches its end. A row whose slice is out counts in those of its windows that are not; when all are, it
 * is late. Aggregates that cannot be merged are kept for each window instead. Source: Flink's slicing window processors.
 */
export class SliceAggregate implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[];
  readonly required: readonly (readonly number[])[];
  lateRows = 0;
  /** Watermark or processing time up to which windows are out. */
  private progressMs = Number.NEGATIVE_INFINITY;
  private readonly calls: AggregateCalls;
  private readonly slicing: Slicing;
  private readonly clock: WindowClock;
  private readonly time: (row: Row) => number;
  private readonly key: (row: Row) => Key;
  private readonly table: StateTable;
  private readonly due = new DueTimes();
  private readonly setup: OperatorSetup;
  private readonly properties: ReturnType<typeof windowProperties>;
  /** Slices are merged into windows; else each window is kept. */
  private readonly merges: boolean;
  /** CUMULATE: what is out of a window's slices is kept in its first one. */
  private readonly cumulates: boolean;
  private sliceStart = 0;
  private sliceEnd = 0;
  private slice: Group | null = null;

  constructor(
    node: WindowAggregateNode & PlanNode,
    window: Exclude<WindowSpec, { kind: 'session' }>,
    setup: OperatorSetup,
  ) {
    const input = setup.inputs[0]!;
    const types = columnTypes(input);
    const retracting = input.changelog !== 'append';
    this.setup = setup;
    this.calls = aggregateCalls({ ...setup, calls: node.aggregates, keys: node.keys, types, retracting });
    this.slicing = slicingOf(window);
    this.clock = clockOf(input, node.time, setup.zone, setup.settings.timeZone);
    this.time = timeOf(this.clock, node.time, setup.clock);
    this.key = rowKey(node.keys, types);
    this.properties = windowProperties(node.properties, this.clock);
    this.merges = window.kind === 'tumble' || (this.calls.mergeable && !retracting);
    this.cumulates = window.kind === 'cumulate';
    this.table = new StateTable({ clock: setup.clock, maps: this.calls.maps, grows: this.calls.grows });
    this.tables = [this.table];
    this.required = [this.clock.eventTime ? [node.time] : []];
    this.inputs = [{ push: this.push.bind(this) }];
  }

  private push(kind: RowKind, row: Row): void {
    const timeMs = this.time(row);
    if (this.slice === null || timeMs < this.sliceStart || timeMs >= this.sliceEnd) {
      const start = pieceStart(timeMs, this.slicing.sliceMs, this.slicing.offsetMs);
      const end = start + this.slicing.sliceMs;
      if (!this.merges) {
        this.pushToWindows(kind, row, end);
        return;
      }
      const target = this.target(end);
      if (target === null) {
        this.lateRows++;
        this.setup.late(row);
        return;
      }
      const group = this.groupAt(target, end);
      if (target !== end || this.fired(end)) {
        this.add(group, target, kind, row);
        return;
      }
      this.sliceStart = start;
      this.sliceEnd = end;
      this.slice = group;
    }
    this.add(this.slice, this.sliceEnd, kind, row);
  }

  /** The group that a row of this slice goes to; null: all its windows are out. */
  private target(sliceEnd: number): number | null {
    if (!this.fired(sliceEnd)) return sliceEnd;
    const last = this.slicing.windowsOf(sliceEnd).at(-1);
    if (last === undefined || this.fired(last)) return null;
    return this.cumulates ? this.firstSlice(sliceEnd) : sliceEnd;
  }

  private firstSlice(end: number): number {
    return this.slicing.startOf(end) + this.slicing.sliceMs;
  }

  private pushToWindows(kind: RowKind, row: Row, sliceEnd: number): void {
    let late = true;
    for (const end of this.slicing.windowsOf(sliceEnd)) {
      if (this.fired(end)) continue;
      late = false;
      const group = this.table.group(end);
      this.due.add(end);
      this.add(group, end, kind, row);
    }
    if (!late) return;
    this.lateRows++;
    this.setup.late(row);
  }

  private fired(end: number): boolean {
    return this.clock.completeAt(end) <= this.progressMs;
  }

  /** A slice, with its windows that are still to come registered. */
  private groupAt(target: number, sliceEnd: number): Group {
    const group = this.table.groups.get(target);
    if (group !== undefined && target === sliceEnd && !this.fired(sliceEnd)) return group;
    this.register(sliceEnd);
    return this.table.group(target);
  }

  private register(sliceEnd: number): void {
    for (const end of this.slicing.windowsOf(sliceEnd)) if (!this.fired(end)) this.due.add(end);
  }

  private add(group: Group, groupKey: number, kind: RowKind, row: Row): void {
    const { calls, table } = this;
    const key = this.key(row);
    let entry = group.get(key);
    if (entry === undefined) {
      if (!adds(kind)) return;
      entry = table.create(group, groupKey, key, calls.start(row));
    }
    if (adds(kind)) calls.add(entry, row);
    else {
      calls.retract(entry, row);
      if (calls.rowCount(entry.values) <= 0) {
        table.delete(entry);
        return;
      }
    }
    table.changed(entry);
  }

  onWatermark(watermarkMs: number): void {
    if (this.clock.eventTime) this.fire(watermarkMs);
  }

  get nextTimeMs(): number {
    return this.clock.eventTime || this.due.first === Number.POSITIVE_INFINITY
      ? Number.POSITIVE_INFINITY
      : this.clock.completeAt(this.due.first);
  }

  onTime(nowMs: number): void {
    this.fire(nowMs);
  }

  private fire(progressMs: number): void {
    this.slice = null;
    while (this.due.first !== Number.POSITIVE_INFINITY && this.clock.completeAt(this.due.first) <= progressMs) {
      const end = this.due.take();
      // Only now, so that what is late for this window is known to be.
      this.progressMs = Math.max(this.progressMs, this.clock.completeAt(end));
      this.emit(end);
    }
    if (progressMs > this.progressMs) this.progressMs = progressMs;
  }

  private emit(end: number): void {
    const start = this.slicing.startOf(end);
    if (!this.merges || (start === end - this.slicing.sliceMs && !this.cumulates)) {
      for (const { values } of this.table.groups.get(end)?.values() ?? []) this.emitRow(values, start, end);
      this.table.dropGroup(end);
    } else if (this.cumulates) this.emitCumulated(start, end);
    else this.emitHop(start, end);
  }

  private emitRow(values: Accumulator['values'], start: number, end: number): void {
    this.setup.output.push(RowKind.insert, this.properties(this.calls.results(values), start, end));
  }

  private emitHop(start: number, end: number): void {
    const { sliceMs } = this.slicing;
    const merged = new Map<Key, Accumulator>();
    const own = new Set<Accumulator>();
    // Flink merges the newest slice first, which lists and sums of doubles show.
    for (let slice = end; slice > start; slice -= sliceMs)
      for (const entry of this.table.groups.get(slice)?.values() ?? []) {
        const known = merged.get(entry.key);
        if (known === undefined) merged.set(entry.key, entry);
        else if (own.has(known)) this.calls.merge(known, entry);
        else {
          const sum = this.accumulatorLike(known.values);
          this.calls.merge(sum, known);
          this.calls.merge(sum, entry);
          own.add(sum);
          merged.set(entry.key, sum);
        }
      }
    for (const { values } of merged.values()) this.emitRow(values, start, end);
    for (let slice = start + sliceMs; slice <= end; slice += sliceMs)
      if (this.fired(this.slicing.windowsOf(slice).at(-1)!)) this.table.dropGroup(slice);
  }

  private accumulatorLike(values: Accumulator['values']): Accumulator {
    return {
      values: this.calls.startLike(values),
      maps: Array.from({ length: this.calls.maps }, () => new ChangeMap()),
    };
  }

  private emitCumulated(start: number, end: number): void {
    const { table, calls } = this;
    const first = start + this.slicing.sliceMs;
    if (end !== first) {
      const slice = table.groups.get(end);
      const target = table.group(first);
      for (const entry of slice?.values() ?? []) {
        const sum: Entry =
          target.get(entry.key) ?? table.create(target, first, entry.key, calls.startLike(entry.values));
        calls.merge(sum, entry);
        table.changed(sum);
      }
      table.dropGroup(end);
    }
    for (const { values } of table.groups.get(first)?.values() ?? []) this.emitRow(values, start, end);
    if (end === this.slicing.windowsOf(first).at(-1)) table.dropGroup(first);
  }

  write(writer: StateWriter): void {
    writer.number(this.progressMs);
    writer.count(this.lateRows);
    writer.list(this.due.list());
  }

  read(reader: StateReader): void {
    this.progressMs = reader.number();
    this.lateRows = reader.count();
    this.due.clear();
    for (const end of reader.list() as Value[]) this.due.add(end as number);
    this.slice = null;
  }
}
