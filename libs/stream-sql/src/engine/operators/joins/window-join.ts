import type { JoinNode, PlanNode } from '../../../planner/plan.ts';
import type { Row, Value } from '../../../values/data-type.ts';
import { joinKey, type Key } from '../../code/key-code.ts';
import type { PairOutput } from '../../code/stage-code.ts';
import { RowKind, type Output } from '../../operator.ts';
import type { StateReader, StateWriter } from '../../state/state-codec.ts';
import { StateTable, type Entry } from '../../state/state-table.ts';
import { columnTypes, type Operator, type OperatorSetup } from '../operator-setup.ts';
import { WindowEnds } from '../windows/window-ends.ts';
import { matchCode } from './match-code.ts';

/** Joins rows of equal windows, once, when the window is complete. Rows of windows that are out are late. */
export class WindowJoin implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[];
  private readonly node: JoinNode;
  private readonly left: StateTable;
  private readonly right: StateTable;
  private readonly ends: WindowEnds;
  private readonly matches: (left: Row, right: Row) => boolean;
  /** Of inner and outer joins, and of semi and anti joins. */
  private readonly pairs: PairOutput | null;
  private readonly rows: Output | null;
  private readonly leftNulls: Row;
  private readonly rightNulls: Row;
  private arrived = 0;

  constructor(
    node: JoinNode & PlanNode,
    ends: { readonly leftEnd: number; readonly rightEnd: number },
    setup: OperatorSetup,
  ) {
    const [left, right] = setup.inputs;
    this.node = node;
    this.left = new StateTable({ clock: setup.clock, maps: 1 });
    this.right = new StateTable({ clock: setup.clock, maps: 1 });
    this.tables = [this.left, this.right];
    this.ends = new WindowEnds(left!, setup);
    this.matches = matchCode(node.condition, left!.columns.length, setup);
    const single = node.type === 'semi' || node.type === 'anti';
    this.pairs = single ? null : setup.pairOutput(left!.columns.length);
    this.rows = single ? setup.output : null;
    this.leftNulls = left!.columns.map(() => null);
    this.rightNulls = right!.columns.map(() => null);
    const leftKey = joinKey(node.leftKeys, columnTypes(left!));
    const rightKey = joinKey(node.rightKeys, columnTypes(right!));
    this.inputs = [
      { push: (_, row) => this.keep(this.left, row[ends.leftEnd] as number, leftKey(row), row) },
      { push: (_, row) => this.keep(this.right, row[ends.rightEnd] as number, rightKey(row), row) },
    ];
  }

  get lateRows(): number {
    return this.ends.lateRows;
  }

  private keep(table: StateTable, end: number, key: Key | undefined, row: Row): void {
    if (!this.ends.open(end, row)) return;
    if (key === undefined) {
      if (table === this.left) this.alone(row);
      else this.aloneRight(row);
      return;
    }
    const group = table.group(end);
    const entry = group.get(key) ?? table.create(group, end, key, []);
    entry.maps[0]!.set(this.arrived++, row as Value);
    table.changed(entry);
  }

  /** A left row without a match. */
  private alone(row: Row): void {
    const { type } = this.node;
    if (type === 'anti') this.rows!.push(RowKind.insert, row);
    else if (type === 'left' || type === 'full') this.pairs!.push(RowKind.insert, row, this.rightNulls);
  }

  private aloneRight(row: Row): void {
    const { type } = this.node;
    if (type === 'right' || type === 'full') this.pairs!.push(RowKind.insert, this.leftNulls, row);
  }

  private emit(end: number): void {
    const lefts = this.left.groups.get(end);
    const rights = this.right.groups.get(end);
    for (const entry of lefts?.values() ?? []) this.emitKey(entry, rights?.get(entry.key));
    for (const entry of rights?.values() ?? [])
      if (lefts?.has(entry.key) !== true) for (const row of entry.maps[0]!.values()) this.aloneRight(row as Row);
    this.left.dropGroup(end);
    this.right.dropGroup(end);
  }

  private emitKey(left: Entry, right: Entry | undefined): void {
    const matched = new Set<Row>();
    const others = right === undefined ? [] : ([...right.maps[0]!.values()] as Row[]);
    for (const item of left.maps[0]!.values()) {
      const row = item as Row;
      let found = false;
      for (const other of others) {
        if (!this.matches(row, other)) continue;
        found = true;
        if (this.pairs === null) break;
        matched.add(other);
        this.pairs.push(RowKind.insert, row, other);
      }
      if (!found) this.alone(row);
      else if (this.node.type === 'semi') this.rows!.push(RowKind.insert, row);
    }
    for (const other of others) if (!matched.has(other)) this.aloneRight(other);
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
    writer.count(this.arrived);
  }

  read(reader: StateReader): void {
    this.ends.read(reader);
    this.arrived = reader.count();
  }

  restored(): void {
    this.ends.restored(this.left, this.right);
  }
}
