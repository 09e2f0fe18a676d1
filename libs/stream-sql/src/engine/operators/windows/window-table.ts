import type { PlanNode, WindowNode } from '../../../planner/plan.ts';
import type { Row, Value } from '../../../values/data-type.ts';
import { rowKey, type Key } from '../../code/key-code.ts';
import { RowKind, type Output } from '../../operator.ts';
import type { StateReader, StateWriter } from '../../state/state-codec.ts';
import { StateTable } from '../../state/state-table.ts';
import { columnTypes, type Operator, type OperatorSetup } from '../operator-setup.ts';
import { Sessions, sessionEnd, sessionStart } from './sessions.ts';
import { clockOf, pieceStart, slicingOf, timeOf, type Slicing, type WindowClock } from './window-clock.ts';

const withWindow = (clock: WindowClock, row: Row, start: number, end: number): Row => [
  ...row,
  start,
  end,
  clock.windowTime(end),
];

/** A window table function alone: each row once for each of its windows, at once; no row is late. */
export class WindowTable implements Operator {
  readonly inputs: readonly Output[];
  readonly tables = [];
  readonly required: readonly (readonly number[])[];

  constructor(node: WindowNode & PlanNode, slicing: Slicing, setup: OperatorSetup) {
    const clock = clockOf(setup.inputs[0]!, node.time, setup.zone, setup.settings.timeZone);
    const time = timeOf(clock, node.time, setup.clock);
    const { output } = setup;
    this.required = [clock.eventTime ? [node.time] : []];
    this.inputs = [
      {
        push: (kind, row) => {
          const sliceEnd = pieceStart(time(row), slicing.sliceMs, slicing.offsetMs) + slicing.sliceMs;
          for (const end of slicing.windowsOf(sliceEnd))
            output.push(kind, withWindow(clock, row, slicing.startOf(end), end));
        },
      },
    ];
  }
}

/** SESSION alone: rows wait until their session is complete. */
export class SessionTable implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[];
  readonly required: readonly (readonly number[])[];
  lateRows = 0;
  private readonly clock: WindowClock;
  private readonly time: (row: Row) => number;
  private readonly key: (row: Row) => Key;
  private readonly table: StateTable;
  private readonly sessions: Sessions;
  private readonly setup: OperatorSetup;
  private arrived = 0;

  constructor(
    node: WindowNode & PlanNode,
    session: { readonly gapMs: number; readonly partition: readonly number[] },
    setup: OperatorSetup,
  ) {
    const input = setup.inputs[0]!;
    this.setup = setup;
    this.clock = clockOf(input, node.time, setup.zone, setup.settings.timeZone);
    this.time = timeOf(this.clock, node.time, setup.clock);
    this.key = rowKey(session.partition, columnTypes(input));
    this.table = new StateTable({ clock: setup.clock, maps: 1 });
    this.tables = [this.table];
    this.sessions = new Sessions(this.table, session.gapMs, this.clock);
    this.required = [this.clock.eventTime ? [node.time] : []];
    this.inputs = [{ push: (_, row) => this.push(row) }];
  }

  private push(row: Row): void {
    const session = this.sessions.at(this.key(row), this.time(row), {
      start: () => [],
      merge: (to, other) => {
        for (const [key, item] of other.maps[0]!.entries()) to.maps[0]!.set(key, item);
      },
    });
    if (session === null) {
      this.lateRows++;
      this.setup.late(row);
      return;
    }
    session.maps[0]!.set(this.arrived++, row as Value);
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
      for (const row of entry.maps[0]!.values())
        this.setup.output.push(
          RowKind.insert,
          withWindow(this.clock, row as Row, sessionStart(entry), sessionEnd(entry)),
        );
    });
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

/** The operator of a window table function. */
export function windowTable(node: WindowNode & PlanNode, setup: OperatorSetup): Operator {
  return node.window.kind === 'session'
    ? new SessionTable(node, node.window, setup)
    : new WindowTable(node, slicingOf(node.window), setup);
}
