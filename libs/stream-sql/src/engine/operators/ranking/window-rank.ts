import type { DeduplicateNode, PlanNode, RankNode } from '../../../planner/plan.ts';
import type { Row } from '../../../values/data-type.ts';
import { rowKey, type Key } from '../../code/key-code.ts';
import { RowKind, type Output } from '../../operator.ts';
import type { StateReader, StateWriter } from '../../state/state-codec.ts';
import { StateTable } from '../../state/state-table.ts';
import { columnTypes, type Operator, type OperatorSetup } from '../operator-setup.ts';
import { WindowEnds } from '../windows/window-ends.ts';
import { RankedRows } from './ranked-rows.ts';

type Window = NonNullable<RankNode['window']>;
type Spec = Pick<RankNode, 'partition' | 'order' | 'from' | 'to' | 'rankColumn'> & {
  /** Of equals the one that came last stands first. */
  readonly newestFirst: boolean;
};

/** The rows `from` to `to` of each partition of a window, once, when the window is complete. Rows of windows that are out are late. */
export class WindowRank implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[];
  private readonly spec: Spec;
  private readonly table: StateTable;
  private readonly ends: WindowEnds;
  private readonly endColumn: number;
  private readonly rows: RankedRows;
  private readonly partition: (row: Row) => Key;
  private readonly output: Output;

  constructor(spec: Spec, window: Window, setup: OperatorSetup) {
    const input = setup.inputs[0]!;
    this.spec = spec;
    this.table = new StateTable({ clock: setup.clock, maps: 1 });
    this.tables = [this.table];
    this.ends = new WindowEnds(input, setup);
    this.endColumn = window.end;
    this.rows = new RankedRows(spec.order, spec.newestFirst);
    this.partition = rowKey([...new Set([window.start, ...spec.partition])], columnTypes(input));
    this.output = setup.output;
    this.inputs = [{ push: (_, row) => this.push(row) }];
  }

  get lateRows(): number {
    return this.ends.lateRows;
  }

  private push(row: Row): void {
    const end = row[this.endColumn] as number;
    if (!this.ends.open(end, row)) return;
    const { table, rows, spec } = this;
    const group = table.group(end);
    const key = this.partition(row);
    const entry = group.get(key) ?? table.create(group, end, key, [0]);
    const list = rows.list(entry);
    const place = rows.place(list, row);
    if (place >= spec.to) return;
    const arrived = entry.values[0] as number;
    entry.values[0] = arrived + 1;
    rows.insert(entry, place, { id: arrived, arrived, row });
    if (list.length > spec.to) rows.remove(entry, spec.to);
    table.changed(entry);
  }

  private emit(end: number): void {
    const { from, rankColumn } = this.spec;
    for (const entry of this.table.groups.get(end)?.values() ?? [])
      this.rows
        .list(entry)
        .slice(from - 1)
        .forEach(({ row }, i) => this.output.push(RowKind.insert, rankColumn ? [...row, from + i] : row));
    this.table.dropGroup(end);
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
  }

  read(reader: StateReader): void {
    this.ends.read(reader);
  }

  restored(): void {
    this.ends.restored(this.table);
  }
}

/** Deduplication in windows is the first rank by time; of rows with one time the last that came is the last. */
export function windowDeduplicate(node: DeduplicateNode & PlanNode, window: Window, setup: OperatorSetup): Operator {
  const last = node.keep === 'last';
  return new WindowRank(
    {
      partition: node.partition,
      order: [{ column: node.order, descending: last, nullsFirst: true }],
      from: 1,
      to: 1,
      rankColumn: false,
      newestFirst: last,
    },
    window,
    setup,
  );
}
