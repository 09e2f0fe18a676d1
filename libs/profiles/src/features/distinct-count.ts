import type { ByteReader, ByteWriter } from '../bytes.ts';
import { ProfileCodecError } from '../bytes.ts';
import type { Aggregate } from './aggregate.ts';
import { hash53 } from './hash.ts';

/** Up to so many different values are told apart exactly (by 53-bit hashes: two of 512 collide with probability 1.5e-11). */
export const EXACT_VALUES = 512;
const PRECISION = 14;
const REGISTERS = 2 ** PRECISION;
const REST_BITS = 53 - PRECISION;
/** Standard error of HyperLogLog with so many registers. */
export const STANDARD_ERROR = 1.04 / Math.sqrt(REGISTERS);

const HASH_BYTES = 7;

/** While small the hashes themselves, 7 bytes each as they are stored, beyond them HyperLogLog's registers, one byte each. */
export type Distinct =
  { readonly kind: 'exact'; readonly hashes: Buffer } | { readonly kind: 'sketch'; readonly registers: Uint8Array };

const hashAt = (hashes: Buffer, at: number): number =>
  hashes.readUIntLE(at, 4) + hashes.readUIntLE(at + 4, 3) * 0x1_0000_0000;

/** Whether a hash is among those that are stored; compared in place, as making a set of them would cost more than this scan. */
function holds(hashes: Buffer, hash: number): boolean {
  const low = hash % 0x1_0000_0000;
  const [b0, b1, b2, b3] = [low & 0xff, (low >>> 8) & 0xff, (low >>> 16) & 0xff, low >>> 24];
  for (let at = 0; at < hashes.length; at += HASH_BYTES) {
    if (hashes[at] !== b0 || hashes[at + 1] !== b1 || hashes[at + 2] !== b2 || hashes[at + 3] !== b3) continue;
    if (hashAt(hashes, at) === hash) return true;
  }
  return false;
}

function withHash(hashes: Buffer, hash: number): Buffer {
  const grown = Buffer.allocUnsafe(hashes.length + HASH_BYTES);
  grown.set(hashes);
  grown.writeUIntLE(hash % 0x1_0000_0000, hashes.length, 4);
  grown.writeUIntLE(Math.floor(hash / 0x1_0000_0000), hashes.length + 4, 3);
  return grown;
}

function* hashesIn(hashes: Buffer): Generator<number> {
  for (let at = 0; at < hashes.length; at += HASH_BYTES) yield hashAt(hashes, at);
}

/** Puts a hash into registers: the low bits choose one, the number of leading zeros of the rest, plus one, is its rank. */
function count(registers: Uint8Array, hash: number): void {
  const register = hash % REGISTERS;
  const rest = Math.floor(hash / REGISTERS);
  const high = Math.floor(rest / 0x1_0000_0000);
  const zeros = high > 0 ? Math.clz32(high) - (64 - REST_BITS) : Math.clz32(rest >>> 0) + REST_BITS - 32;
  const rank = zeros + 1;
  if (registers[register]! < rank) registers[register] = rank;
}

function sketchOf(hashes: Buffer): Distinct {
  const registers = new Uint8Array(REGISTERS);
  for (const hash of hashesIn(hashes)) count(registers, hash);
  return { kind: 'sketch', registers };
}

function addHash(into: Distinct, hash: number): Distinct {
  if (into.kind === 'sketch') {
    count(into.registers, hash);
    return into;
  }
  if (holds(into.hashes, hash)) return into;
  const hashes = withHash(into.hashes, hash);
  return hashes.length > EXACT_VALUES * HASH_BYTES ? sketchOf(hashes) : { kind: 'exact', hashes };
}

/**
 * How many values the registers stand for. Source: O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017),
 * section 4: the improved raw estimator, which needs no correction tables.
 */
