import type { DeduplicateNode, PlanNode } from '../../../planner/plan.ts';
import type { Row, Value } from '../../../values/data-type.ts';
import { rowKey, type Key } from '../../code/key-code.ts';
import { failOnNullTime } from '../../null-time.ts';
import { RowKind, type Output } from '../../operator.ts';
import { DueTimes } from '../../state/due-times.ts';
import type { StateReader, StateWriter } from '../../state/state-codec.ts';
import { StateTable, type Entry } from '../../state/state-table.ts';
import { columnTypes, type Operator, type OperatorSetup } from '../operator-setup.ts';

/**
 * The first row of each key in event time, said once when the watermark has reached it, so that readers get no updates. A row that is
 * behind the watermark is late. Source: Flink's RowTimeDeduplicateKeepFirstRowFunction.
 */
export class FirstRows implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[];
  readonly required: readonly (readonly number[])[];
  lateRows = 0;
  /** Rows that wait for the watermark, and keys whose row is out. */
  private readonly waiting: StateTable;
  private readonly done: StateTable;
  private readonly due = new DueTimes();
  private readonly dueKeys = new Map<number, Set<Key>>();
  private readonly key: (row: Row) => Key;
  private readonly time: number;
  private readonly setup: OperatorSetup;
  private watermarkMs = Number.NEGATIVE_INFINITY;

  constructor(node: DeduplicateNode & PlanNode, setup: OperatorSetup) {
    this.setup = setup;
    this.time = node.order;
    this.waiting = new StateTable({ clock: setup.clock, grows: true });
    this.done = new StateTable({ clock: setup.clock, ttlMs: setup.settings.stateTtlMs });
    this.tables = [this.waiting, this.done];
    this.key = rowKey(node.partition, columnTypes(setup.inputs[0]!));
    this.required = [[node.order]];
    this.inputs = [{ push: (_, row) => this.push(row) }];
  }

  private push(row: Row): void {
    const timeMs = row[this.time] as number | null;
    if (timeMs === null) failOnNullTime();
    if (timeMs < this.watermarkMs) {
      this.lateRows++;
      this.setup.late(row);
      return;
    }
    const key = this.key(row);
    if (this.done.get(this.done.group(null), key) !== undefined) return;
    const group = this.waiting.group(null);
    const entry = group.get(key);
    if (entry === undefined) this.watch(this.waiting.create(group, null, key, [row as Value]));
    else if (timeMs < this.timeOf(entry)) {
      entry.values[0] = row as Value;
      this.waiting.changed(entry);
      this.watch(entry);
    }
  }

  private timeOf(entry: Entry): number {
    return (entry.values[0] as Row)[this.time] as number;
  }

  private watch(entry: Entry): void {
    const timeMs = this.timeOf(entry);
    const keys = this.dueKeys.get(timeMs);
    if (keys === undefined) {
      this.dueKeys.set(timeMs, new Set([entry.key]));
      this.due.add(timeMs);
    } else keys.add(entry.key);
  }

  onWatermark(watermarkMs: number): void {
    this.watermarkMs = watermarkMs;
    const group = this.waiting.group(null);
    while (this.due.isDue(watermarkMs)) {
      const timeMs = this.due.take();
      const keys = this.dueKeys.get(timeMs)!;
      this.dueKeys.delete(timeMs);
      for (const key of keys) {
        const entry = group.get(key);
        // A row that was replaced was replaced by an earlier one, which is out already.
        if (entry === undefined) continue;
        this.waiting.delete(entry);
        this.done.create(this.done.group(null), null, key, []);
        this.setup.output.push(RowKind.insert, entry.values[0] as Row);
      }
    }
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
    for (const entry of this.waiting.group(null).values()) this.watch(entry);
  }
}
