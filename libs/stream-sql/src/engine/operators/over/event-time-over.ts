import type { OverNode, PlanNode } from '../../../planner/plan.ts';
import type { Row, Value } from '../../../values/data-type.ts';
import { rowKey, type Key } from '../../code/key-code.ts';
import { failOnNullTime } from '../../null-time.ts';
import { RowKind, type Output } from '../../operator.ts';
import { DueTimes } from '../../state/due-times.ts';
import type { StateReader, StateWriter } from '../../state/state-codec.ts';
import { StateTable, type Entry } from '../../state/state-table.ts';
import { aggregateCalls, type AggregateCalls } from '../aggregate-calls.ts';
import { columnTypes, type Operator, type OperatorSetup } from '../operator-setup.ts';
import { isBounded, OverFrame } from './over-frame.ts';

/** Where an entry keeps the rows that wait (time to rows); the frame's own map is behind those of DISTINCT. */
const WAITING = 0;

/**
 * OVER in event time: rows wait, sorted, until the watermark passes them. Rows of one time leave in the order in which they came: with ROWS one
 * after the other, with RANGE all with the aggregates that hold them all. Late is what is not after the watermark (unbounded frames), or not
 * after the last time of its partition that was computed (bounded ones), as in Flink's functions.
 */
export class EventTimeOver implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[];
  readonly required: readonly (readonly number[])[];
  lateRows = 0;
  private readonly node: OverNode;
  private readonly calls: AggregateCalls;
  private readonly frame: OverFrame;
  private readonly bounded: boolean;
  private readonly table: StateTable;
  private readonly waiting: StateTable;
  private readonly due = new DueTimes();
  private readonly dueKeys = new Map<number, Set<Key>>();
  private readonly partition: (row: Row) => Key;
  private readonly setup: OperatorSetup;
  private watermarkMs = Number.NEGATIVE_INFINITY;

  constructor(node: OverNode & PlanNode, setup: OperatorSetup) {
    const types = columnTypes(setup.inputs[0]!);
    this.node = node;
    this.setup = setup;
    this.bounded = isBounded(node.frame);
    this.calls = aggregateCalls({ ...setup, calls: node.aggregates, keys: [], types, retracting: this.bounded });
    this.frame = new OverFrame(this.calls, node.frame, this.calls.maps);
    this.partition = rowKey(node.partition, types);
    this.table = new StateTable({
      clock: setup.clock,
      ttlMs: setup.settings.stateTtlMs,
      maps: this.calls.maps + (this.bounded ? 1 : 0),
      grows: this.calls.grows,
    });
    this.waiting = new StateTable({ clock: setup.clock, maps: 1 });
    this.tables = [this.table, this.waiting];
    this.required = [[node.order]];
    this.inputs = [{ push: (_, row) => this.push(row) }];
  }

  private push(row: Row): void {
    const timeMs = row[this.node.order] as number | null;
    if (timeMs === null) failOnNullTime();
    const key = this.partition(row);
    const group = this.waiting.group(null);
    const entry = group.get(key) ?? this.waiting.create(group, null, key, [0]);
    // `values` of a partition that waits: the last time that was computed.
    if (this.bounded ? timeMs <= (entry.values[0] as number) : timeMs <= this.watermarkMs) {
      this.lateRows++;
      this.setup.late(row);
      return;
    }
    const rows = entry.maps[WAITING]!;
    const same = rows.get(timeMs) as Value[] | undefined;
    if (same === undefined) rows.set(timeMs, [row as Value]);
    else {
      same.push(row as Value);
      rows.mark(timeMs);
    }
    this.waiting.changed(entry);
    this.watch(timeMs, key);
  }

  private watch(timeMs: number, key: Key): void {
    const keys = this.dueKeys.get(timeMs);
    if (keys === undefined) {
      this.dueKeys.set(timeMs, new Set([key]));
      this.due.add(timeMs);
    } else keys.add(key);
  }

  onWatermark(watermarkMs: number): void {
    this.watermarkMs = watermarkMs;
    const group = this.waiting.group(null);
    while (this.due.isDue(watermarkMs)) {
      const timeMs = this.due.take();
      const keys = this.dueKeys.get(timeMs)!;
      this.dueKeys.delete(timeMs);
      for (const key of keys) this.compute(group.get(key)!, timeMs);
    }
  }

  private compute(waiting: Entry, timeMs: number): void {
    const rows = waiting.maps[WAITING]!.get(timeMs) as readonly Row[];
    waiting.maps[WAITING]!.delete(timeMs);
    waiting.values[0] = timeMs;
    // Bounded frames remember the time; others need nothing of a partition where nothing waits.
    if (!this.bounded && waiting.maps[WAITING]!.size === 0) this.waiting.delete(waiting);
    else this.waiting.changed(waiting);
    const { table, frame } = this;
    const group = table.group(null);
    const entry = table.get(group, waiting.key) ?? table.create(group, null, waiting.key, frame.start(rows[0]!));
    frame.expire(entry, timeMs);
    if (this.node.frame.kind === 'range') {
      for (const row of rows) frame.add(entry, row, timeMs);
      for (const row of rows) this.setup.output.push(RowKind.insert, frame.output(entry, row));
    } else
      for (const row of rows) {
        frame.add(entry, row, timeMs);
        this.setup.output.push(RowKind.insert, frame.output(entry, row));
      }
    table.changed(entry);
  }

  write(writer: StateWriter): void {
    writer.number(this.watermarkMs);
    writer.count(this.lateRows);
  }

  read(reader: StateReader): void {
    this.watermarkMs = reader.number();
    this.lateRows = reader.count();
  }

  restored(): void {
    this.due.clear();
    this.dueKeys.clear();
    for (const entry of this.waiting.group(null).values())
      for (const timeMs of entry.maps[WAITING]!.keys()) this.watch(timeMs as number, entry.key);
  }
}
