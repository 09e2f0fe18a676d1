import type { PlanNode, RankNode } from '../../../planner/plan.ts';
import type { Row } from '../../../values/data-type.ts';
import { sameRow } from '../../code/compare-values.ts';
import { rowKey, type Key } from '../../code/key-code.ts';
import { adds, RowKind, type Output } from '../../operator.ts';
import { StateTable, type Entry } from '../../state/state-table.ts';
import { columnTypes, type Operator, type OperatorSetup } from '../operator-setup.ts';
import { RankedRows, type Ranked } from './ranked-rows.ts';

/**
 * The rows `from` to `to` of each partition, kept up to date. Of append input only the first `to` rows are kept; of input whose rows change all
 * are, so that the next one is there when one goes. Without a rank column rows come and go (-D, +I); with it the numbers that change
 * hands are updated (-U, +U), as Flink's top-N functions do.
 */
export class Rank implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[];
  private readonly node: RankNode;
  private readonly table: StateTable;
  private readonly rows: RankedRows;
  private readonly partition: (row: Row) => Key;
  private readonly append: boolean;
  /** Rows that replace each other have one key, and no -U goes before them. */
  private readonly upsertKey: ((row: Row) => Key) | null;
  private readonly updateBefore: boolean;
  private readonly output: Output;

  constructor(node: RankNode & PlanNode, setup: OperatorSetup) {
    const input = setup.inputs[0]!;
    const types = columnTypes(input);
    this.node = node;
    this.table = new StateTable({ clock: setup.clock, ttlMs: setup.settings.stateTtlMs, maps: 1 });
    this.tables = [this.table];
    this.rows = new RankedRows(node.order);
    this.partition = rowKey(node.partition, types);
    this.append = input.changelog === 'append';
    this.upsertKey = input.changelog === 'upsert' && input.uniqueKey !== null ? rowKey(input.uniqueKey, types) : null;
    this.updateBefore = node.changelog === 'retract';
    this.output = setup.output;
    this.inputs = [{ push: this.push.bind(this) }];
  }

  private push(kind: RowKind, row: Row): void {
    const { table } = this;
    const key = this.partition(row);
    const entry = table.get(table.group(null), key);
    if (adds(kind)) this.add(entry ?? table.create(table.group(null), null, key, [0]), row);
    else if (entry !== undefined) this.remove(entry, row);
  }

  private add(entry: Entry, row: Row): void {
    const { rows, node } = this;
    const list = rows.list(entry);
    const place = rows.place(list, row);
    if (this.append) {
      if (place >= node.to) return;
      rows.insert(entry, place, this.arriving(entry, row));
      this.emitInserted(list, place);
      if (list.length > node.to) rows.remove(entry, node.to);
      this.table.changed(entry);
      return;
    }
    const before = this.visible(list);
    const old = this.upsertKey === null ? -1 : this.placeOfKey(list, row);
    let at = place;
    if (old >= 0) {
      rows.remove(entry, old);
      at = rows.place(list, row);
    }
    rows.insert(entry, at, this.arriving(entry, row));
    this.table.changed(entry);
    this.emit(before, this.visible(list));
  }

  private arriving(entry: Entry, row: Row): Ranked {
    const arrived = entry.values[0] as number;
    entry.values[0] = arrived + 1;
    return { id: arrived, arrived, row };
  }

  private placeOfKey(list: readonly Ranked[], row: Row): number {
    const key = this.upsertKey!(row);
    return list.findIndex((ranked) => this.upsertKey!(ranked.row) === key);
  }

  private remove(entry: Entry, row: Row): void {
    const { rows } = this;
    const list = rows.list(entry);
    const at =
      this.upsertKey === null ? rows.find(list, row, (other) => sameRow(other, row)) : this.placeOfKey(list, row);
    if (at < 0) return;
    const before = this.visible(list);
    rows.remove(entry, at);
    if (list.length === 0) this.table.delete(entry);
    else this.table.changed(entry);
    this.emit(before, this.visible(list));
  }

  /** What changes when a row has come to this place; the row that falls out is still at the end of the list. */
  private emitInserted(list: readonly Ranked[], place: number): void {
    const { output, node } = this;
    const first = Math.max(place, node.from - 1);
    if (first >= list.length) return;
    if (!node.rankColumn) {
      if (list.length > node.to) output.push(RowKind.delete, list[node.to]!.row);
      output.push(RowKind.insert, list[first]!.row);
      return;
    }
    for (let at = first; at < list.length && at < node.to; at++) {
      const now = list[at]!.row;
      const rank = at + 1;
      // Who stood here before stands behind now.
      const old = list[at + 1]?.row;
      if (old === undefined) output.push(RowKind.insert, [...now, rank]);
      else if (!sameRow(old, now)) {
        if (this.updateBefore) output.push(RowKind.updateBefore, [...old, rank]);
        output.push(RowKind.updateAfter, [...now, rank]);
      }
    }
  }

  private visible(list: readonly Ranked[]): readonly Ranked[] {
    return list.slice(this.node.from - 1, this.node.to);
  }

  private emit(before: readonly Ranked[], after: readonly Ranked[]): void {
    if (this.node.rankColumn) this.emitRanks(before, after);
    else this.emitRows(before, after);
  }

  private emitRanks(before: readonly Ranked[], after: readonly Ranked[]): void {
    const { output, node } = this;
    for (let i = 0; i < Math.max(before.length, after.length); i++) {
      const old = before[i];
      const now = after[i];
      if (old === now) continue;
      const rank = node.from + i;
      if (old === undefined) output.push(RowKind.insert, [...now!.row, rank]);
      else if (now === undefined) output.push(RowKind.delete, [...old.row, rank]);
      else if (!sameRow(old.row, now.row)) {
        if (this.updateBefore) output.push(RowKind.updateBefore, [...old.row, rank]);
        output.push(RowKind.updateAfter, [...now.row, rank]);
      }
    }
  }

  private emitRows(before: readonly Ranked[], after: readonly Ranked[]): void {
    const gone = before.filter((ranked) => !after.includes(ranked));
    const come = after.filter((ranked) => !before.includes(ranked));
    if (gone.length === 1 && come.length === 1 && sameRow(gone[0]!.row, come[0]!.row)) return;
    for (const { row } of gone) this.output.push(RowKind.delete, row);
    for (const { row } of come) this.output.push(RowKind.insert, row);
  }
}
