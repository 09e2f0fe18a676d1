import type { OverNode, PlanNode, SortKey } from '../../../planner/plan.ts';
import type { Row, Value } from '../../../values/data-type.ts';
import { rowOrder, sameRow } from '../../code/compare-values.ts';
import { rowKey, type Key } from '../../code/key-code.ts';
import { adds, RowKind, type Output } from '../../operator.ts';
import { ChangeMap } from '../../state/change-map.ts';
import { StateTable, type Entry } from '../../state/state-table.ts';
import { aggregateCalls, type Accumulator, type AggregateCalls } from '../aggregate-calls.ts';
import { columnTypes, type Operator, type OperatorSetup } from '../operator-setup.ts';

/** A row of a partition with the number by which the partition's map knows it, and the aggregates that readers know. */
interface Placed {
  readonly id: number;
  readonly row: Row;
  results: Row;
}

/** Derived from a partition's map: its rows in their order, and the aggregates over all of them. */
interface Sorted {
  readonly list: Placed[];
  running: Accumulator | undefined;
}

/**
 * OVER in the order of a column that is no time: rows leave as they come, and those behind a new one (or one that goes) are updated. With
 * RANGE rows of one value have one answer. Frames begin with the partition. A row behind all others costs its own step alone; any other one,
 * a walk over its partition.
 */
export class ValueOver implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[];
  private readonly calls: AggregateCalls;
  private readonly byRows: boolean;
  private readonly order: (a: Row, b: Row) => number;
  private readonly partition: (row: Row) => Key;
  private readonly table: StateTable;
  private readonly output: Output;

  constructor(node: OverNode & PlanNode, sort: SortKey, setup: OperatorSetup) {
    const types = columnTypes(setup.inputs[0]!);
    this.calls = aggregateCalls({ ...setup, calls: node.aggregates, keys: [], types, retracting: false });
    this.byRows = node.frame.kind === 'rows';
    this.order = rowOrder([sort]);
    this.partition = rowKey(node.partition, types);
    this.table = new StateTable({ clock: setup.clock, ttlMs: setup.settings.stateTtlMs, maps: 1 });
    this.tables = [this.table];
    this.output = setup.output;
    this.inputs = [{ push: (kind, row) => this.push(kind, row) }];
  }

  private push(kind: RowKind, row: Row): void {
    const { table } = this;
    const group = table.group(null);
    const key = this.partition(row);
    const entry = table.get(group, key);
    if (adds(kind)) this.add(entry ?? table.create(group, null, key, [0]), row);
    else if (entry !== undefined) this.remove(entry, row);
  }

  private add(entry: Entry, row: Row): void {
    const sorted = this.sorted(entry);
    const { list } = sorted;
    const id = entry.values[0] as number;
    entry.values[0] = id + 1;
    const at = this.placeBehind(list, row);
    const placed: Placed = { id, row, results: [] };
    const before = list[at - 1];
    list.splice(at, 0, placed);
    const { running } = sorted;
    const isLast = at === list.length - 1 && (this.byRows || before === undefined || this.order(before.row, row) < 0);
    if (isLast && running !== undefined) {
      this.calls.add(running, row);
      this.insert(entry, placed, this.calls.results(running.values));
    } else this.recompute(entry, sorted, placed);
    this.table.changed(entry);
  }

  private remove(entry: Entry, row: Row): void {
    const sorted = this.sorted(entry);
    const { list } = sorted;
    const at = list.findIndex((placed) => this.order(placed.row, row) === 0 && sameRow(placed.row, row));
    // The state of the row has expired.
    if (at < 0) return;
    const [gone] = list.splice(at, 1) as [Placed];
    entry.maps[0]!.delete(gone.id);
    this.output.push(RowKind.delete, [...gone.row, ...gone.results]);
    if (list.length === 0) {
      this.table.delete(entry);
      return;
    }
    this.recompute(entry, sorted, undefined);
    this.table.changed(entry);
  }

  /** Walks over the partition; whoever has another answer than before is updated, and `fresh` is new. */
  private recompute(entry: Entry, sorted: Sorted, fresh: Placed | undefined): void {
    const { list } = sorted;
    const running = this.accumulator(list[0]!.row);
    for (let first = 0, next: number; first < list.length; first = next) {
      next = this.endOfPeers(list, first);
      for (let i = first; i < next; i++) this.calls.add(running, list[i]!.row);
      const results = this.calls.results(running.values);
      for (let i = first; i < next; i++) {
        const placed = list[i]!;
        if (placed === fresh) this.insert(entry, placed, results);
        else if (!sameRow(placed.results, results)) this.update(entry, placed, results);
      }
    }
    sorted.running = running;
  }

  private endOfPeers(list: readonly Placed[], first: number): number {
    let next = first + 1;
    if (!this.byRows) while (next < list.length && this.order(list[first]!.row, list[next]!.row) === 0) next++;
    return next;
  }

  private insert(entry: Entry, placed: Placed, results: Row): void {
    this.store(entry, placed, results);
    this.output.push(RowKind.insert, [...placed.row, ...results]);
  }

  private update(entry: Entry, placed: Placed, results: Row): void {
    this.output.push(RowKind.updateBefore, [...placed.row, ...placed.results]);
    this.store(entry, placed, results);
    this.output.push(RowKind.updateAfter, [...placed.row, ...results]);
  }

  private store(entry: Entry, placed: Placed, results: Row): void {
    placed.results = results;
    entry.maps[0]!.set(placed.id, [placed.row as Value, results as Value]);
  }

  private accumulator(row: Row): Accumulator {
    return { values: this.calls.start(row), maps: Array.from({ length: this.calls.maps }, () => new ChangeMap()) };
  }

  private sorted(entry: Entry): Sorted {
    entry.cache ??= { list: this.listOf(entry), running: undefined } satisfies Sorted;
    const sorted = entry.cache as Sorted;
    const { list } = sorted;
    if (sorted.running === undefined && list.length > 0) {
      sorted.running = this.accumulator(list[0]!.row);
      for (const { row } of list) this.calls.add(sorted.running, row);
    }
    return sorted;
  }

  private listOf(entry: Entry): Placed[] {
    return [...entry.maps[0]!.entries()]
      .map(([id, item]): Placed => {
        const [row, results] = item as readonly [Row, Row];
        return { id: id as number, row, results };
      })
      .toSorted((a, b) => this.order(a.row, b.row) || a.id - b.id);
  }

  /** Where a row stands behind its equals. */
  private placeBehind(list: readonly Placed[], row: Row): number {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.order(list[middle]!.row, row) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
