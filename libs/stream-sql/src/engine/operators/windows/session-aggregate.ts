import type { PlanNode, WindowAggregateNode } from '../../../planner/plan.ts';
import type { Row } from '../../../values/data-type.ts';
import { rowKey, type Key } from '../../code/key-code.ts';
import { adds, RowKind, type Output } from '../../operator.ts';
import type { StateReader, StateWriter } from '../../state/state-codec.ts';
import { StateTable } from '../../state/state-table.ts';
import { aggregateCalls, type AggregateCalls } from '../aggregate-calls.ts';
import { columnTypes, type Operator, type OperatorSetup } from '../operator-setup.ts';
import { Sessions, sessionEnd, sessionStart } from './sessions.ts';
import { clockOf, timeOf, type WindowClock } from './window-clock.ts';
import { windowProperties } from './window-rows.ts';

/** Aggregates of SESSION windows by their keys, which are the session's partition. */
export class SessionAggregate implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[];
  readonly required: readonly (readonly number[])[];
  lateRows = 0;
  private readonly calls: AggregateCalls;
  private readonly clock: WindowClock;
  private readonly time: (row: Row) => number;
  private readonly key: (row: Row) => Key;
  private readonly table: StateTable;
  private readonly sessions: Sessions;
  private readonly setup: OperatorSetup;
  private readonly properties: ReturnType<typeof windowProperties>;

  constructor(node: WindowAggregateNode & PlanNode, gapMs: number, setup: OperatorSetup) {
    const input = setup.inputs[0]!;
    const types = columnTypes(input);
    const retracting = input.changelog !== 'append';
    this.setup = setup;
    this.calls = aggregateCalls({ ...setup, calls: node.aggregates, keys: node.keys, types, retracting });
    if (!this.calls.mergeable) throw new Error('an aggregate of this session window cannot be merged');
    this.clock = clockOf(input, node.time, setup.zone, setup.settings.timeZone);
    this.time = timeOf(this.clock, node.time, setup.clock);
    this.key = rowKey(node.keys, types);
    this.properties = windowProperties(node.properties, this.clock);
    this.table = new StateTable({ clock: setup.clock, maps: this.calls.maps, grows: this.calls.grows });
    this.tables = [this.table];
    this.sessions = new Sessions(this.table, gapMs, this.clock);
    this.required = [this.clock.eventTime ? [node.time] : []];
    this.inputs = [{ push: this.push.bind(this) }];
  }

  private push(kind: RowKind, row: Row): void {
    const { calls } = this;
    const session = this.sessions.at(this.key(row), this.time(row), {
      start: () => calls.start(row),
      merge: (to, other) => calls.merge(to, other),
    });
    if (session === null) {
      this.lateRows++;
      this.setup.late(row);
      return;
    }
    if (adds(kind)) calls.add(session, row);
    else calls.retract(session, row);
    this.table.changed(session);
  }

  onWatermark(watermarkMs: number): void {
    if (this.clock.eventTime) this.fire(watermarkMs);
  }

  get nextTimeMs(): number {
    return this.clock.eventTime || this.sessions.first === Number.POSITIVE_INFINITY
      ? Number.POSITIVE_INFINITY
      : this.clock.completeAt(this.sessions.first);
  }

  onTime(nowMs: number): void {
    this.fire(nowMs);
  }

  private fire(progressMs: number): void {
    this.sessions.fire(progressMs, (entry) => {
      if (this.calls.rowCount(entry.values) <= 0) return;
      const row = this.calls.results(entry.values);
      this.setup.output.push(RowKind.insert, this.properties(row, sessionStart(entry), sessionEnd(entry)));
    });
  }

  write(writer: StateWriter): void {
    writer.number(this.sessions.progressMs);
    writer.count(this.lateRows);
  }

  read(reader: StateReader): void {
    this.sessions.progressMs = reader.number();
    this.lateRows = reader.count();
  }

  restored(): void {
    this.sessions.restored();
  }
}
