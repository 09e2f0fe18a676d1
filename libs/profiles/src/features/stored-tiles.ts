import type { ByteReader } from '../bytes.ts';

/**
 * The tiles of a stored series (`writeSeries`) that are in a window, newest first, one after another: what an aggregate's `fold` walks over. One
 * series at a time.
 */
export class StoredTiles {
  /** At the state of the tile that `next` has moved to, which has to be read before the next one. */
  reader: ByteReader;
  private tile = 0;
  private left = 0;
  private from = 0;
  private to = 0;
  private isOn = false;
  private wasLeft = false;

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
    this.wasLeft = false;
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
      this.wasLeft = this.tile < this.from;
      return !this.wasLeft;
    }
    if (this.left <= 0) return false;
    this.left -= 1;
    this.tile -= this.reader.varint();
    if (this.tile >= this.from) return true;
    // Newest first: nothing behind it is in the window.
    this.left = 0;
    this.wasLeft = true;
    return false;
  }

  /** Whether there may be more behind the window, which was not read. */
  get hasMore(): boolean {
    return this.wasLeft;
  }
}
