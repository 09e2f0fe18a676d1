import type { PlanNode, WindowAggregateNode } from '../../../planner/plan.ts';
import type { Row } from '../../../values/data-type.ts';
import { rowKey, type Key } from '../../code/key-code.ts';
import { adds, RowKind, type Output } from '../../operator.ts';
import type { StateReader, StateWriter } from '../../state/state-codec.ts';
import { StateTable } from '../../state/state-table.ts';
import { aggregateCalls, type AggregateCalls } from '../aggregate-calls.ts';
import { columnTypes, type Operator, type OperatorSetup } from '../operator-setup.ts';
import { WindowEnds } from './window-ends.ts';
import { windowProperties } from './window-rows.ts';

/** Aggregates by windows that the input rows carry: window_start and window_end are columns. */
export class AttachedAggregate implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[];
  private readonly calls: AggregateCalls;
  private readonly key: (row: Row) => Key;
  private readonly table: StateTable;
  private readonly ends: WindowEnds;
  private readonly endColumn: number;
  private readonly setup: OperatorSetup;
  private readonly properties: ReturnType<typeof windowProperties>;

  constructor(
    node: WindowAggregateNode & PlanNode,
    columns: { readonly start: number; readonly end: number },
    setup: OperatorSetup,
  ) {
    const input = setup.inputs[0]!;
    const types = columnTypes(input);
    const retracting = input.changelog !== 'append';
    // Windows with one end may start at different times (sessions), so the start is a key; it is the first of a group's values.
    const keys = [columns.start, ...node.keys];
    this.setup = setup;
    this.endColumn = columns.end;
    this.calls = aggregateCalls({ ...setup, calls: node.aggregates, keys, types, retracting });
    this.key = rowKey(keys, types);
    this.table = new StateTable({ clock: setup.clock, maps: this.calls.maps, grows: this.calls.grows });
    this.tables = [this.table];
    this.ends = new WindowEnds(input, setup);
    this.properties = windowProperties(node.properties, this.ends.clock);
    this.inputs = [{ push: this.push.bind(this) }];
  }

  get lateRows(): number {
    return this.ends.lateRows;
  }

  private push(kind: RowKind, row: Row): void {
    const end = row[this.endColumn] as number;
    if (!this.ends.open(end, row)) return;
    const { calls, table } = this;
    const group = table.group(end);
    const key = this.key(row);
    let entry = group.get(key);
    if (entry === undefined) {
      if (!adds(kind)) return;
      entry = table.create(group, end, key, calls.start(row));
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

  private emit(end: number): void {
    for (const { values } of this.table.groups.get(end)?.values() ?? []) {
      const [start, ...row] = this.calls.results(values);
      this.setup.output.push(RowKind.insert, this.properties(row, start as number, end));
    }
    this.table.dropGroup(end);
  }

  onWatermark(watermarkMs: number): void {
    this.ends.onWatermark(watermarkMs, (end) => this.emit(end));
  }

  get nextTimeMs(): number {
    return this.ends.nextTimeMs;
  }

  onTime(nowMs: number): void {
    this.ends.onTime(nowMs, (end) => this.emit(end));
  }

  write(writer: StateWriter): void {
    this.ends.write(writer);
  }

  read(reader: StateReader): void {
    this.ends.read(reader);
  }

  restored(): void {
    this.ends.restored(this.table);
  }
}
