import type { ProfileState, TypeState } from './profile-state.ts';

/**
 * A profile's bytes. Version 1:
 *
 *   u8       version, 1
 *   zigzag   firstSeenMs
 *   zigzag   lastSeenMs
 *   varint   otherCount
 *   varint   number of types, then for each, in alphabetical order:
 *     text     type
 *     varint   count
 *     zigzag   timeMs
 *     zigzag   receivedAtMs
 *     varint   arrival
 *     text     data, JSON
 *
 * varint is LEB128 of an integer up to 2^53 - 1; zigzag maps a signed integer to 2n or -2n - 1 first; text is a varint of the bytes,
 * then UTF-8. The same state always gives the same bytes.
 */
export const PROFILE_CODEC_VERSION = 1;

/** Bytes that this code cannot read; they are left alone, never guessed at. */
export class ProfileCodecError extends Error {
  override readonly name = 'ProfileCodecError';
}

/** Longest LEB128 of an integer below 2^54. */
const VARINT_BYTES = 8;

class Writer {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafe(capacity);
  }

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) + 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  zigzag(value: number): void {
    this.varint(value >= 0 ? value * 2 : value * -2 - 1);
  }

  text(value: string): void {
    this.varint(Buffer.byteLength(value));
    this.at += this.bytes.write(value, this.at);
  }

  done(): Buffer {
    return this.bytes.subarray(0, this.at);
  }
}

class Reader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw new ProfileCodecError('the profile ends too early');
    return value;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < VARINT_BYTES; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw new ProfileCodecError('the profile holds a number that is too long');
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  text(): string {
    const length = this.varint();
    const end = this.at + length;
    if (end > this.bytes.length) throw new ProfileCodecError('the profile ends too early');
    const value = this.bytes.toString('utf8', this.at, end);
    this.at = end;
    return value;
  }

  end(): void {
    if (this.at !== this.bytes.length) throw new ProfileCodecError('the profile goes on after its end');
  }
}

const FIXED_BYTES = 1 + 4 * VARINT_BYTES;
const TYPE_BYTES = 6 * VARINT_BYTES;

/** The state's bytes. The state has seen at least one event. */
export function encodeProfileState(state: ProfileState): Buffer {
  const types = [...state.types].sort(([a], [b]) => (a < b ? -1 : 1));
  let capacity = FIXED_BYTES;
  for (const [type, seen] of types) capacity += TYPE_BYTES + Buffer.byteLength(type) + Buffer.byteLength(seen.data);
  const writer = new Writer(capacity);
  writer.byte(PROFILE_CODEC_VERSION);
  writer.zigzag(state.firstSeenMs);
  writer.zigzag(state.lastSeenMs);
  writer.varint(state.otherCount);
  writer.varint(types.length);
  for (const [type, seen] of types) {
    writer.text(type);
    writer.varint(seen.count);
    writer.zigzag(seen.timeMs);
    writer.zigzag(seen.receivedAtMs);
    writer.varint(seen.arrival);
    writer.text(seen.data);
  }
  return writer.done();
}

/** @throws ProfileCodecError on another version, on bytes that are cut or go on */
export function decodeProfileState(bytes: Buffer): ProfileState {
  const reader = new Reader(bytes);
  const version = reader.byte();
  if (version !== PROFILE_CODEC_VERSION) {
    throw new ProfileCodecError(`a profile of version ${version}; this code reads version ${PROFILE_CODEC_VERSION}`);
  }
  const firstSeenMs = reader.zigzag();
  const lastSeenMs = reader.zigzag();
  const otherCount = reader.varint();
  const types = new Map<string, TypeState>();
  for (let left = reader.varint(); left > 0; left--) {
    types.set(reader.text(), {
      count: reader.varint(),
      timeMs: reader.zigzag(),
      receivedAtMs: reader.zigzag(),
      arrival: reader.varint(),
      data: reader.text(),
    });
  }
  reader.end();
  return { firstSeenMs, lastSeenMs, types, otherCount };
}
