/** Bytes that this code cannot read; they are left alone, never guessed at. */
export class ProfileCodecError extends Error {
  override readonly name = 'ProfileCodecError';
}

/** Longest LEB128 of an integer below 2^54. */
export const VARINT_BYTES = 8;
const FIRST_CAPACITY = 1_024;
/** Fewer bytes are copied one by one: a call makes a view of them first. */
const COPIED_BY_CALL = 24;

/** Length of a varint, of an integer below 2^31. */
function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes += 1;
  return bytes;
}

/** Integers beyond 2^53 - 1 are kept as decimal text; see `integer`. */
const LARGE_INTEGER = 3;

/**
 * Writes the pieces of which profiles are made. `varint` is LEB128 of an integer from 0 to 2^53 - 1, `zigzag` maps a signed integer to 2n
 * or -2n - 1 first, `text` is a varint of the bytes, then UTF-8. One writer may be used again after `take`.
 */
export class ByteWriter {
  private bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  private at = 0;

  get length(): number {
    return this.at;
  }

  reset(): void {
    this.at = 0;
  }

  byte(value: number): void {
    if (this.at + 1 > this.bytes.length) this.grow(1);
    this.bytes[this.at++] = value;
  }

  varint(value: number): void {
    if (this.at + VARINT_BYTES > this.bytes.length) this.grow(VARINT_BYTES);
    const { bytes } = this;
    let rest = value;
    // Shifts are cheaper than divisions, and most numbers are small.
    while (rest > 0x7fff_ffff) {
      bytes[this.at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    while (rest >= 0x80) {
      bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[this.at++] = rest;
  }

  zigzag(value: number): void {
    this.varint(value >= 0 ? value * 2 : value * -2 - 1);
  }

  double(value: number): void {
    if (this.at + 8 > this.bytes.length) this.grow(8);
    this.bytes.writeDoubleLE(value, this.at);
    this.at += 8;
  }

  text(value: string): void {
    // No character of UTF-16 takes more than three bytes of UTF-8.
    const most = value.length * 3;
    if (this.at + VARINT_BYTES + most > this.bytes.length) this.grow(VARINT_BYTES + most);
    if (most < 0x80) {
      const length = this.bytes.write(value, this.at + 1);
      this.bytes[this.at] = length;
      this.at += 1 + length;
      return;
    }
    this.varint(Buffer.byteLength(value));
    this.at += this.bytes.write(value, this.at);
  }

  raw(value: Buffer, from = 0, to = value.length): void {
    if (this.at + to - from > this.bytes.length) this.grow(to - from);
    const { bytes } = this;
    if (to - from > COPIED_BY_CALL) value.copy(bytes, this.at, from, to);
    else for (let i = from, at = this.at; i < to; i++) bytes[at++] = value[i]!;
    this.at += to - from;
  }

  /** Begins a piece that stands behind its length; `endPiece` takes what this answers. */
  beginPiece(): number {
    this.byte(0);
    return this.at;
  }

  /** Writes the length before the piece: room for the common ones was left, behind a longer one the piece is moved. */
  endPiece(from: number): void {
    const end = this.at;
    const length = end - from;
    if (length < 0x80) {
      this.bytes[from - 1] = length;
      return;
    }
    const more = varintBytes(length) - 1;
    if (end + more > this.bytes.length) this.grow(more);
    this.bytes.copyWithin(from + more, from, end);
    this.at = from - 1;
    this.varint(length);
    this.at = end + more;
  }

  /** Forgets what was written behind a length that it had. */
  backTo(length: number): void {
    this.at = length;
  }

  /** Copies what was written into `target` at `at`; the writer is empty afterwards. */
  moveInto(target: Buffer, at: number): void {
    this.bytes.copy(target, at, 0, this.at);
    this.at = 0;
  }

  /**
   * A signed integer of any size: the common ones as the zigzag of 4n (so that the two lowest bits say what it is), larger ones as text.
   */
  integer(value: number | bigint): void {
    if (typeof value === 'number' && Math.abs(value) < 2 ** 50)
      return this.varint((value >= 0 ? value * 2 : value * -2 - 1) * 4);
    this.varint(LARGE_INTEGER);
    this.text(value.toString());
  }

  /** A copy of what was written; the writer is empty afterwards. */
  take(): Buffer {
    const copy = Buffer.allocUnsafe(this.at);
    this.bytes.copy(copy, 0, 0, this.at);
    this.at = 0;
    return copy;
  }

  /** What was written, valid until the next write. */
  view(): Buffer {
    return this.bytes.subarray(0, this.at);
  }

  private grow(by: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + by));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }
}

/** Reads what ByteWriter writes. @throws ProfileCodecError on bytes that end too early or hold a number that is too long */
export class ByteReader {
  private bytes: Buffer;
  private at: number;
  private limit: number;

