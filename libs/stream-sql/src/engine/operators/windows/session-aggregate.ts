import type { PlanNode, WindowAggregateNode } from '../../../planner/plan.ts';
import type { Row, Value } from '../../../values/data-type.ts';
import { rowKey, type Key } from '../../code/key-code.ts';
import { adds, RowKind, type Output } from '../../operator.ts';
import type { StateReader, StateWriter } from '../../state/state-codec.ts';
import { ChangeMap } from '../../state/change-map.ts';
import { StateTable, type Entry } from '../../state/state-table.ts';
import { aggregateCalls, type Accumulator, type AggregateCalls } from '../aggregate-calls.ts';
import { columnTypes, type Operator, type OperatorSetup } from '../operator-setup.ts';
import { Sessions, sessionEnd, sessionStart } from './sessions.ts';
import { clockOf, timeOf, type WindowClock } from './window-clock.ts';
import { windowProperties } from './window-rows.ts';

/**
 * Aggregates of SESSION windows by their keys, which are the session's partition. Where an aggregate cannot be merged, a session keeps its rows and is
 * computed when it is complete.
 */
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
  private readonly keepsRows: boolean;
  private arrived = 0;
  private readonly properties: ReturnType<typeof windowProperties>;

  constructor(node: WindowAggregateNode & PlanNode, gapMs: number, setup: OperatorSetup) {
    const input = setup.inputs[0]!;
    const types = columnTypes(input);
    const retracting = input.changelog !== 'append';
    this.setup = setup;
    this.calls = aggregateCalls({ ...setup, calls: node.aggregates, keys: node.keys, types, retracting });
    this.clock = clockOf(input, node.time, setup.zone, setup.settings.timeZone);
    this.time = timeOf(this.clock, node.time, setup.clock);
    this.key = rowKey(node.keys, types);
    this.properties = windowProperties(node.properties, this.clock);
    this.keepsRows = !this.calls.mergeable;
    this.table = new StateTable({
      clock: setup.clock,
      maps: this.keepsRows ? 1 : this.calls.maps,
      grows: !this.keepsRows && this.calls.grows,
    });
    this.tables = [this.table];
    this.sessions = new Sessions(this.table, gapMs, this.clock);
    this.required = [this.clock.eventTime ? [node.time] : []];
    this.inputs = [{ push: this.push.bind(this) }];
  }

  private push(kind: RowKind, row: Row): void {
    const { calls } = this;
    const session = this.sessions.at(this.key(row), this.time(row), {
      start: () => calls.start(row),
      merge: (to, other) => {
        if (!this.keepsRows) calls.merge(to, other);
        else for (const [id, item] of other.maps[0]!.entries()) to.maps[0]!.set(id, item);
      },
    });
    if (session === null) {
      this.lateRows++;
      this.setup.late(row);
      return;
    }
    if (this.keepsRows) session.maps[0]!.set(this.arrived++, [kind, row as Value]);
    else if (adds(kind)) calls.add(session, row);
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
      const { values } = this.keepsRows ? this.compute(entry) : entry;
      if (this.calls.rowCount(values) <= 0) return;
      const row = this.calls.results(values);
      this.setup.output.push(RowKind.insert, this.properties(row, sessionStart(entry), sessionEnd(entry)));
    });
  }

  private compute(entry: Entry): Accumulator {
    const { calls } = this;
    const sum: Accumulator = {
      values: calls.startLike(entry.values),
      maps: Array.from({ length: calls.maps }, () => new ChangeMap()),
    };
    const rows = [...entry.maps[0]!.entries()].toSorted(([a], [b]) => (a as number) - (b as number));
    for (const [, item] of rows) {
      const [kind, row] = item as unknown as readonly [RowKind, Row];
      if (adds(kind)) calls.add(sum, row);
      else calls.retract(sum, row);
    }
    return sum;
  }

  write(writer: StateWriter): void {
    writer.number(this.sessions.progressMs);
    writer.count(this.lateRows);
    writer.count(this.arrived);
  }

  read(reader: StateReader): void {
    this.sessions.progressMs = reader.number();
    this.lateRows = reader.count();
    this.arrived = reader.count();
  }

  restored(): void {
    this.sessions.restored();
  }
}
