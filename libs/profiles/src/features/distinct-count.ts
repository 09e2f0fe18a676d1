import { ByteReader, ProfileCodecError } from '../bytes.ts';
import type { Aggregate } from './aggregate.ts';
import { jsonOf } from './entry.ts';
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

/**
 * While small the hashes themselves, 7 bytes each, beyond them HyperLogLog's registers, six bits each, both as they are stored; and of the
 * registers, how many have each rank, which is all that the estimate takes.
 */
export type Distinct = { readonly kind: 'exact'; readonly hashes: Buffer } | Sketch;

interface Sketch {
  readonly kind: 'sketch';
  readonly packed: Buffer;
  readonly ranks: number[];
  /** Made here, and may be changed in place. */
  readonly isOwn: boolean;
}

const hashAt = (hashes: Buffer, at: number): number =>
  hashes.readUIntLE(at, 4) + hashes.readUIntLE(at + 4, 3) * 0x1_0000_0000;

/** Whether a hash is among those that are stored; compared in place, as making a set of them would cost more than this scan. */
function holds(hashes: Buffer, hash: number): boolean {
  writeHash(one, 0, hash);
  return hashReader.over(hashes, 0, hashes.length).holds(one, hashes.length, HASH_BYTES);
}

const one = Buffer.alloc(HASH_BYTES);
const hashReader = new ByteReader(one);

function writeHash(into: Buffer, at: number, hash: number): void {
  into.writeUIntLE(hash >>> 0, at, 4);
  into.writeUIntLE(Math.floor(hash / 0x1_0000_0000), at + 4, 3);
}

function withHash(hashes: Buffer, hash: number): Buffer {
  const grown = Buffer.allocUnsafe(hashes.length + HASH_BYTES);
  grown.set(hashes);
  writeHash(grown, hashes.length, hash);
  return grown;
}

function* hashesIn(hashes: Buffer): Generator<number> {
  for (let at = 0; at < hashes.length; at += HASH_BYTES) yield hashAt(hashes, at);
}

function rankAt(packed: Buffer, register: number): number {
  const at = (register >>> 2) * 3;
  const four = packed[at]! | (packed[at + 1]! << 8) | (packed[at + 2]! << 16);
  return (four >>> ((register & 3) * 6)) & MOST_RANK;
}

/** The sketch with a register raised to a rank; a copy of it only where it changes and is not one's own. */
function raised(sketch: Sketch, register: number, rank: number): Sketch {
  const before = rankAt(sketch.packed, register);
  if (before >= rank) return sketch;
  const { packed, ranks } = sketch.isOwn ? sketch : owned(sketch);
  const at = (register >>> 2) * 3;
  const shift = (register & 3) * 6;
  const four = packed[at]! | (packed[at + 1]! << 8) | (packed[at + 2]! << 16);
  const next = (four & ~(MOST_RANK << shift)) | (rank << shift);
  packed[at] = next & 0xff;
  packed[at + 1] = (next >>> 8) & 0xff;
  packed[at + 2] = (next >>> 16) & 0xff;
  ranks[before]! -= 1;
  ranks[rank]! += 1;
  return sketch.isOwn ? sketch : { kind: 'sketch', packed, ranks, isOwn: true };
}

/** Puts a hash into registers: the low bits choose one, the number of leading zeros of the rest, plus one, is its rank. */
function counted(sketch: Sketch, hash: number): Sketch {
  const rest = Math.floor(hash / REGISTERS);
  const high = Math.floor(rest / 0x1_0000_0000);
  const zeros = high > 0 ? Math.clz32(high) - (64 - REST_BITS) : Math.clz32(rest >>> 0) + REST_BITS - 32;
  return raised(sketch, hash & (REGISTERS - 1), zeros + 1);
}

function sketchOf(hashes: Buffer): Sketch {
  const ranks = new Array<number>(MOST_RANK + 1).fill(0);
  ranks[0] = REGISTERS;
  const sketch: Sketch = { kind: 'sketch', packed: Buffer.alloc(PACKED_BYTES), ranks, isOwn: true };
  for (const hash of hashesIn(hashes)) counted(sketch, hash);
  return sketch;
}

/** The same registers, to be changed in place. */
const owned = ({ packed, ranks }: Sketch): Sketch => ({
  kind: 'sketch',
  packed: Buffer.from(packed),
  ranks: [...ranks],
  isOwn: true,
});

function addHash(into: Distinct, hash: number): Distinct {
  if (into.kind === 'sketch') return counted(into, hash);
  if (holds(into.hashes, hash)) return into;
  const hashes = withHash(into.hashes, hash);
  return hashes.length > EXACT_VALUES * HASH_BYTES ? sketchOf(hashes) : { kind: 'exact', hashes };
}