export function estimate(registers: Uint8Array): number {
  const limit = REST_BITS + 1;
  const histogram = new Array<number>(limit + 1).fill(0);
  for (const rank of registers) histogram[rank]! += 1;
  let z = REGISTERS * tau(1 - histogram[limit]! / REGISTERS);
  for (let rank = limit - 1; rank >= 1; rank--) z = 0.5 * (z + histogram[rank]!);
  z += REGISTERS * sigma(histogram[0]! / REGISTERS);
  return Math.round((REGISTERS * (REGISTERS / z)) / (2 * Math.LN2));
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let x = share;
  let y = 1;
  let z = share;
  for (;;) {
    x *= x;
    const before = z;
    z += x * y;
    y += y;
    if (z === before) return z;
  }
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - share;
  for (;;) {
    x = Math.sqrt(x);
    const before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
    if (z === before) return z / 3;
  }
}

/** Registers need six bits: four of them are three bytes. */
function writeRegisters(writer: ByteWriter, registers: Uint8Array): void {
  const packed = Buffer.allocUnsafe((REGISTERS / 4) * 3);
  for (let from = 0, to = 0; from < REGISTERS; from += 4, to += 3) {
    const four =
      registers[from]! | (registers[from + 1]! << 6) | (registers[from + 2]! << 12) | (registers[from + 3]! << 18);
    packed[to] = four & 0xff;
    packed[to + 1] = (four >>> 8) & 0xff;
    packed[to + 2] = four >>> 16;
  }
  writer.raw(packed);
}

function readRegisters(reader: ByteReader): Uint8Array {
  const packed = reader.raw((REGISTERS / 4) * 3);
  const registers = new Uint8Array(REGISTERS);
  for (let from = 0, to = 0; to < REGISTERS; from += 3, to += 4) {
    const four = packed[from]! | (packed[from + 1]! << 8) | (packed[from + 2]! << 16);
    registers[to] = four & 0x3f;
    registers[to + 1] = (four >>> 6) & 0x3f;
    registers[to + 2] = (four >>> 12) & 0x3f;
    registers[to + 3] = four >>> 18;
  }
  return registers;
}

const NONE: Distinct = { kind: 'exact', hashes: Buffer.alloc(0) };
const EXACT = 0;
const SKETCH = 1;

/** How many different values; 1 and "1" are two. */
export const distinctCount: Aggregate<Distinct> = {
  add(into, { value }) {
    if (value === undefined || value === null) return undefined;
    const hash = hash53(JSON.stringify(value));
    return addHash(into ?? NONE, hash);
  },
  merge(into, from) {
    if (into === undefined) {
      // Exact states are never changed in place.
      return from.kind === 'exact' ? from : { kind: 'sketch', registers: from.registers.slice() };
    }
    if (from.kind === 'exact') {
      let merged = into;
      for (const hash of hashesIn(from.hashes)) merged = addHash(merged, hash);
      return merged;
    }
    const sketch = into.kind === 'sketch' ? into : sketchOf(into.hashes);
    if (sketch.kind === 'sketch') {
      for (const [at, rank] of from.registers.entries()) if (sketch.registers[at]! < rank) sketch.registers[at] = rank;
    }
    return sketch;
  },
  write(writer, state) {
    if (state.kind === 'sketch') {
      writer.byte(SKETCH);
      return writeRegisters(writer, state.registers);
    }
    writer.byte(EXACT);
    writer.varint(state.hashes.length / HASH_BYTES);
    writer.raw(state.hashes);
  },
  read(reader) {
    const kind = reader.byte();
    if (kind === SKETCH) return { kind: 'sketch', registers: readRegisters(reader) };
    if (kind !== EXACT) throw new ProfileCodecError(`a distinct count of the unknown kind ${kind}`);
    return { kind: 'exact', hashes: reader.raw(reader.varint() * HASH_BYTES) };
  },
  value(state) {
    if (state === undefined) return { value: 0 };
    if (state.kind === 'exact') return { value: state.hashes.length / HASH_BYTES };
    return { value: estimate(state.registers), bound: 3 * STANDARD_ERROR };
  },
};
