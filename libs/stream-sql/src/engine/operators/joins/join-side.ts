import type { PlanNode } from '../../../planner/plan.ts';
import type { Row, Value } from '../../../values/data-type.ts';
import { joinKey, keyText, rowKey, type Key } from '../../code/key-code.ts';
import { StateTable, type Entry } from '../../state/state-table.ts';
import { RowLog } from '../../state/row-log.ts';
import { columnTypes, type KeptState, type OperatorSetup } from '../operator-setup.ts';

/** A row of a side with how often it is there, how many rows of the other side it matches, and when it was written. */
export type Stored = [row: Value, count: number, matches: number, touchedMs: number];

export interface SideOptions {
  readonly left: boolean;
  readonly keys: readonly number[];
  /** Rows without a match are shown. */
  readonly outer: boolean;
  /** Rows have to know how many matches they have. */
  readonly tracksMatches: boolean;
  /** How long its rows are kept; null: as the settings say. */
  readonly stateTtlMs: number | null;
}

/** The group of rows whose key is NULL. */
const WITHOUT_KEY = 'without key';

/**
 * The rows of one side of a join by the join's key. Rows are found by the input's unique key; without one by their whole content, with a
 * count; rows that are never taken back are only kept in their order.
 */
export class JoinSide {
  readonly state: KeptState;
  readonly left: boolean;
  readonly outer: boolean;
  readonly upserts: boolean;
  readonly nulls: Row;
  readonly key: (row: Row) => Key | undefined;
  private readonly setup: OperatorSetup;
  private readonly table: StateTable;
  /** Instead of the table, where rows are never taken back or written again. */
  private readonly log: RowLog | null;
  private readonly rowKey: ((row: Row) => Key) | null;
  private readonly ttl: boolean;
  private arrived = 0;

  constructor(input: PlanNode, { left, keys, outer, tracksMatches, stateTtlMs }: SideOptions, setup: OperatorSetup) {
    const types = columnTypes(input);
    this.setup = setup;
    this.left = left;
    this.outer = outer;
    this.key = joinKey(keys, types);
    this.nulls = input.columns.map(() => null);
    const ttlMs = stateTtlMs ?? setup.settings.stateTtlMs;
    this.ttl = ttlMs > 0;
    const append = input.changelog === 'append';
    this.upserts = input.changelog === 'upsert';
    this.rowKey = append ? null : input.uniqueKey === null ? keyText : rowKey(input.uniqueKey, types);
    this.table = new StateTable({ clock: setup.clock, ttlMs, maps: 1 });
    this.log = append && !tracksMatches && !this.ttl ? new RowLog(this.key) : null;
    this.state = this.log ?? this.table;
  }

  get plain(): boolean {
    return this.log !== null;
  }

  get arrivedRows(): number {
    return this.arrived;
  }

  set arrivedRows(count: number) {
    this.arrived = count;
  }

  /** Rows whose key is NULL (`undefined`) match nothing; where they are shown and updated they are kept apart. */
  entry(key: Key | undefined): Entry | undefined {
    return key === undefined
      ? this.table.get(this.table.group(WITHOUT_KEY), null)
      : this.table.get(this.table.group(null), key);
  }

  /** The stored row that a row of the input replaces or takes back. */
  find(key: Key | undefined, row: Row): Stored | undefined {
    return this.rowKey === null ? undefined : (this.entry(key)?.maps[0]!.get(this.rowKey(row)) as Stored | undefined);
  }

  add(key: Key | undefined, row: Row, matches: number): void {
    if (this.log !== null) {
      if (key !== undefined) this.log.add(key, row);
      return;
    }
    const group = key === undefined ? WITHOUT_KEY : null;
    const entry = this.entry(key) ?? this.table.create(this.table.group(group), group, key ?? null, []);
    const rows = entry.maps[0]!;
    const id = this.rowKey === null ? this.arrived++ : this.rowKey(row);
    const old = this.rowKey === null ? undefined : (rows.get(id) as Stored | undefined);
    const count = old === undefined || this.upserts ? 1 : old[1] + 1;
    rows.set(id, [row as Value, count, matches, this.setup.clock.nowMs] as Value[]);
    this.table.changed(entry);
  }

  remove(key: Key | undefined, row: Row): void {
    const entry = this.entry(key);
    if (entry === undefined || this.rowKey === null) return;
    const rows = entry.maps[0]!;
    const id = this.rowKey(row);
    const old = rows.get(id) as Stored | undefined;
    if (old === undefined) return;
    if (old[1] > 1) {
      old[1]--;
      rows.mark(id);
    } else rows.delete(id);
    if (rows.size === 0) this.table.delete(entry);
    else this.table.changed(entry);
  }

  /** Calls for each row of a key, in their order, as often as it is there. */
  each(key: Key, visit: (row: Row, id: Key, stored: Stored | null) => void): void {
    if (this.log !== null) {
      this.log.each(key, (row) => visit(row, null, null));
      return;
    }
    const rows = this.entry(key)?.maps[0];
    if (rows === undefined) return;
    for (const [id, item] of rows.entries()) {
      const stored = item as unknown as Stored;
      if (this.ttl && this.table.isExpired(stored[3])) {
        rows.delete(id);
        continue;
      }
      for (let times = stored[1]; times > 0; times--) visit(stored[0] as Row, id, stored);
    }
  }

  /** A row has got one match more or less. */
  rematch(entry: Entry, id: Key, stored: Stored, by: 1 | -1): void {
    stored[2] += by;
    entry.maps[0]!.mark(id);
    this.table.changed(entry);
  }
}
