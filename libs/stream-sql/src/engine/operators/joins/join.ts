import type { JoinNode, PlanNode } from '../../../planner/plan.ts';
import type { Row } from '../../../values/data-type.ts';
import type { Key } from '../../code/key-code.ts';
import type { PairOutput } from '../../code/stage-code.ts';
import { adds, RowKind, type Output } from '../../operator.ts';
import type { StateReader, StateWriter } from '../../state/state-codec.ts';
import type { KeptState, Operator, OperatorSetup } from '../operator-setup.ts';
import { JoinSide, type Stored } from './join-side.ts';
import { matchCode } from './match-code.ts';

interface Match {
  readonly row: Row;
  readonly id: Key;
  readonly stored: Stored | null;
}

/**
 * Joins two changelogs on equal keys, keeping both sides. A row of an outer side is shown with NULLs while it matches nothing: its first match takes
 * that back, its last one that goes brings it again. Kinds of rows as Flink's StreamingJoinOperator gives them.
 */
export class Join implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly KeptState[];
  private readonly left: JoinSide;
  private readonly right: JoinSide;
  private readonly matches: (left: Row, right: Row) => boolean;
  private readonly output: PairOutput;
  /** What a row that is replaced leaves as, where the input does not say it itself. */
  private readonly replaced: RowKind;

  constructor(node: JoinNode & PlanNode, setup: OperatorSetup) {
    const [left, right] = setup.inputs;
    const { type } = node;
    this.left = new JoinSide(left!, sideOptions(node, true), setup);
    this.right = new JoinSide(right!, sideOptions(node, false), setup);
    this.matches = matchCode(node.condition, left!.columns.length, setup);
    this.tables = [this.left.state, this.right.state];
    this.output = setup.pairOutput(left!.columns.length);
    this.replaced = node.changelog === 'upsert' ? RowKind.delete : RowKind.updateBefore;
    this.inputs = [
      { push: (kind, row) => this.push(this.left, this.right, kind, row) },
      { push: (kind, row) => this.push(this.right, this.left, kind, row) },
    ];
    if (type === 'semi' || type === 'anti') throw new Error(`a ${type} join has an operator of its own`);
  }

  private push(from: JoinSide, to: JoinSide, kind: RowKind, row: Row): void {
    const key = from.key(row);
    if (key === undefined) {
      if (from.outer) this.alone(from, to, kind, row);
      return;
    }
    if (!adds(kind)) {
      this.remove(from, to, key, kind, (from.find(key, row)?.[0] ?? row) as Row);
      return;
    }
    if (from.upserts) {
      const old = from.find(key, row);
      if (old !== undefined) this.remove(from, to, key, this.replaced, old[0] as Row);
    }
    this.add(from, to, key, kind, row);
  }

  /** A row of an outer side whose key is NULL. */
  private alone(from: JoinSide, to: JoinSide, kind: RowKind, row: Row): void {
    const old = from.upserts ? (from.find(undefined, row)?.[0] as Row | undefined) : undefined;
    if (!adds(kind) || old !== undefined) this.emit(from, RowKind.delete, old ?? row, to.nulls);
    if (adds(kind)) this.emit(from, RowKind.insert, row, to.nulls);
    if (!from.upserts) return;
    if (adds(kind)) from.add(undefined, row, 0);
    else from.remove(undefined, row);
  }

  private add(from: JoinSide, to: JoinSide, key: Key, kind: RowKind, row: Row): void {
    if (from.plain && to.plain) {
      // Nothing is ever taken back or shown with NULLs.
      to.each(key, (other) => {
        if (from.left ? this.matches(row, other) : this.matches(other, row)) this.emit(from, kind, row, other);
      });
      from.add(key, row, 0);
      return;
    }
    const matches = this.matching(from, to, key, row);
    if (to.outer && matches.length > 0) this.rematch(from, to, key, matches, 1);
    const pairKind = from.outer || to.outer ? RowKind.insert : kind;
    for (const { row: other } of matches) this.emit(from, pairKind, row, other);
    if (matches.length === 0 && from.outer) this.emit(from, RowKind.insert, row, to.nulls);
    from.add(key, row, matches.length);
  }

  private remove(from: JoinSide, to: JoinSide, key: Key, kind: RowKind, row: Row): void {
    from.remove(key, row);
    const matches = this.matching(from, to, key, row);
    if (matches.length === 0) {
      if (from.outer) this.emit(from, RowKind.delete, row, to.nulls);
      return;
    }
    const pairKind = from.outer ? RowKind.delete : kind;
    for (const { row: other } of matches) this.emit(from, pairKind, row, other);
    if (to.outer) this.rematch(from, to, key, matches, -1);
  }

  /** Rows of an outer side have one match more or less: the first takes back what was shown with NULLs, the last that goes shows it again. */
  private rematch(from: JoinSide, to: JoinSide, key: Key, matches: readonly Match[], by: 1 | -1): void {
    const entry = to.entry(key)!;
    for (const { row, stored } of matches)
      if (stored![2] === (by === 1 ? 0 : 1)) this.emit(to, by === 1 ? RowKind.delete : RowKind.insert, row, from.nulls);
    let last: Match | undefined;
    for (const match of matches) {
      // A row that is there several times comes several times, one after the other.
      if (match.stored !== last?.stored && match.stored![2] + by >= 0) to.rematch(entry, match.id, match.stored!, by);
      last = match;
    }
  }

  private matching(from: JoinSide, to: JoinSide, key: Key, row: Row): Match[] {
    const found: Match[] = [];
    to.each(key, (other, id, stored) => {
      if (from.left ? this.matches(row, other) : this.matches(other, row)) found.push({ row: other, id, stored });
    });
    return found;
  }

  private emit(from: JoinSide, kind: RowKind, row: Row, other: Row): void {
    if (from.left) this.output.push(kind, row, other);
    else this.output.push(kind, other, row);
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

export function sideOptions(node: JoinNode, left: boolean): ConstructorParameters<typeof JoinSide>[1] {
  const { type } = node;
  const outer = type === 'full' || type === (left ? 'left' : 'right');
  return {
    left,
    keys: left ? node.leftKeys : node.rightKeys,
    outer,
    stateTtlMs: (left ? node.stateTtlMs?.left : node.stateTtlMs?.right) ?? null,
    tracksMatches: outer || (left && (type === 'semi' || type === 'anti')),
  };
}
