import type { JoinNode, PlanNode } from '../../../planner/plan.ts';
import type { Row } from '../../../values/data-type.ts';
import type { Key } from '../../code/key-code.ts';
import { adds, RowKind, type Output } from '../../operator.ts';
import type { StateReader, StateWriter } from '../../state/state-codec.ts';
import type { KeptState, Operator, OperatorSetup } from '../operator-setup.ts';
import { JoinSide } from './join-side.ts';
import { sideOptions } from './join.ts';
import { matchCode } from './match-code.ts';

/** Left rows that have a match (semi: EXISTS, IN) or have none (anti: NOT EXISTS), as matches come and go. */
export class SemiJoin implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly KeptState[];
  private readonly left: JoinSide;
  private readonly right: JoinSide;
  private readonly anti: boolean;
  private readonly matches: (left: Row, right: Row) => boolean;
  private readonly output: Output;

  constructor(node: JoinNode & PlanNode, setup: OperatorSetup) {
    const [left, right] = setup.inputs;
    this.left = new JoinSide(left!, sideOptions(node, true), setup);
    this.right = new JoinSide(right!, sideOptions(node, false), setup);
    this.anti = node.type === 'anti';
    this.matches = matchCode(node.condition, left!.columns.length, setup);
    this.output = setup.output;
    this.tables = [this.left.state, this.right.state];
    this.inputs = [
      { push: (kind, row) => this.pushLeft(kind, row) },
      { push: (kind, row) => this.pushRight(kind, row) },
    ];
  }

  private pushLeft(kind: RowKind, row: Row): void {
    const { left, right, anti } = this;
    const key = left.key(row);
    if (key === undefined && !anti) return;
    const old = left.find(key, row);
    if (adds(kind) && left.upserts && old !== undefined && old[2] > 0 !== anti)
      this.output.push(RowKind.delete, old[0] as Row);
    let matches = 0;
    const stored = !adds(kind) && old !== undefined ? (old[0] as Row) : row;
    if (key !== undefined)
      right.each(key, (other) => {
        if (this.matches(stored, other)) matches++;
      });
    if (matches > 0 !== anti) this.output.push(kind, stored);
    if (key === undefined && !left.upserts) return;
    if (adds(kind)) left.add(key, row, matches);
    else left.remove(key, stored);
  }

  private pushRight(kind: RowKind, row: Row): void {
    const { right } = this;
    const key = right.key(row);
    if (key === undefined) return;
    const old = right.find(key, row);
    if (adds(kind)) {
      if (right.upserts && old !== undefined) this.rematch(key, old[0] as Row, -1);
      this.rematch(key, row, 1);
      right.add(key, row, 0);
    } else {
      right.remove(key, row);
      this.rematch(key, (old?.[0] ?? row) as Row, -1);
    }
  }

  private rematch(key: Key, row: Row, by: 1 | -1): void {
    const { left, anti } = this;
    const entry = left.entry(key);
    if (entry === undefined) return;
    const appears = by === 1 ? RowKind.insert : RowKind.delete;
    const disappears = by === 1 ? RowKind.delete : RowKind.insert;
    const changed = new Set<unknown>();
    left.each(key, (of, id, stored) => {
      if (!this.matches(of, row)) return;
      if (!changed.has(id)) {
        changed.add(id);
        if (stored![2] + by < 0) return;
        left.rematch(entry, id, stored!, by);
      }
      if (stored![2] === (by === 1 ? 1 : 0)) this.output.push(anti ? disappears : appears, of);
    });
  }

  write(writer: StateWriter): void {
    writer.count(this.left.arrivedRows);
    writer.count(this.right.arrivedRows);
  }

  read(reader: StateReader): void {
    this.left.arrivedRows = reader.count();
    this.right.arrivedRows = reader.count();
  }
}
