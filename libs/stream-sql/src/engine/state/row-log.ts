import type { Row } from '../../values/data-type.ts';
import type { Key } from '../code/key-code.ts';
import { StateReader, StateWriter } from './state-codec.ts';

/** Where a row begins is within so many bytes of its chunk's begin: an address is the chunk's number times this, and the place in it. */
const CHUNK_BYTES = 2 ** 20;
const KEY_BYTES = 96;
const RECENT_ROWS = 4_096;

/**
 * Rows by key that are never changed or taken away, as bytes: they cost the collector nothing, however many there are, and a checkpoint copies
 * those that were added. A row stands behind the address of the row of its key that came before it.
 */
export class RowLog {
  private readonly keyOf: (row: Row) => Key | undefined;
  private readonly chunks: Uint8Array[] = [];
  private readonly readers: StateReader[] = [];
  /** Bytes used, by chunk. */
  private readonly ends: number[] = [];
  private readonly newest = new Map<Key, number>();
  private readonly scratch = new StateWriter();
  private used = 0;
  /** What the last write had. */
  private written = { chunk: 0, end: 0 };
  /** Rows that were read lately, and those before them: whoever is looked up is soon looked up again. */
  private recent = new Map<number, Row>();
  private older = new Map<number, Row>();

  /** `keyOf`: rows whose key is undefined are not kept here. */
  constructor(keyOf: (row: Row) => Key | undefined) {
    this.keyOf = keyOf;
  }

  get bytes(): number {
    return this.used + this.newest.size * KEY_BYTES;
  }

  add(key: Key, row: Row): void {
    const { scratch, newest } = this;
    const before = newest.get(key);
    scratch.clear();
    scratch.count(before === undefined ? 0 : before + 1);
    scratch.list(row);
    const { size } = scratch;
    let chunk = this.chunks.length - 1;
    if (chunk < 0 || this.ends[chunk]! + size > this.chunks[chunk]!.length) chunk = this.begin(size);
    const at = this.ends[chunk]!;
    scratch.copyTo(this.chunks[chunk]!, at);
    this.ends[chunk] = at + size;
    this.used += size;
    newest.set(key, chunk * CHUNK_BYTES + at);
  }

  /** The rows of a key, in the order in which they came. */
  each(key: Key, visit: (row: Row) => void): void {
    let address = this.newest.get(key);
    if (address === undefined) return;
    let before = this.before(address);
    if (before === 0) {
      visit(this.row(address));
      return;
    }
    const addresses = [address];
    for (; before !== 0; before = this.before(address)) addresses.push((address = before - 1));
    for (let i = addresses.length - 1; i >= 0; i--) visit(this.row(addresses[i]!));
  }

  private begin(bytes: number): number {
    const chunk = new Uint8Array(Math.max(CHUNK_BYTES, bytes));
    this.readers.push(new StateReader(chunk));
    this.ends.push(0);
    return this.chunks.push(chunk) - 1;
  }

  private at(address: number): StateReader {
    const reader = this.readers[Math.floor(address / CHUNK_BYTES)]!;
    reader.seek(address % CHUNK_BYTES);
    return reader;
  }

  /** The address of the row before, plus one; 0: there is none. */
  private before(address: number): number {
    return this.at(address).count();
  }

  private row(address: number): Row {
    let row = this.recent.get(address);
    if (row !== undefined) return row;
    row = this.older.get(address) ?? this.read(address);
    if (this.recent.size >= RECENT_ROWS) {
      this.older = this.recent;
      this.recent = new Map();
    }
    this.recent.set(address, row);
    return row;
  }

  private read(address: number): Row {
    const reader = this.at(address);
    reader.count();
    return reader.list();
  }

  /** Writes all rows, or those since the last write. */
  write(writer: StateWriter, all: boolean): void {
    const from = all ? { chunk: 0, end: 0 } : this.written;
    const { chunks, ends } = this;
    writer.byte(all ? 1 : 0);
    writer.count(from.chunk);
    writer.count(from.end);
    writer.count(chunks.length - from.chunk);
    for (let chunk = from.chunk; chunk < chunks.length; chunk++)
      writer.bytes(chunks[chunk]!.subarray(chunk === from.chunk ? from.end : 0, ends[chunk]));
    this.mark();
  }

  /** Applies a write of all rows, or one that follows what is here. */
  apply(reader: StateReader): void {
    if (reader.byte() === 1) this.clear();
    const from = { chunk: reader.count(), end: reader.count() };
    if (from.chunk !== this.written.chunk || from.end !== this.written.end)
      throw new RangeError('the rows of the state do not follow those before');
    for (let chunks = reader.count(), chunk = from.chunk; chunks > 0; chunks--, chunk++) {
      const bytes = reader.bytes();
      const at = this.ends[chunk] ?? 0;
      if (chunk === this.chunks.length) this.begin(bytes.length);
      if (at + bytes.length > this.chunks[chunk]!.length)
        throw new RangeError('the state has too many rows in one piece');
      this.chunks[chunk]!.set(bytes, at);
      this.ends[chunk] = at + bytes.length;
      this.used += bytes.length;
      this.index(chunk, at);
    }
    this.mark();
  }

  /** Takes all rows of another log of the same keys, which is of no use then. The next write has to be a whole one. */
  takeOver(from: object): void {
    if (!(from instanceof RowLog)) throw new RangeError('the state is not kept as a log of rows');
    this.clear();
    this.chunks.push(...from.chunks);
    this.readers.push(...from.readers);
    this.ends.push(...from.ends);
    for (const [key, address] of from.newest) this.newest.set(key, address);
    this.used = from.used;
    from.clear();
  }

  private index(chunk: number, from: number): void {
    const reader = this.readers[chunk]!;
    reader.seek(from);
    for (let at = from; at < this.ends[chunk]!; at = reader.position) {
      reader.count();
      const key = this.keyOf(reader.list());
      if (key === undefined) throw new RangeError('the state has a row without a key');
      this.newest.set(key, chunk * CHUNK_BYTES + at);
    }
  }

  private clear(): void {
    this.chunks.length = this.readers.length = this.ends.length = this.used = 0;
    this.newest.clear();
    this.recent.clear();
    this.older.clear();
    this.written = { chunk: 0, end: 0 };
  }

  private mark(): void {
    const last = Math.max(0, this.chunks.length - 1);
    this.written = { chunk: last, end: this.ends[last] ?? 0 };
  }
}
