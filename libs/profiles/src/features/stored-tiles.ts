import type { ByteReader } from '../bytes.ts';
import type { Aggregate } from './aggregate.ts';

/**
 * The tiles of a stored series (`writeSeries`) that are in a window, newest first, one after another: what an aggregate's `fold` walks over. One
 * series at a time.
 */
export class StoredTiles {
  /** At the state of the tile that `next` has moved to, which has to be read before the next one. */
  reader: ByteReader;
  /** Whether there may be more behind the window, which was not read. */
  hasMore = false;
  private tile = 0;
  private left = 0;
  private from = 0;
  private to = 0;
  private isOn = false;

  constructor(reader: ByteReader) {
    this.reader = reader;
  }

  /**
   * Begins a series at its newest tile, of which the number was read already.
   *
   * @param from - the window's oldest tile
   * @param to - the first tile that is too new for it
   */
  over(reader: ByteReader, newest: number, count: number, from: number, to: number): void {
    this.reader = reader;
    this.tile = newest;
    this.left = count - 1;
    this.from = from;
    this.to = to;
    this.hasMore = false;
    this.isOn = true;
  }

  /** Begins behind a tile: with the number of the first of `count` further ones. */
  behind(reader: ByteReader, before: number, count: number, from: number, to: number): void {
    this.over(reader, before, count + 1, from, to);
    this.isOn = false;
  }

  /** Passes over what is too new. @returns whether there is a tile in the window; then `next` moves to it */
  enter(pass: (reader: ByteReader) => unknown): boolean {
    while (this.next()) {
      if (this.tile < this.to) return (this.isOn = true);
      pass(this.reader);
    }
    return false;
  }

  /** @returns false behind the window's oldest tile */
  next(): boolean {
    if (this.isOn) {
      this.isOn = false;
      this.hasMore = this.tile < this.from;
      return !this.hasMore;
    }
    if (this.left <= 0) return false;
    this.left -= 1;
    this.tile -= this.reader.varint();
    if (this.tile >= this.from) return true;
    // Newest first: nothing behind it is in the window.
    this.left = 0;
    this.hasMore = true;
    return false;
  }
}

/** Merges the tiles that are in the window into `into`, which may be changed in place. */
export function foldTiles(aggregate: Aggregate<unknown>, into: unknown, tiles: StoredTiles): unknown {
  if (!tiles.enter(aggregate.read)) return into;
  if (aggregate.fold !== undefined) return aggregate.fold(into, tiles);
  let merged = into;
  while (tiles.next()) merged = aggregate.merge(merged, aggregate.read(tiles.reader));
  return merged;
}
