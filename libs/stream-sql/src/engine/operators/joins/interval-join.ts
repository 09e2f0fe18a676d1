import type { IntervalJoinNode, PlanNode } from '../../../planner/plan.ts';
import type { Row, Value } from '../../../values/data-type.ts';
import { joinKey, type Key } from '../../code/key-code.ts';
import type { PairOutput } from '../../code/stage-code.ts';
import { failOnNullTime } from '../../null-time.ts';
import { RowKind, type Output } from '../../operator.ts';
import { DueTimes } from '../../state/due-times.ts';
import type { StateReader, StateWriter } from '../../state/state-codec.ts';
import { StateTable, type Entry } from '../../state/state-table.ts';
import { columnTypes, type Operator, type OperatorSetup } from '../operator-setup.ts';
import { matchCode } from './match-code.ts';

/** A row that waits for rows of the other side: its time, and whether it has had a match. */
type Waiting = [timeMs: number, matched: boolean, row: Value];

interface Side {
  readonly left: boolean;
  readonly outer: boolean;
  readonly table: StateTable;
  readonly key: (row: Row) => Key | undefined;
  readonly time: number;
  readonly nulls: Row;
  /** Rows of the other side that match a row of time t are in [t + fromMs, t + toMs]. */
  readonly fromMs: number;
  readonly toMs: number;
  /** When rows can have no more matches, and which those are then. */
  readonly due: DueTimes;
  readonly dueRows: Map<number, [Entry, Key][]>;
}

/**
 * Joins rows whose times are near each other. A row is kept until the watermark (or processing time) says that no partner can come; a row
 * of an outer side that has had none leaves with NULLs then. Partners that come later than that are not found, as in Flink.
 */
export class IntervalJoin implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[];
  readonly required: readonly (readonly number[])[];
  watermark = Number.NEGATIVE_INFINITY;
  private readonly left: Side;
  private readonly right: Side;
  private readonly eventTime: boolean;
  private readonly setup: OperatorSetup;
  private readonly matches: (left: Row, right: Row) => boolean;
  private readonly output: PairOutput;
  private readonly delayMs: number;
  private progressMs = Number.NEGATIVE_INFINITY;
  private arrived = 0;

  constructor(node: IntervalJoinNode & PlanNode, setup: OperatorSetup) {
    const [left, right] = setup.inputs;
    const { type, lowerMs, upperMs } = node;
    this.setup = setup;
    this.eventTime = node.eventTime;
    const side = (input: PlanNode, isLeft: boolean): Side => ({
      left: isLeft,
      outer: type === 'full' || type === (isLeft ? 'left' : 'right'),
      table: new StateTable({ clock: setup.clock, maps: 1 }),
      key: joinKey(isLeft ? node.leftKeys : node.rightKeys, columnTypes(input)),
      time: isLeft ? node.leftTime : node.rightTime,
      nulls: input.columns.map(() => null),
      fromMs: isLeft ? -upperMs : lowerMs,
      toMs: isLeft ? -lowerMs : upperMs,
      due: new DueTimes(),
      dueRows: new Map(),
    });
    if (type === 'semi' || type === 'anti') throw new Error(`an interval join cannot be ${type}`);
    this.left = side(left!, true);
    this.right = side(right!, false);
    // Rows leave later than they came: readers' windows must wait for them.
    this.delayMs = Math.max(-lowerMs, upperMs, 0);
    this.matches = matchCode(node.condition, left!.columns.length, setup);
    this.tables = [this.left.table, this.right.table];
    this.output = setup.pairOutput(left!.columns.length);
    this.required = node.eventTime ? [[node.leftTime], [node.rightTime]] : [];
    this.inputs = [
      { push: (_, row) => this.push(this.left, this.right, row) },
      { push: (_, row) => this.push(this.right, this.left, row) },
    ];
  }

  private push(from: Side, to: Side, row: Row): void {
    const key = from.key(row);
    if (key === undefined) {
      if (from.outer) this.emit(from, row, to.nulls);
      return;
    }
    const timeMs = this.eventTime ? (row[from.time] as number | null) : this.setup.clock.nowMs;
    if (timeMs === null) failOnNullTime();
    let matched = false;
    const others = to.table.group(null).get(key);
    if (others !== undefined)
      for (const [id, item] of others.maps[0]!.entries()) {
        const other = item as unknown as Waiting;
        if (other[0] < timeMs + from.fromMs || other[0] > timeMs + from.toMs) continue;
        if (!(from.left ? this.matches(row, other[2] as Row) : this.matches(other[2] as Row, row))) continue;
        matched = true;
        if (!other[1] && to.outer) {
          other[1] = true;
          others.maps[0]!.mark(id);
          to.table.changed(others);
        }
        this.emit(from, row, other[2] as Row);
      }
    if (timeMs + from.toMs > this.progressMs) this.keep(from, key, [timeMs, matched, row as Value]);
    else if (!matched && from.outer) this.emit(from, row, to.nulls);
  }

  private keep(side: Side, key: Key, waiting: Waiting): void {
    const group = side.table.group(null);
    const entry = group.get(key) ?? side.table.create(group, null, key, []);
    const id = this.arrived++;
    entry.maps[0]!.set(id, waiting as Value[]);
    side.table.changed(entry);
    this.watch(side, entry, id, waiting[0]);
  }

  private watch(side: Side, entry: Entry, id: Key, timeMs: number): void {
    const dueMs = timeMs + side.toMs;
    const rows = side.dueRows.get(dueMs);
    if (rows === undefined) {
      side.dueRows.set(dueMs, [[entry, id]]);
      side.due.add(dueMs);
    } else rows.push([entry, id]);
  }

  private expire(side: Side, other: Side): void {
    while (side.due.isDue(this.progressMs)) {
      const dueMs = side.due.take();
      const rows = side.dueRows.get(dueMs)!;
      side.dueRows.delete(dueMs);
      for (const [entry, id] of rows) {
        const items = entry.maps[0]!;
        const [, matched, row] = items.get(id) as unknown as Waiting;
        items.delete(id);
        if (items.size === 0) side.table.delete(entry);
        else side.table.changed(entry);
        if (!matched && side.outer) this.emit(side, row as Row, other.nulls);
      }
    }
  }

  private emit(from: Side, row: Row, other: Row): void {
    if (from.left) this.output.push(RowKind.insert, row, other);
    else this.output.push(RowKind.insert, other, row);
  }

  onWatermark(watermarkMs: number): void {
    if (this.eventTime) this.move(watermarkMs);
    this.watermark = watermarkMs - (this.eventTime ? this.delayMs : 0);
  }

  get nextTimeMs(): number {
    return this.eventTime ? Number.POSITIVE_INFINITY : Math.min(this.left.due.first, this.right.due.first);
  }

  onTime(nowMs: number): void {
    this.move(nowMs);
  }

  private move(progressMs: number): void {
    if (progressMs <= this.progressMs) return;
    this.progressMs = progressMs;
    this.expire(this.left, this.right);
    this.expire(this.right, this.left);
  }

  write(writer: StateWriter): void {
    writer.number(this.progressMs);
    writer.number(this.watermark);
    writer.count(this.arrived);
  }

  read(reader: StateReader): void {
    this.progressMs = reader.number();
    this.watermark = reader.number();
    this.arrived = reader.count();
  }

  restored(): void {
    for (const side of [this.left, this.right]) {
      side.due.clear();
      side.dueRows.clear();
      for (const entry of side.table.group(null).values())
        for (const [id, item] of entry.maps[0]!.entries()) this.watch(side, entry, id, (item as unknown as Waiting)[0]);
    }
  }
}
