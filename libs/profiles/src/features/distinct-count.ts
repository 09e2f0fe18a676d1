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

/** Registers need six bits: four of them are three bytes. */
const PACKED_BYTES = (REGISTERS / 4) * 3;
const MOST_RANK = 63;

/** While small the hashes themselves, 7 bytes each, beyond them HyperLogLog's registers, six bits each; both as they are stored. */
export type Distinct =
  | { readonly kind: 'exact'; readonly hashes: Buffer }
  /** `isOwn`: made here, and may be changed in place. */
  | { readonly kind: 'sketch'; readonly packed: Buffer; readonly isOwn: boolean };

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

/** Raises a register to a rank; the registers are changed in place. */
function raise(packed: Buffer, register: number, rank: number): void {
  const at = (register >>> 2) * 3;
  const shift = (register & 3) * 6;
  const four = packed[at]! | (packed[at + 1]! << 8) | (packed[at + 2]! << 16);
  if (((four >>> shift) & MOST_RANK) >= rank) return;
  const raised = (four & ~(MOST_RANK << shift)) | (rank << shift);
  packed[at] = raised & 0xff;
  packed[at + 1] = (raised >>> 8) & 0xff;
  packed[at + 2] = (raised >>> 16) & 0xff;
}

/** Puts a hash into registers: the low bits choose one, the number of leading zeros of the rest, plus one, is its rank. */
function count(packed: Buffer, hash: number): void {
  const rest = Math.floor(hash / REGISTERS);
  const high = Math.floor(rest / 0x1_0000_0000);
  const zeros = high > 0 ? Math.clz32(high) - (64 - REST_BITS) : Math.clz32(rest >>> 0) + REST_BITS - 32;
  raise(packed, hash % REGISTERS, zeros + 1);
}

function sketchOf(hashes: Buffer): Distinct & { readonly kind: 'sketch' } {
  const packed = Buffer.alloc(PACKED_BYTES);
  for (const hash of hashesIn(hashes)) count(packed, hash);
  return { kind: 'sketch', packed, isOwn: true };
}

/** The same registers, to be changed in place. */
const owned = (sketch: Distinct & { readonly kind: 'sketch' }): Distinct & { readonly kind: 'sketch' } =>
  sketch.isOwn ? sketch : { kind: 'sketch', packed: Buffer.from(sketch.packed), isOwn: true };

function addHash(into: Distinct, hash: number): Distinct {
  if (into.kind === 'sketch') {
    const sketch = owned(into);
    count(sketch.packed, hash);
    return sketch;
  }
  if (holds(into.hashes, hash)) return into;
  const hashes = withHash(into.hashes, hash);
  return hashes.length > EXACT_VALUES * HASH_BYTES ? sketchOf(hashes) : { kind: 'exact', hashes };
}

function addRegisters(into: Distinct, from: Buffer): Distinct {
  const sketch = into.kind === 'sketch' ? owned(into) : sketchOf(into.hashes);
  for (let at = 0, register = 0; at < PACKED_BYTES; at += 3, register += 4) {
    const four = from[at]! | (from[at + 1]! << 8) | (from[at + 2]! << 16);
    for (let i = 0; i < 4; i++) raise(sketch.packed, register + i, (four >>> (6 * i)) & MOST_RANK);
  }
  return sketch;
}

/**
 * How many values the registers stand for. Source: O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017),
 * section 4: the improved raw estimator, which needs no correction tables.
 */
export function estimate(packed: Buffer): number {
  const limit = REST_BITS + 1;
  const histogram = new Array<number>(MOST_RANK + 1).fill(0);
  for (let at = 0; at < PACKED_BYTES; at += 3) {
    const four = packed[at]! | (packed[at + 1]! << 8) | (packed[at + 2]! << 16);
    histogram[four & MOST_RANK]! += 1;
    histogram[(four >>> 6) & MOST_RANK]! += 1;
    histogram[(four >>> 12) & MOST_RANK]! += 1;
    histogram[four >>> 18]! += 1;
  }
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
    // What is not one's own is never changed in place.
    if (into === undefined) return from.kind === 'exact' ? from : { ...from, isOwn: false };
    if (from.kind === 'sketch') return addRegisters(into, from.packed);
    let merged = into;
    for (const hash of hashesIn(from.hashes)) merged = addHash(merged, hash);
    return merged;
  },
  write(writer, state) {
    if (state.kind === 'sketch') {
      writer.byte(SKETCH);
      return writer.raw(state.packed);
    }
    writer.byte(EXACT);
    writer.varint(state.hashes.length / HASH_BYTES);
    writer.raw(state.hashes);
  },
  read(reader) {
    const kind = reader.byte();
    if (kind === SKETCH) return { kind: 'sketch', packed: reader.raw(PACKED_BYTES), isOwn: false };
    if (kind !== EXACT) throw new ProfileCodecError(`a distinct count of the unknown kind ${kind}`);
    return { kind: 'exact', hashes: reader.raw(reader.varint() * HASH_BYTES) };
  },
  value(state) {
    if (state === undefined) return { value: 0 };
    if (state.kind === 'exact') return { value: state.hashes.length / HASH_BYTES };
    return { value: estimate(state.packed), bound: 3 * STANDARD_ERROR };
  },
};