function addRegisters(into: Distinct, from: Buffer): Distinct {
  let sketch = into.kind === 'sketch' ? into : sketchOf(into.hashes);
  for (let register = 0; register < REGISTERS; register++) {
    sketch = raised(sketch, register, rankAt(from, register));
  }
  return sketch;
}

/** How many registers have each rank. */
export function ranksOf(packed: Buffer): number[] {
  const ranks = new Array<number>(MOST_RANK + 1).fill(0);
  for (let at = 0; at < PACKED_BYTES; at += 3) {
    const four = packed[at]! | (packed[at + 1]! << 8) | (packed[at + 2]! << 16);
    ranks[four & MOST_RANK]! += 1;
    ranks[(four >>> 6) & MOST_RANK]! += 1;
    ranks[(four >>> 12) & MOST_RANK]! += 1;
    ranks[four >>> 18]! += 1;
  }
  return ranks;
}

/**
 * How many values the registers stand for. Source: O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017),
 * section 4: the improved raw estimator, which needs no correction tables.
 */
export function estimate(ranks: readonly number[]): number {
  const limit = REST_BITS + 1;
  let z = REGISTERS * tau(1 - ranks[limit]! / REGISTERS);
  for (let rank = limit - 1; rank >= 1; rank--) z = 0.5 * (z + ranks[rank]!);
  z += REGISTERS * sigma(ranks[0]! / REGISTERS);
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

/** Of a value that is not undefined. */
const hashOf = (value: unknown): number => hash53(jsonOf(value)!);

const NONE: Distinct = { kind: 'exact', hashes: Buffer.alloc(0) };
const EXACT = 0;
/** Registers alone, as they were written once; their ranks are counted. */
const SKETCH = 1;
/** A varint with the highest rank, a varint for each rank up to it with the number of its registers, and the registers. */
const RANKED_SKETCH = 2;

function readRanks(reader: ByteReader): number[] {
  const ranks = new Array<number>(MOST_RANK + 1).fill(0);
  const highest = reader.varint();
  if (highest > MOST_RANK) throw new ProfileCodecError(`a distinct count with the impossible rank ${highest}`);
  for (let rank = 0; rank <= highest; rank++) ranks[rank] = reader.varint();
  return ranks;
}

/** How many different values; 1 and "1" are two. */
export const distinctCount: Aggregate<Distinct> = {
  add(into, { value }) {
    if (value === undefined || value === null) return undefined;
    return addHash(into ?? NONE, hashOf(value));
  },
  addStored(reader, { value }, writer) {
    if (value === undefined || value === null) return 'ignored';
    if (reader.byte() !== EXACT) return 'undecided';
    const count = reader.varint();
    const [length, from] = [count * HASH_BYTES, reader.position];
    writeHash(one, 0, hashOf(value));
    const isKnown = reader.holds(one, length, HASH_BYTES);
    if (!isKnown && count === EXACT_VALUES) return 'undecided';
    writer.byte(EXACT);
    writer.varint(isKnown ? count : count + 1);
    reader.pass(length);
    reader.moveRange(writer, from, reader.position);
    if (!isKnown) writer.raw(one);
    return 'written';
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
      const highest = state.ranks.findLastIndex((registers) => registers > 0);
      writer.byte(RANKED_SKETCH);
      writer.varint(highest);
      for (let rank = 0; rank <= highest; rank++) writer.varint(state.ranks[rank]!);
      return writer.raw(state.packed);
    }
    writer.byte(EXACT);
    writer.varint(state.hashes.length / HASH_BYTES);
    writer.raw(state.hashes);
  },
  read(reader) {
    const kind = reader.byte();
    switch (kind) {
      case EXACT:
        return { kind: 'exact', hashes: reader.raw(reader.varint() * HASH_BYTES) };
      case SKETCH: {
        const packed = reader.raw(PACKED_BYTES);
        return { kind: 'sketch', packed, ranks: ranksOf(packed), isOwn: false };
      }
      case RANKED_SKETCH: {
        const ranks = readRanks(reader);
        return { kind: 'sketch', packed: reader.raw(PACKED_BYTES), ranks, isOwn: false };
      }
      default:
        throw new ProfileCodecError(`a distinct count of the unknown kind ${kind}`);
    }
  },
  value(state) {
    if (state === undefined) return { value: 0 };
    if (state.kind === 'exact') return { value: state.hashes.length / HASH_BYTES };
    return { value: estimate(state.ranks), bound: 3 * STANDARD_ERROR };
  },
};
