import type { Key } from '../code/key-code.ts';
import type { Value } from '../../values/data-type.ts';
import type { StateReader, StateWriter } from './state-codec.ts';
import { valueSize } from './value-size.ts';

/** What a ChangeMap keeps for a key: a value, or a list that its owner changes in place. */
export type Item = Value | Value[];

const ITEM_OVERHEAD = 56;
const MEASURED_FIRST = 64;
const MEASURED_EACH = 16;

/** The average size of the items of many maps, from some of them: measuring each would cost more than storing it. */
export class ItemSizes {
  private seen = 0;
  private measured = 0;
  private bytes = 0;
  /** Estimated bytes of an item with its key and its place. */
  average = ITEM_OVERHEAD;

  note(key: Key, item: Item): void {
    if (this.seen++ > MEASURED_FIRST && this.seen % MEASURED_EACH !== 0) return;
    this.measured++;
    this.bytes += ITEM_OVERHEAD + valueSize(item) + valueSize(key);
    this.average = this.bytes / this.measured;
  }
}

const NOTHING_CHANGED: Key[] = [];
const COMPACT_FROM = 64;

/** As keys of a Map: NaN is NaN. */
const sameKey = (a: Key, b: Key): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b));

/**
 * A collection within one entry of state (the rows of a join's key, the values of a DISTINCT) that knows which of its keys changed since the last
 * checkpoint, so that a checkpoint writes those and not the collection. Most have one item: it stands here by itself, a Map comes with the
 * second.
 */
export class ChangeMap {
  private many: Map<Key, Item> | null = null;
  private onlyKey: Key = null;
  private only: Item | undefined = undefined;
  /** Null: nobody asks for changes yet, or all is to be written. */
  private changed: Key[] | null = null;
  private compactAt = COMPACT_FROM;
  private readonly sizes: ItemSizes;

  constructor(sizes = new ItemSizes()) {
    this.sizes = sizes;
  }

  /** Estimated. */
  get bytes(): number {
    return 64 + this.size * this.sizes.average;
  }

  get size(): number {
    return this.many !== null ? this.many.size : this.only === undefined ? 0 : 1;
  }

  get(key: Key): Item | undefined {
    if (this.many !== null) return this.many.get(key);
    return this.only !== undefined && sameKey(this.onlyKey, key) ? this.only : undefined;
  }

  entries(): Iterable<[Key, Item]> {
    return this.many ?? (this.only === undefined ? [] : [[this.onlyKey, this.only]]);
  }

  keys(): Iterable<Key> {
    return this.many?.keys() ?? (this.only === undefined ? [] : [this.onlyKey]);
  }

  values(): Iterable<Item> {
    return this.many?.values() ?? (this.only === undefined ? [] : [this.only]);
  }

  set(key: Key, item: Item): void {
    this.sizes.note(key, item);
    this.put(key, item);
    this.mark(key);
  }

  private put(key: Key, item: Item): void {
    if (this.many !== null) this.many.set(key, item);
    else if (this.only === undefined || sameKey(this.onlyKey, key)) {
      this.onlyKey = key;
      this.only = item;
    } else {
      this.many = new Map<Key, Item>([
        [this.onlyKey, this.only],
        [key, item],
      ]);
      this.only = undefined;
      this.onlyKey = null;
    }
  }

  /** To be called after a list has been changed in place. */
  mark(key: Key): void {
    if (this.changed === null) return;
    if (this.changed === NOTHING_CHANGED) this.changed = [key];
    else if (this.changed.push(key) > this.compactAt) {
      // Repeats of few keys: one of each is enough.
      this.changed = [...new Set(this.changed)];
      this.compactAt = Math.max(COMPACT_FROM, 2 * this.changed.length);
    }
  }

  delete(key: Key): void {
    if (this.take(key)) this.mark(key);
  }

  private take(key: Key): boolean {
    if (this.many !== null) return this.many.delete(key);
    if (this.only === undefined || !sameKey(this.onlyKey, key)) return false;
    this.only = undefined;
    return true;
  }

  /** Writes all items, or those that changed since the last write. */
  write(writer: StateWriter, all: boolean): void {
    if (all || this.changed === null) {
      writer.byte(1);
      writer.count(this.size);
      for (const [key, item] of this.entries()) {
        writer.value(key);
        writer.value(item);
      }
    } else {
      const changes = new Set(this.changed);
      writer.byte(0);
      writer.count(changes.size);
      for (const key of changes) {
        const item = this.get(key);
        writer.value(key);
        writer.byte(item === undefined ? 0 : 1);
        if (item !== undefined) writer.value(item);
      }
    }
    this.written();
  }

  apply(reader: StateReader): void {
    const all = reader.byte() === 1;
    if (all) {
      this.many = null;
      this.only = undefined;
    }
    for (let size = reader.count(); size > 0; size--) {
      const key = reader.value() as Key;
      if (!all && reader.byte() === 0) {
        this.take(key);
        continue;
      }
      const item = reader.value();
      this.sizes.note(key, item);
      this.put(key, item);
    }
    this.written();
  }

  private written(): void {
    this.changed = NOTHING_CHANGED;
    this.compactAt = COMPACT_FROM;
  }
}
