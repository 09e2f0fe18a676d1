import type { Value } from '../types/data-type.ts';

const TAG = { null: 0, false: 1, true: 2, number: 3, bigint: 4, string: 5, row: 6 } as const;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Writes operator state: little-endian numbers, length-prefixed texts, tagged values. */
export class StateWriter {
  private bytes = new Uint8Array(1_024);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  /** Makes room; `bytes` and `view` may be new ones afterwards. */
  private reserve(more: number): number {
    const at = this.length;
    this.length += more;
    if (this.length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length));
      grown.set(this.bytes);
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    return at;
  }

  byte(value: number): void {
    const at = this.reserve(1);
    this.bytes[at] = value;
  }

  /** An unsigned 32-bit count. */
  count(value: number): void {
    const at = this.reserve(4);
    this.view.setUint32(at, value, true);
  }

  number(value: number): void {
    const at = this.reserve(8);
    this.view.setFloat64(at, value, true);
  }

  text(value: string): void {
    const utf8 = encoder.encode(value);
    this.count(utf8.length);
    const at = this.reserve(utf8.length);
    this.bytes.set(utf8, at);
  }

  value(value: Value): void {
    if (value === null) this.byte(TAG.null);
    else if (typeof value === 'boolean') this.byte(value ? TAG.true : TAG.false);
    else if (typeof value === 'number') {
      this.byte(TAG.number);
      this.number(value);
    } else if (typeof value === 'bigint') {
      this.byte(TAG.bigint);
      this.text(value.toString(36));
    } else if (typeof value === 'string') {
      this.byte(TAG.string);
      this.text(value);
    } else {
      this.byte(TAG.row);
      this.values(value);
    }
  }

  values(values: readonly Value[]): void {
    this.count(values.length);
    for (const value of values) this.value(value);
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

/** Reads what StateWriter wrote; throws on bytes that it cannot have written. */
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
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }

  number(): number {
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }

  text(): string {
    const length = this.count();
    if (this.at + length > this.bytes.length) throw new Error('the state ends too early');
    this.at += length;
    return decoder.decode(this.bytes.subarray(this.at - length, this.at));
  }

  value(): Value {
    const tag = this.byte();
    switch (tag) {
      case TAG.null:
        return null;
      case TAG.false:
        return false;
      case TAG.true:
        return true;
      case TAG.number:
        return this.number();
      case TAG.bigint:
        return bigintOf(this.text());
      case TAG.string:
        return this.text();
      case TAG.row:
        return this.values();
      default:
        throw new Error(`the state has the unknown tag ${tag}`);
    }
  }

  values(): Value[] {
    return Array.from({ length: this.count() }, () => this.value());
  }

  /** Throws when bytes are left over. */
  finish(): void {
    if (this.at !== this.bytes.length) throw new Error(`the state has ${this.bytes.length - this.at} bytes too many`);
  }
}

function bigintOf(base36: string): bigint {
  const negative = base36.startsWith('-');
  let value = 0n;
  for (const char of negative ? base36.slice(1) : base36) value = value * 36n + BigInt(Number.parseInt(char, 36));
  return negative ? -value : value;
}
