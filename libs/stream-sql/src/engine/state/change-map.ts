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

/**
 * A collection within one entry of state (the rows of a join's key, the values of a DISTINCT) that knows which of its keys changed since the last
 * checkpoint, so that a checkpoint writes those and not the collection.
 */
export class ChangeMap {
  readonly items = new Map<Key, Item>();
  private changed: Key[] | null = null;
  private readonly sizes: ItemSizes;

  constructor(sizes = new ItemSizes()) {
    this.sizes = sizes;
  }

  /** Estimated. */
  get bytes(): number {
    return 64 + this.items.size * this.sizes.average;
  }

  get size(): number {
    return this.items.size;
  }

  get(key: Key): Item | undefined {
    return this.items.get(key);
  }

  set(key: Key, item: Item): void {
    this.sizes.note(key, item);
    this.items.set(key, item);
    this.mark(key);
  }

  /** To be called after a list has been changed in place. */
  mark(key: Key): void {
    if (this.changed === null) return;
    this.changed.push(key);
    // Repeats of few keys, or more changes than there are keys: one of each is enough.
    if (this.changed.length > 64 && this.changed.length > 4 * this.items.size)
      this.changed = [...new Set(this.changed)];
  }

  delete(key: Key): void {
    if (this.items.delete(key)) this.mark(key);
  }

  /** Writes all items, or those that changed since the last write. */
  write(writer: StateWriter, all: boolean): void {
    const changes = all || this.changed === null ? null : new Set(this.changed);
    if (changes === null) {
      writer.byte(1);
      writer.count(this.items.size);
      for (const [key, item] of this.items) {
        writer.value(key);
        writer.value(item);
      }
    } else {
      writer.byte(0);
      writer.count(changes.size);
      for (const key of changes) {
        const item = this.items.get(key);
        writer.value(key);
        writer.byte(item === undefined ? 0 : 1);
        if (item !== undefined) writer.value(item);
      }
    }
    this.changed = [];
  }

  apply(reader: StateReader): void {
    if (reader.byte() === 1) {
      this.items.clear();
      for (let size = reader.count(); size > 0; size--) {
        const key = reader.value() as Key;
        const item = reader.value();
        this.sizes.note(key, item);
        this.items.set(key, item);
      }
    } else
      for (let size = reader.count(); size > 0; size--) {
        const key = reader.value() as Key;
        if (reader.byte() === 0) this.items.delete(key);
        else this.items.set(key, reader.value());
      }
    this.changed = [];
  }
}
