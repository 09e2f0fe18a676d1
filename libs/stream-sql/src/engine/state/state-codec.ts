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

/** Writes state: tagged values, counts as variable-length integers, little-endian doubles. */
export class StateWriter {
  private bytes = new Uint8Array(4_096);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  /** Makes room; `bytes` and `view` may be new ones afterwards. */
  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** A whole number from 0 to 2^53. */
  count(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.bytes[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.length++] = rest;
  }

  number(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  private text(value: string): void {
    const { length } = value;
    this.reserve(9 + length * 2);
    const start = this.length;
    this.byte(TAG.ascii);
    this.count(length);
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 127) {
        this.length = start;
        this.wideText(value);
        return;
      }
      this.bytes[this.length++] = unit;
    }
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
      if (Number.isSafeInteger(value) && !Object.is(value, -0) && Math.abs(value) < 2 ** 51) {
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
      this.count(value.length);
      this.reserve(value.length);
      this.bytes.set(value, this.length);
      this.length += value.length;
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

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

/** Reads what StateWriter wrote; throws RangeError on bytes that it cannot have written. */
export class StateReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
    if (this.at + length > this.bytes.length) throw new RangeError('the state ends too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  private units(length: number, width: 1 | 2): string {
    const start = this.at;
    this.take(length * width);
    let text = '';
    for (let i = start; i < this.at; i += width)
      text += String.fromCharCode(width === 1 ? this.bytes[i]! : this.view.getUint16(i, true));
    return text;
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
        return this.take(this.count()).slice();
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
    if (length > this.bytes.length) throw new RangeError('the state ends too early');
    const values: Value[] = [];
    for (let i = 0; i < length; i++) values.push(this.value());
    return values;
  }

  /** Throws when bytes are left over. */
  finish(): void {
    if (this.at !== this.bytes.length)
      throw new RangeError(`the state has ${this.bytes.length - this.at} bytes too many`);
  }
}