  constructor(bytes: Buffer, from = 0, to = bytes.length) {
    this.bytes = bytes;
    this.at = from;
    this.limit = to;
  }

  /** Reads other bytes from here on: one reader may serve again and again. */
  over(bytes: Buffer, from: number, to: number): this {
    this.bytes = bytes;
    this.at = from;
    this.limit = to;
    return this;
  }

  get position(): number {
    return this.at;
  }

  /** Where the bytes to read end. */
  get limitPosition(): number {
    return this.limit;
  }

  get isAtEnd(): boolean {
    return this.at >= this.limit;
  }

  byte(): number {
    if (this.at >= this.limit) throw new ProfileCodecError('the profile ends too early');
    return this.bytes[this.at++]!;
  }

  varint(): number {
    const { bytes, at } = this;
    // The most common lengths one by one, in 32-bit integers; beyond them floating point, which is exact up to 2^53. What stands behind the
    // bytes does no harm: `ended` looks at where the number ended.
    const first = bytes[at]!;
    if (first < 0x80) return this.ended(at + 1, first);
    const second = bytes[at + 1]!;
    const two = (first & 0x7f) | ((second & 0x7f) << 7);
    if (second < 0x80) return this.ended(at + 2, two);
    const third = bytes[at + 2]!;
    const three = two | ((third & 0x7f) << 14);
    if (third < 0x80) return this.ended(at + 3, three);
    const fourth = bytes[at + 3]!;
    const four = three | ((fourth & 0x7f) << 21);
    if (fourth < 0x80) return this.ended(at + 4, four);
    this.ended(at + 4, four);
    return this.longVarint(four);
  }

  private ended(at: number, value: number): number {
    if (at > this.limit) throw new ProfileCodecError('the profile ends too early');
    this.at = at;
    return value;
  }

  private longVarint(low: number): number {
    let value = low;
    let scale = 2 ** 28;
    for (let i = 4; i < VARINT_BYTES; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw new ProfileCodecError('the profile holds a number that is too long');
  }

  zigzag(): number {
    return signed(this.varint());
  }

  double(): number {
    const at = this.skip(8);
    return this.bytes.readDoubleLE(at);
  }

  text(): string {
    const length = this.varint();
    const at = this.skip(length);
    return this.bytes.toString('utf8', at, at + length);
  }

  raw(length: number): Buffer {
    const at = this.skip(length);
    return this.bytes.subarray(at, at + length);
  }

  integer(): number | bigint {
    const value = this.varint();
    if ((value & 3) === 0) return signed(value / 4);
    if (value !== LARGE_INTEGER) throw new ProfileCodecError('the profile holds an integer of an unknown kind');
    const text = this.text();
    if (!/^-?\d+$/.test(text)) throw new ProfileCodecError('the profile holds an integer that is none');
    return narrowed(BigInt(text));
  }

  /** Everything up to the end, as a view. */
  rest(): Buffer {
    const { at } = this;
    this.at = this.limit;
    return this.bytes.subarray(at, this.limit);
  }

  /** Copies everything up to the end. */
  moveRest(writer: ByteWriter): void {
    writer.raw(this.bytes, this.at, this.limit);
    this.at = this.limit;
  }

  /** Copies what stands between two positions. */
  moveRange(writer: ByteWriter, from: number, to: number): void {
    writer.raw(this.bytes, from, to);
  }

  /** To a position that it had over the same bytes. */
  backTo(position: number): void {
    this.at = position;
  }

  /** Whether these bytes stand at one of the places that are `step` apart, among the next `length` bytes; the position stays. */
  holds(piece: Uint8Array, length: number, step: number): boolean {
    const { bytes, at } = this;
    if (at + length > this.limit) throw new ProfileCodecError('the profile ends too early');
    const size = piece.length;
    for (let place = at; place < at + length; place += step) {
      let i = 0;
      while (i < size && bytes[place + i] === piece[i]) i += 1;
      if (i === size) return true;
    }
    return false;
  }

  /** Passes over `length` bytes, which must be there. */
  pass(length: number): void {
    this.skip(length);
  }

  end(): void {
    if (this.at !== this.limit) throw new ProfileCodecError('the profile goes on after its end');
  }

  private skip(length: number): number {
    const { at } = this;
    if (at + length > this.limit) throw new ProfileCodecError('the profile ends too early');
    this.at = at + length;
    return at;
  }
}

/** The signed integer of a zigzag. The lowest bit of integers up to 2^53 is exact; a remainder of doubles would be a call of the C library. */
export const signed = (zigzag: number): number => ((zigzag & 1) === 0 ? zigzag / 2 : -(zigzag + 1) / 2);

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** A number where it is exact as one. */
export const narrowed = (value: bigint): number | bigint => (value <= SAFE && value >= -SAFE ? Number(value) : value);

/** a + b, exact whatever their size. */
export function addExactly(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return narrowed(BigInt(a) + BigInt(b));
}
