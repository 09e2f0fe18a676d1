import type { PlanNode, TemporalJoinNode } from '../../../planner/plan.ts';
import type { Row, Value } from '../../../values/data-type.ts';
import { joinKey, type Key } from '../../code/key-code.ts';
import type { PairOutput } from '../../code/stage-code.ts';
import { failOnNullTime } from '../../null-time.ts';
import { adds, RowKind, type Output } from '../../operator.ts';
import { DueTimes } from '../../state/due-times.ts';
import type { StateReader, StateWriter } from '../../state/state-codec.ts';
import { StateTable, type Entry } from '../../state/state-table.ts';
import { columnTypes, type Operator, type OperatorSetup } from '../operator-setup.ts';
import { matchCode } from './match-code.ts';

/** A row with the kind with which it came. */
type Kept = [kind: RowKind, row: Value];

const LEFT = 0;
const RIGHT = 1;

/**
 * Joins each left row with the version of its key at its time. Left rows wait until the watermark has passed their time; versions of a key are kept
 * as long as a row that is not late can ask for them: the newest one before the watermark and all after it. What is late waits for the next
 * watermark, and finds the versions that are left. Source: Flink's TemporalRowTimeJoinOperator.
 */
export class TemporalJoin implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[];
  readonly required: readonly (readonly number[])[];
  private readonly node: TemporalJoinNode;
  private readonly table: StateTable;
  private readonly leftKey: (row: Row) => Key | undefined;
  private readonly rightKey: (row: Row) => Key | undefined;
  private readonly nulls: Row;
  private readonly matches: (left: Row, right: Row) => boolean;
  private readonly output: PairOutput;
  /** When a key is looked at next. An entry's own value says which of its times counts. */
  private readonly due = new DueTimes();
  private readonly dueEntries = new Map<number, Entry[]>();
  private arrived = 0;

  constructor(node: TemporalJoinNode & PlanNode, setup: OperatorSetup) {
    const [left, right] = setup.inputs as readonly [PlanNode, PlanNode];
    this.node = node;
    this.table = new StateTable({ clock: setup.clock, ttlMs: setup.settings.stateTtlMs, maps: 2 });
    this.tables = [this.table];
    this.leftKey = joinKey(node.leftKeys, columnTypes(left));
    this.rightKey = joinKey(node.rightKeys, columnTypes(right));
    this.nulls = right.columns.map(() => null);
    this.matches = matchCode(node.condition, left.columns.length, setup);
    this.output = setup.pairOutput(left.columns.length);
    this.required = [[node.leftTime], [node.rightTime]];
    this.inputs = [{ push: this.pushLeft.bind(this) }, { push: this.pushRight.bind(this) }];
  }

  private pushLeft(kind: RowKind, row: Row): void {
    const timeMs = timeOf(row, this.node.leftTime);
    const key = this.leftKey(row);
    if (key === undefined) this.emit(kind, row, undefined);
    else this.keep(key, LEFT, this.arrived++, [kind, row as Value], timeMs);
  }

  private pushRight(kind: RowKind, row: Row): void {
    if (kind === RowKind.updateBefore && this.node.dropsBefore) return;
    const timeMs = timeOf(row, this.node.rightTime);
    const key = this.rightKey(row);
    if (key !== undefined) this.keep(key, RIGHT, timeMs, [kind, row as Value], timeMs);
  }

  private keep(key: Key, side: number, at: number, kept: Kept, timeMs: number): void {
    const group = this.table.group(null);
    const entry = this.table.get(group, key) ?? this.table.create(group, null, key, [null]);
    entry.maps[side]!.set(at, kept as Value[]);
    const nextMs = entry.values[0] as number | null;
    if (nextMs === null || timeMs < nextMs) this.watch(entry, timeMs);
    this.table.changed(entry);
  }

  private watch(entry: Entry, dueMs: number): void {
    entry.values[0] = dueMs;
    const entries = this.dueEntries.get(dueMs);
    if (entries === undefined) {
      this.dueEntries.set(dueMs, [entry]);
      this.due.add(dueMs);
    } else entries.push(entry);
  }

  onWatermark(watermarkMs: number): void {
    while (this.due.isDue(watermarkMs)) {
      const dueMs = this.due.take();
      const entries = this.dueEntries.get(dueMs)!;
      this.dueEntries.delete(dueMs);
      for (const entry of entries)
        if (entry.values[0] === dueMs && this.table.get(this.table.group(null), entry.key) === entry)
          this.pass(entry, watermarkMs);
    }
  }

  /** Hands out the left rows of a key up to the watermark, and forgets the versions that no later one asks for. */
  private pass(entry: Entry, watermarkMs: number): void {
    const lefts = entry.maps[LEFT]!;
    const rights = entry.maps[RIGHT]!;
    const times = [...rights.keys()].map(Number).sort((a, b) => a - b);
    let nextMs = Number.POSITIVE_INFINITY;
    const ready: [number, Kept, number][] = [];
    for (const [id, item] of lefts.entries()) {
      const timeMs = timeOf((item as unknown as Kept)[1] as Row, this.node.leftTime);
      if (timeMs > watermarkMs) nextMs = Math.min(nextMs, timeMs);
      else ready.push([id as number, item as unknown as Kept, timeMs]);
    }
    for (const [id, [kind, row], timeMs] of ready.sort(([a], [b]) => a - b)) {
      lefts.delete(id);
      const at = countUpTo(times, timeMs) - 1;
      this.emit(kind, row as Row, at < 0 ? undefined : (rights.get(times[at]!) as unknown as Kept));
    }
    for (const timeMs of times.slice(0, Math.max(0, countUpTo(times, watermarkMs) - 1))) rights.delete(timeMs);
    entry.values[0] = null;
    if (nextMs !== Number.POSITIVE_INFINITY) this.watch(entry, nextMs);
    if (lefts.size === 0 && rights.size === 0) this.table.delete(entry);
    else this.table.changed(entry);
  }

  private emit(kind: RowKind, left: Row, version: Kept | undefined): void {
    if (version !== undefined && adds(version[0]) && this.matches(left, version[1] as Row))
      this.output.push(kind, left, version[1] as Row);
    else if (this.node.type === 'left') this.output.push(kind, left, this.nulls);
  }

  write(writer: StateWriter): void {
    writer.count(this.arrived);
  }

  read(reader: StateReader): void {
    this.arrived = reader.count();
  }

  restored(): void {
    this.due.clear();
    this.dueEntries.clear();
    for (const entry of this.table.group(null).values()) {
      const dueMs = entry.values[0] as number | null;
      if (dueMs !== null) this.watch(entry, dueMs);
    }
  }
}

function timeOf(row: Row, column: number): number {
  const timeMs = row[column] as number | null;
  return timeMs ?? failOnNullTime();
}

/** How many of the sorted times are not after `timeMs`. */
function countUpTo(times: readonly number[], timeMs: number): number {
  let low = 0;
  for (let high = times.length; low < high;) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
