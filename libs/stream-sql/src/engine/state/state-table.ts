import type { Slots } from '../../builtin/signature.ts';
import type { Value } from '../../values/data-type.ts';
import type { Key } from '../code/key-code.ts';
import { ChangeMap, ItemSizes } from './change-map.ts';
import type { StateReader, StateWriter } from './state-codec.ts';
import { listSize, valueSize } from './value-size.ts';

/** Milliseconds since 1970 of the call that the job is in. */
export interface Clock {
  nowMs: number;
}

/** One piece of state under a key. Change `values` and `maps` in place, then call `StateTable.changed`. */
export class Entry {
  readonly group: Key;
  readonly key: Key;
  readonly values: Slots;
  readonly maps: readonly ChangeMap[];
  /** What an operator derives from the state and can derive again; not saved. */
  cache: unknown = undefined;
  stamp = -1;
  touchedMs: number;
  bytes = 0;

  constructor(group: Key, key: Key, values: Slots, maps: readonly ChangeMap[], touchedMs: number) {
    this.group = group;
    this.key = key;
    this.values = values;
    this.maps = maps;
    this.touchedMs = touchedMs;
  }
}

export type Group = Map<Key, Entry>;

export interface TableOptions {
  readonly clock: Clock;
  /** Entries that were not written for so long are gone; 0: kept for ever. */
  readonly ttlMs?: number;
  /** ChangeMaps of each entry. */
  readonly maps?: number;
  /** Whether `values` grow with the rows (texts, collections), so that their size is estimated at each change. */
  readonly grows?: boolean;
}

const ENTRY_OVERHEAD = 180;
const OP = { put: 0, remove: 1, removeGroup: 2 } as const;

/**
 * Keyed state in groups (a window's slice; tables without groups use one). It knows what changed since the last checkpoint, expires
 * entries when they are touched or saved, and keeps an estimate of its size.
 */
export class StateTable {
  readonly groups = new Map<Key, Group>();
  bytes = 0;
  private readonly clock: Clock;
  private readonly ttlMs: number;
  private readonly mapCount: number;
  private readonly grows: boolean;
  private readonly itemSizes = new ItemSizes();
  /** Changes since the last checkpoint; null until there is one, so that a job without checkpoints pays nothing. */
  private dirty: (Entry | { readonly dropped: Key })[] | null = null;
  private epoch = 0;

  constructor({ clock, ttlMs = 0, maps = 0, grows = false }: TableOptions) {
    this.clock = clock;
    this.ttlMs = ttlMs;
    this.mapCount = maps;
    this.grows = grows;
  }

  group(key: Key): Group {
    let group = this.groups.get(key);
    if (group === undefined) this.groups.set(key, (group = new Map<Key, Entry>()));
    return group;
  }

  get(group: Group, key: Key): Entry | undefined {
    const entry = group.get(key);
    if (this.ttlMs === 0 || entry === undefined || !this.expired(entry)) return entry;
    this.delete(entry);
    return undefined;
  }

  create(group: Group, groupKey: Key, key: Key, values: Slots): Entry {
    const maps: ChangeMap[] = [];
    for (let i = 0; i < this.mapCount; i++) maps.push(new ChangeMap(this.itemSizes));
    const entry = new Entry(groupKey, key, values, maps, this.clock.nowMs);
    group.set(key, entry);
    entry.bytes = this.sizeOf(entry);
    this.bytes += entry.bytes;
    this.stampOf(entry);
    return entry;
  }

  /** To be called after each change of an entry. */
  changed(entry: Entry): void {
    if (this.ttlMs !== 0) entry.touchedMs = this.clock.nowMs;
    if (entry.stamp !== this.epoch) this.stampOf(entry);
    if (this.grows || this.mapCount !== 0) {
      const bytes = this.grows ? this.sizeOf(entry) : this.sizeOfMaps(entry);
      this.bytes += bytes - entry.bytes;
      entry.bytes = bytes;
    }
  }

  delete(entry: Entry): void {
    const group = this.groups.get(entry.group);
    if (group?.get(entry.key) !== entry) return;
    group.delete(entry.key);
    this.bytes -= entry.bytes;
    if (entry.stamp !== this.epoch) this.stampOf(entry);
  }

  dropGroup(key: Key): void {
    const group = this.groups.get(key);
    if (group === undefined) return;
    for (const entry of group.values()) this.bytes -= entry.bytes;
    this.groups.delete(key);
    this.dirty?.push({ dropped: key });
  }

