import { Buffer } from 'node:buffer';
import type { Value } from '../../values/data-type.ts';

const TAG = {
  null: 0,
  false: 1,
  true: 2,
  integer: 3,
  double: 4,
  bigint: 5,
  ascii: 6,
  text: 7,
  bytes: 8,
  list: 9,
  map: 10,
} as const;

/** Everything that state is made of; each value has one encoding. */
export type Encoded = Value | ReadonlyMap<Value, Value> | readonly Encoded[];

const FIRST_PIECE_BYTES = 4_096;
const PIECE_BYTES = 2 ** 20;
/** Texts from here on are written by the runtime, shorter ones here: the call costs more than they do. */
const LONG_TEXT = 32;

/** What @types/node leaves out: the calls without the choice of an encoding. */
type Bytes = Buffer & {
  utf8Write(text: string, at: number, length: number): number;
  latin1Slice(start: number, end: number): string;
  ucs2Slice(start: number, end: number): string;
};

/** Writes state: tagged values, counts as variable-length integers, little-endian doubles. */
export class StateWriter {
  /** What is full: a piece that grew would be copied each time. */
  private readonly pieces: Uint8Array[] = [];
  private before = 0;
  private piece = Buffer.alloc(FIRST_PIECE_BYTES) as Bytes;
  private view = new DataView(this.piece.buffer, this.piece.byteOffset);
  private length = 0;

  /** Makes room; `piece` and `view` may be new ones afterwards. */
  private reserve(more: number): void {
    if (this.length + more <= this.piece.length) return;
    this.pieces.push(this.piece.subarray(0, this.length));
    this.before += this.length;
    const bytes = Math.max(Math.min(PIECE_BYTES, 4 * this.piece.length), more);
    this.piece = Buffer.allocUnsafeSlow(bytes) as Bytes;
    this.view = new DataView(this.piece.buffer);
    this.length = 0;
  }

  /** Bytes so far. */
  get size(): number {
    return this.before + this.length;
  }

  /** Begins anew. */
  clear(): void {
    this.pieces.length = this.before = this.length = 0;
  }

  copyTo(target: Uint8Array, at: number): void {
    for (const piece of this.pieces) {
      target.set(piece, at);
      at += piece.length;
    }
    target.set(this.piece.subarray(0, this.length), at);
  }

  byte(value: number): void {
    this.reserve(1);
    this.piece[this.length++] = value;
  }

  /** A whole number from 0 to 2^53. */
  count(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= 2 ** 31) {
      this.piece[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      this.piece[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.piece[this.length++] = rest;
  }

  number(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  private text(value: string): void {
    const { length } = value;
    this.reserve(10 + 3 * length);
    const start = this.length;
    this.byte(TAG.ascii);
    this.count(length);
    const { piece } = this;
    const at = this.length;
    if (length >= LONG_TEXT) {
      // As many bytes as units, with room for more: each of them is ASCII.
      if (piece.utf8Write(value, at, 3 * length) !== length) {
        this.length = start;
        this.wideText(value);
      } else this.length = at + length;
      return;
    }
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 127) {
        this.length = start;
        this.wideText(value);
        return;
      }
      piece[at + i] = unit;
    }
    this.length = at + length;
  }

  private wideText(value: string): void {
    this.byte(TAG.text);
    this.count(value.length);
    this.reserve(value.length * 2);
    for (let i = 0; i < value.length; i++, this.length += 2)
      this.view.setUint16(this.length, value.charCodeAt(i), true);
  }

  value(value: Encoded): void {
    if (value === null) this.byte(TAG.null);
    else if (typeof value === 'number') {
      // Larger ones (times) are as short as doubles, and faster.
      if ((value | 0) === value && value < 2 ** 30 && value >= -(2 ** 30) && !Object.is(value, -0)) {
        this.byte(TAG.integer);
        this.count(value < 0 ? -value * 2 - 1 : value * 2);
      } else {
        this.byte(TAG.double);
        this.number(value);
      }
    } else if (typeof value === 'string') this.text(value);
    else if (typeof value === 'boolean') this.byte(value ? TAG.true : TAG.false);
    else if (typeof value === 'bigint') {
      this.byte(TAG.bigint);
      this.text(String(value));
    } else if (value instanceof Uint8Array) {
      this.byte(TAG.bytes);
      this.bytes(value);
    } else if (value instanceof Map) {
      this.byte(TAG.map);
      this.count(value.size);
      for (const [key, of] of value as Map<Value, Value>) {
        this.value(key);
        this.value(of);
      }
    } else {
      this.byte(TAG.list);
      this.list(value as readonly Encoded[]);
    }
  }

  list(values: readonly Encoded[]): void {
    this.count(values.length);
    for (let i = 0; i < values.length; i++) this.value(values[i]!);
  }

  /** With their length in front. */
  bytes(value: Uint8Array): void {
    this.count(value.length);
    this.reserve(value.length);
    this.piece.set(value, this.length);
    this.length += value.length;
  }

  finish(): Uint8Array {
    const whole = new Uint8Array(this.size);
    this.copyTo(whole, 0);
    return whole;
  }
}

/** Reads what StateWriter wrote; throws RangeError on bytes that it cannot have written. */
export class StateReader {
  private readonly all: Bytes;
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) as Bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.at;
  }

  /** Goes on reading there. */
  seek(position: number): void {
    this.at = position;
  }

  byte(): number {
    return this.view.getUint8(this.at++);
  }

  count(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  number(): number {
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }

  private take(length: number): Uint8Array {
    this.pass(length);
    return this.all.subarray(this.at - length, this.at);
  }

  private pass(length: number): void {
    if (this.at + length > this.all.length) throw new RangeError('the state ends too early');
    this.at += length;
  }

  /** What `StateWriter.bytes` wrote, in place. */
  bytes(): Uint8Array {
    return this.take(this.count());
  }

  private units(length: number, width: 1 | 2): string {
    const start = this.at;
    this.pass(length * width);
    return width === 1 ? this.all.latin1Slice(start, this.at) : this.all.ucs2Slice(start, this.at);
  }

  /** Lists come back as arrays that may be changed, maps as Maps that may be changed. */
  value(): Value {
    const tag = this.byte();
    switch (tag) {
      case TAG.null:
        return null;
      case TAG.false:
        return false;
      case TAG.true:
        return true;
      case TAG.integer: {
        const folded = this.count();
        return folded % 2 === 1 ? -(folded + 1) / 2 : folded / 2;
      }
      case TAG.double:
        return this.number();
      case TAG.bigint:
        return BigInt(this.value() as string);
      case TAG.ascii:
        return this.units(this.count(), 1);
      case TAG.text:
        return this.units(this.count(), 2);
      case TAG.bytes:
        return new Uint8Array(this.bytes());
      case TAG.list:
        return this.list();
      case TAG.map: {
        const map = new Map<Value, Value>();
        for (let size = this.count(); size > 0; size--) {
          const key = this.value();
          map.set(key, this.value());
        }
        return map;
      }
      default:
        throw new RangeError(`the state has the unknown tag ${tag}`);
    }
  }

  list(): Value[] {
    const length = this.count();
    if (length > this.all.length) throw new RangeError('the state ends too early');
    const values: Value[] = [];
    for (let i = 0; i < length; i++) values.push(this.value());
    return values;
  }

  /** Throws when bytes are left over. */
  finish(): void {
    if (this.at !== this.all.length) throw new RangeError(`the state has ${this.all.length - this.at} bytes too many`);
  }
}
