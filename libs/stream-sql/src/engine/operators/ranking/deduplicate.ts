import type { DeduplicateNode, PlanNode } from '../../../planner/plan.ts';
import type { Row, Value } from '../../../values/data-type.ts';
import { sameRow } from '../../code/compare-values.ts';
import { rowKey, type Key } from '../../code/key-code.ts';
import { adds, RowKind, type Output } from '../../operator.ts';
import { StateTable, type Entry } from '../../state/state-table.ts';
import { columnTypes, type Operator, type OperatorSetup } from '../operator-setup.ts';

/**
 * The first or the last row of each key, updated at once. In event time of rows with one time the first (keep first) or the last that came (keep
 * last) stands. In processing time an update with the same row is not said twice. Source: Flink's deduplicate functions.
 */
export class Deduplicate implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[];
  readonly required: readonly (readonly number[])[];
  private readonly node: DeduplicateNode;
  private readonly table: StateTable;
  private readonly key: (row: Row) => Key;
  private readonly eventTime: boolean;
  private readonly updateBefore: boolean;
  private readonly ttl: boolean;
  private readonly output: Output;

  constructor(node: DeduplicateNode & PlanNode, setup: OperatorSetup) {
    const input = setup.inputs[0]!;
    this.node = node;
    this.ttl = setup.settings.stateTtlMs > 0;
    this.table = new StateTable({ clock: setup.clock, ttlMs: setup.settings.stateTtlMs, grows: true });
    this.tables = [this.table];
    this.key = rowKey(node.partition, columnTypes(input));
    this.eventTime = input.columns[node.order]!.attribute !== 'proctime';
    this.required = [this.eventTime ? [node.order] : []];
    this.updateBefore = node.changelog === 'retract';
    this.output = setup.output;
    this.inputs = [{ push: this.push.bind(this) }];
  }

  private push(kind: RowKind, row: Row): void {
    const { table, output } = this;
    const key = this.key(row);
    const group = table.group(null);
    const entry = table.get(group, key);
    if (!adds(kind)) {
      // The +U that follows a -U says what is new.
      if (kind !== RowKind.delete || entry === undefined) return;
      table.delete(entry);
      output.push(RowKind.delete, entry.values[0] as Row);
      return;
    }
    if (entry === undefined) {
      table.create(group, null, key, this.stored(row));
      output.push(RowKind.insert, row);
      return;
    }
    if (!this.replaces(entry, row)) return;
    const before = entry.values[0] as Row;
    entry.values[0] = row as Value;
    table.changed(entry);
    if (!this.eventTime && !this.ttl && sameRow(before, row)) return;
    if (this.updateBefore) output.push(RowKind.updateBefore, before);
    output.push(RowKind.updateAfter, row);
  }

  /** In processing time the first row stays the first: that there was one is all that is kept. */
  private stored(row: Row): Value[] {
    return this.node.keep === 'first' && !this.eventTime ? [] : [row as Value];
  }

  private replaces(entry: Entry, row: Row): boolean {
    const { keep, order } = this.node;
    if (!this.eventTime) return keep === 'last';
    const before = (entry.values[0] as Row)[order] as number;
    const now = row[order] as number;
    return keep === 'last' ? before <= now : now < before;
  }
}