  /** Whether what was last written at this time is gone by now. */
  isExpired(touchedMs: number): boolean {
    return this.ttlMs !== 0 && touchedMs + this.ttlMs <= this.clock.nowMs;
  }

  private expired(entry: Entry): boolean {
    return this.isExpired(entry.touchedMs);
  }

  private stampOf(entry: Entry): void {
    entry.stamp = this.epoch;
    this.dirty?.push(entry);
  }

  private sizeOf(entry: Entry): number {
    let bytes = ENTRY_OVERHEAD + valueSize(entry.key) + listSize(entry.values);
    for (let i = 0; i < entry.maps.length; i++) bytes += entry.maps[i]!.bytes;
    return bytes;
  }

  private sizeOfMaps(entry: Entry): number {
    let bytes = ENTRY_OVERHEAD + 64 + 12 * entry.values.length;
    for (let i = 0; i < entry.maps.length; i++) bytes += entry.maps[i]!.bytes;
    return bytes;
  }

  /** Writes all entries, or what changed since the last write. */
  write(writer: StateWriter, all: boolean): void {
    const changes = all ? null : this.dirty;
    if (changes === null) this.writeAll(writer);
    else this.writeChanges(writer, changes);
    this.dirty = [];
    this.epoch++;
  }

  private writeAll(writer: StateWriter): void {
    writer.byte(1);
    if (this.ttlMs !== 0)
      for (const group of this.groups.values())
        for (const entry of group.values()) if (this.expired(entry)) this.delete(entry);
    const filled = [...this.groups].filter(([, { size }]) => size > 0);
    writer.count(filled.length);
    for (const [key, group] of filled) {
      writer.value(key);
      writer.count(group.size);
      for (const entry of group.values()) this.writeEntry(writer, entry, true);
    }
  }

  private writeChanges(writer: StateWriter, changes: readonly (Entry | { readonly dropped: Key })[]): void {
    writer.byte(0);
    writer.count(changes.length);
    for (const change of changes) {
      if ('dropped' in change) {
        writer.byte(OP.removeGroup);
        writer.value(change.dropped);
        continue;
      }
      const present = this.groups.get(change.group)?.get(change.key) === change;
      writer.byte(present ? OP.put : OP.remove);
      writer.value(change.group);
      if (present) this.writeEntry(writer, change, false);
      else writer.value(change.key);
    }
  }

  private writeEntry(writer: StateWriter, entry: Entry, all: boolean): void {
    writer.value(entry.key);
    if (this.ttlMs !== 0) writer.number(entry.touchedMs);
    writer.list(entry.values);
    for (const map of entry.maps) map.write(writer, all);
  }

  /** Applies a write to an empty table (all entries), or to one with the state of the write before it. */
  apply(reader: StateReader): void {
    if (reader.byte() === 1) {
      this.groups.clear();
      for (let groups = reader.count(); groups > 0; groups--) {
        const group = reader.value() as Key;
        this.group(group);
        for (let size = reader.count(); size > 0; size--) this.readEntry(reader, group);
      }
    } else
      for (let changes = reader.count(); changes > 0; changes--) {
        const op = reader.byte();
        const group = reader.value() as Key;
        if (op === OP.removeGroup) this.groups.delete(group);
        else if (op === OP.remove) {
          const key = reader.value() as Key;
          this.groups.get(group)?.delete(key);
        } else this.readEntry(reader, group);
      }
    this.dirty = [];
    this.epoch++;
    this.bytes = 0;
    for (const group of this.groups.values()) for (const { bytes } of group.values()) this.bytes += bytes;
  }

  /** Takes all entries of another table of the same shape, which is of no use then. The next write has to be a whole one. */
  takeOver(from: object): void {
    if (!(from instanceof StateTable)) throw new RangeError('the state is not kept in a table');
    for (const [key, group] of from.groups) this.groups.set(key, group);
    this.bytes = from.bytes;
    from.groups.clear();
    from.bytes = 0;
  }

  private readEntry(reader: StateReader, groupKey: Key): void {
    const group = this.group(groupKey);
    const key = reader.value() as Key;
    const touchedMs = this.ttlMs === 0 ? 0 : reader.number();
    const values: Value[] = reader.list();
    const old = group.get(key);
    const maps = old?.maps ?? Array.from({ length: this.mapCount }, () => new ChangeMap(this.itemSizes));
    for (const map of maps) map.apply(reader);
    const entry = new Entry(groupKey, key, values, maps, touchedMs);
    entry.bytes = this.sizeOf(entry);
    group.set(key, entry);
  }
}
