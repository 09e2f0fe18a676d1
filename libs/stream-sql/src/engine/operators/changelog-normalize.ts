import type { ChangelogNormalizeNode, PlanNode } from '../../planner/plan.ts';
import type { Row, Value } from '../../values/data-type.ts';
import { sameRow } from '../code/compare-values.ts';
import { rowKey, type Key } from '../code/key-code.ts';
import { adds, RowKind, type Output } from '../operator.ts';
import { StateTable } from '../state/state-table.ts';
import { columnTypes, type Operator, type OperatorSetup } from './operator-setup.ts';

/**
 * Keeps the row of each key and says what changes: a row that is there already is not said twice, a -D has the whole row though the input named its key
 * alone. Source: Flink's DeduplicateFunctionHelper.processLastRowOnChangelog.
 */
export class ChangelogNormalize implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[];
  private readonly table: StateTable;
  private readonly key: (row: Row) => Key;
  private readonly updateBefore: boolean;
  private readonly ttl: boolean;
  private readonly output: Output;

  constructor(node: ChangelogNormalizeNode & PlanNode, setup: OperatorSetup) {
    this.ttl = setup.settings.stateTtlMs > 0;
    this.table = new StateTable({ clock: setup.clock, ttlMs: setup.settings.stateTtlMs, grows: true });
    this.tables = [this.table];
    this.key = rowKey(node.key, columnTypes(setup.inputs[0]!));
    this.updateBefore = node.changelog === 'retract';
    this.output = setup.output;
    this.inputs = [{ push: this.push.bind(this) }];
  }

  private push(kind: RowKind, row: Row): void {
    if (kind === RowKind.updateBefore) return;
    const { table, output } = this;
    const group = table.group(null);
    const key = this.key(row);
    const entry = table.get(group, key);
    if (!adds(kind)) {
      if (entry === undefined) return;
      table.delete(entry);
      output.push(RowKind.delete, entry.values[0] as Row);
      return;
    }
    if (entry === undefined) {
      table.create(group, null, key, [row as Value]);
      output.push(RowKind.insert, row);
      return;
    }
    const before = entry.values[0] as Row;
    // With a TTL the repeat counts as a use of the row, here and behind.
    if (!this.ttl && sameRow(before, row)) return;
    entry.values[0] = row as Value;
    table.changed(entry);
    if (this.updateBefore) output.push(RowKind.updateBefore, before);
    output.push(RowKind.updateAfter, row);
  }
}
