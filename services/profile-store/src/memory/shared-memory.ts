/**
 * Stored values in memory that both threads see: the processing thread puts there what it has committed, and the thread that answers takes it
 * from there instead of asking Redis. One writes, others read; a counter that is odd while something changes (a seqlock) tells a reader that
 * what it has copied belongs together, and else it asks Redis.
 *
 *   state   Int32     [0] the counter
 *   lanes   Float64   per claim of a partition, at its number modulo LANES: that number, and when the partition was last known to be ours
 *   index   Int32     buckets of WAYS: hash, 1 + the record's unit; 0 is empty
 *   arena   a ring of records, oldest first, in units of 16 bytes:
 *             Int32  units of the record, hash, claim, UTF-16 units of the key (-1: only fills the ring's end), bytes of the value (-1: gone)
 *             the key, the value, room for the value to grow
 *
 * A value that still fits is overwritten in its place. The ring forgets what was written first, also when it is asked for all the time: the next
 * event brings it back.
 */
export interface SharedMemory {
  readonly state: SharedArrayBuffer;
  readonly lanes: SharedArrayBuffer;
  readonly index: SharedArrayBuffer;
  readonly arena: SharedArrayBuffer;
}

export const LANES = 1_024;
export const WAYS = 4;
export const UNIT_BYTES = 16;
export const HEADER_BYTES = 32;

/** Of the five Int32 of a record's head. */
export const AT = { units: 0, hash: 1, claim: 2, keyUnits: 3, valueBytes: 4 } as const;

/** One place in the index for so many bytes of records. */
const BYTES_PER_PLACE = 512;
const LEAST_BYTES = 4_096;

/** @param arenaBytes - of the values with their keys; the index comes to 1.6 % more */
export function allocateShared(arenaBytes: number): SharedMemory {
  const bytes = Math.max(LEAST_BYTES, 2 ** Math.floor(Math.log2(arenaBytes)));
  return {
    state: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
    lanes: new SharedArrayBuffer(LANES * 2 * Float64Array.BYTES_PER_ELEMENT),
    index: new SharedArrayBuffer((bytes / BYTES_PER_PLACE) * 2 * Int32Array.BYTES_PER_ELEMENT),
    arena: new SharedArrayBuffer(bytes),
  };
}

/** The memory as both sides look at it. */
export class SharedView {
  readonly state: Int32Array;
  readonly lanes: Float64Array;
  readonly index: Int32Array;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly units: number;
  private readonly characters: Uint16Array;
  private readonly bucketMask: number;

  constructor({ state, lanes, index, arena }: SharedMemory) {
    this.state = new Int32Array(state);
    this.lanes = new Float64Array(lanes);
    this.index = new Int32Array(index);
    this.words = new Int32Array(arena);
    this.bytes = new Uint8Array(arena);
    this.characters = new Uint16Array(arena);
    this.units = arena.byteLength / UNIT_BYTES;
    this.bucketMask = this.index.length / 2 / WAYS - 1;
  }

  /** Where the bucket of a hash begins in the index. */
  bucketOf(hash: number): number {
    return (hash & this.bucketMask) * WAYS * 2;
  }

  /** The place in the index of a key's record; -1 when there is none. */
  find(hash: number, key: string): number {
    const { index } = this;
    const from = this.bucketOf(hash);
    for (let at = from; at < from + WAYS * 2; at += 2) {
      if (index[at] === hash && index[at + 1] !== 0 && this.isOf(index[at + 1]! - 1, key)) return at;
    }
    return -1;
  }

  /** One of a record's head. */
  headOf(unit: number, what: number): number {
    return this.words[unit * (UNIT_BYTES / 4) + what]!;
  }

  setHead(unit: number, what: number, value: number): void {
    this.words[unit * (UNIT_BYTES / 4) + what] = value;
  }

  /** Where a record's value begins in `bytes`. */
  valueAt(unit: number, keyUnits: number): number {
    return unit * UNIT_BYTES + HEADER_BYTES + keyBytes(keyUnits);
  }

  writeKey(unit: number, key: string): void {
    const at = (unit * UNIT_BYTES + HEADER_BYTES) / 2;
    for (let i = 0; i < key.length; i++) this.characters[at + i] = key.charCodeAt(i);
  }

  private isOf(unit: number, key: string): boolean {
    if (this.headOf(unit, AT.keyUnits) !== key.length) return false;
    const { characters } = this;
    const at = (unit * UNIT_BYTES + HEADER_BYTES) / 2;
    // From the end: keys of one partition begin alike.
    for (let i = key.length - 1; i >= 0; i--) if (characters[at + i] !== key.charCodeAt(i)) return false;
    return true;
  }
}

/** Of a key in a record: values begin at a multiple of eight bytes, since only so whole words of shared memory are copied at once. */
export const keyBytes = (keyUnits: number): number => (keyUnits * 2 + 7) & ~7;

/** FNV-1a of the key's UTF-16 units, mixed once more, since the low bits choose the bucket. */
export function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
