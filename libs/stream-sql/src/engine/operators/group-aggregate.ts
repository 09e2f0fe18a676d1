import type { GroupAggregateNode, PlanNode } from '../../planner/plan.ts';
import type { Row } from '../../values/data-type.ts';
import { sameRow } from '../code/compare-values.ts';
import { rowKey, type Key } from '../code/key-code.ts';
import { adds, RowKind, type Output } from '../operator.ts';
import { StateTable, type Entry } from '../state/state-table.ts';
import { aggregateCalls, type AggregateCalls } from './aggregate-calls.ts';
import { columnTypes, type Operator, type OperatorSetup } from './operator-setup.ts';

/**
 * Aggregates by key over a changelog, as Flink's GroupAggFunction: +I for a new group, -U and +U where the results change, -D when a group's
 * last row is taken back; nothing for a row that changes nothing (but with state TTL, so that readers' state lives on). With mini-batch the
 * changes of many rows are handed out as one.
 */
export class GroupAggregate implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[];
  private readonly calls: AggregateCalls;
  private readonly key: (row: Row) => Key;
  private readonly table: StateTable;
  private readonly output: Output;
  private readonly updateBefore: boolean;
  private readonly retracting: boolean;
  private readonly ttl: boolean;
  private readonly batchRows: number;
  /** Results as readers know them, of the groups that changed since the last flush; null: none. */
  private readonly pending = new Map<Key, Row | null>();
  private rowsSinceFlush = 0;

  constructor(node: GroupAggregateNode & PlanNode, setup: OperatorSetup) {
    const input = setup.inputs[0]!;
    const types = columnTypes(input);
    this.retracting = input.changelog !== 'append';
    this.calls = aggregateCalls({
      ...setup,
      calls: node.aggregates,
      keys: node.keys,
      types,
      retracting: this.retracting,
    });
    this.key = rowKey(node.keys, types);
    const ttlMs = node.stateTtlMs ?? setup.settings.stateTtlMs;
    this.ttl = ttlMs > 0;
    this.table = new StateTable({
      clock: setup.clock,
      ttlMs,
      maps: this.calls.maps,
      grows: this.calls.grows,
    });
    this.tables = [this.table];
    this.output = setup.output;
    this.updateBefore = node.changelog === 'retract';
    this.batchRows = setup.settings.miniBatch?.rows ?? 0;
    this.inputs = [{ push: this.batchRows > 0 ? this.buffer.bind(this) : this.push.bind(this) }];
  }

  private push(kind: RowKind, row: Row): void {
    const { calls, table } = this;
    const key = this.key(row);
    const group = table.group(null);
    const entry = table.get(group, key);
    if (entry === undefined) {
      // A row taken back of a group that is not there (its state has expired) changes nothing.
      if (!adds(kind)) return;
      const created = table.create(group, null, key, calls.start(row));
      calls.add(created, row);
      if (calls.maps > 0 || calls.grows) table.changed(created);
      this.output.push(RowKind.insert, calls.results(created.values));
      return;
    }
    const before = calls.results(entry.values);
    this.apply(entry, kind, row);
    this.emit(before, this.remains(entry));
  }

  private apply(entry: Entry, kind: RowKind, row: Row): void {
    if (adds(kind)) this.calls.add(entry, row);
    else this.calls.retract(entry, row);
    this.table.changed(entry);
  }

  /** The results of a group, or null when it has no rows any more: then it is deleted. */
  private remains(entry: Entry): Row | null {
    if (!this.retracting || this.calls.rowCount(entry.values) > 0) return this.calls.results(entry.values);
    this.table.delete(entry);
    return null;
  }

  private emit(before: Row | null, after: Row | null): void {
    if (before === null) {
      if (after !== null) this.output.push(RowKind.insert, after);
    } else if (after === null) this.output.push(RowKind.delete, before);
    else if (this.ttl || !sameRow(before, after)) {
      if (this.updateBefore) this.output.push(RowKind.updateBefore, before);
      this.output.push(RowKind.updateAfter, after);
    }
  }

  private buffer(kind: RowKind, row: Row): void {
    const { calls, table } = this;
    const key = this.key(row);
    const group = table.group(null);
    let entry = table.get(group, key);
    if (entry === undefined) {
      if (!adds(kind)) return;
      if (!this.pending.has(key)) this.pending.set(key, null);
      entry = table.create(group, null, key, calls.start(row));
    } else if (!this.pending.has(key)) this.pending.set(key, calls.results(entry.values));
    this.apply(entry, kind, row);
    if (this.retracting && calls.rowCount(entry.values) <= 0) table.delete(entry);
    if (++this.rowsSinceFlush >= this.batchRows) this.flush();
  }

  flush(): void {
    this.rowsSinceFlush = 0;
    if (this.pending.size === 0) return;
    const changed = [...this.pending];
    this.pending.clear();
    const group = this.table.group(null);
    for (const [key, before] of changed) {
      const entry = group.get(key);
      this.emit(before, entry === undefined ? null : this.calls.results(entry.values));
    }
  }
}
