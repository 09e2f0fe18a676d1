import type { OverNode, PlanNode } from '../../../planner/plan.ts';
import type { Row } from '../../../values/data-type.ts';
import { rowKey, type Key } from '../../code/key-code.ts';
import { RowKind, type Output } from '../../operator.ts';
import { StateTable } from '../../state/state-table.ts';
import { aggregateCalls, type AggregateCalls } from '../aggregate-calls.ts';
import { columnTypes, type Operator, type OperatorSetup } from '../operator-setup.ts';
import { isBounded, OverFrame } from './over-frame.ts';

/** OVER in processing time: each row leaves at once with the aggregates over its frame. */
export class ProcessingTimeOver implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[];
  private readonly calls: AggregateCalls;
  private readonly frame: OverFrame;
  private readonly table: StateTable;
  private readonly partition: (row: Row) => Key;
  private readonly setup: OperatorSetup;

  constructor(node: OverNode & PlanNode, setup: OperatorSetup) {
    const types = columnTypes(setup.inputs[0]!);
    const retracting = isBounded(node.frame);
    this.setup = setup;
    this.calls = aggregateCalls({ ...setup, calls: node.aggregates, keys: [], types, retracting });
    this.frame = new OverFrame(this.calls, node.frame, this.calls.maps);
    this.partition = rowKey(node.partition, types);
    this.table = new StateTable({
      clock: setup.clock,
      ttlMs: setup.settings.stateTtlMs,
      maps: this.calls.maps + (retracting ? 1 : 0),
      grows: this.calls.grows,
    });
    this.tables = [this.table];
    this.inputs = [{ push: (_, row) => this.push(row) }];
  }

  private push(row: Row): void {
    const { table, frame } = this;
    const { nowMs } = this.setup.clock;
    const key = this.partition(row);
    const group = table.group(null);
    const entry = table.get(group, key) ?? table.create(group, null, key, frame.start(row));
    frame.expire(entry, nowMs);
    frame.add(entry, row, nowMs);
    table.changed(entry);
    this.setup.output.push(RowKind.insert, frame.output(entry, row));
  }
}
