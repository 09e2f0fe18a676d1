/**
 * Part of a list's entries: those whose hash says so. A list changes by whole buckets, so a change of one entry sends a two-thousandth of the list, and
 * who has the newest record of each bucket has the list, whatever was missed. The bytes are looked up as they are:
 *
 *   u8          1
 *   u32         revision of the list with which the bucket became so
 *   u16         number of entries
 *   u16 each    fingerprint of the entry, rising
 *   u32 each    where the entry ends, counted from the first one's beginning
 *   UTF-8       the entries
 *
 * All numbers little-endian.
 */
export const LIST_BUCKETS = 2_048;
/** A list of a million has some 490 in each, and never by chance twice as many; who has made more meant to. A record stays below a megabyte. */
export const MAX_BUCKET_ENTRIES = 1_000;

const FORMAT = 1;
const BUCKET_SHIFT = 21;
const HEADER_BYTES = 7;
const FINGERPRINT_BYTES = 2;
const END_BYTES = 4;

const rotated = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

/** MurmurHash3 (x86, 32 bits) with each UTF-16 unit as a block, which says of a text where it stands. */
export function entryHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) {
    hash ^= Math.imul(rotated(Math.imul(text.charCodeAt(i), 0xcc9e_2d51), 15), 0x1b87_3593);
    hash = (Math.imul(rotated(hash, 13), 5) + 0xe654_6b64) | 0;
  }
  hash ^= text.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export const bucketOfHash = (hash: number): number => hash >>> BUCKET_SHIFT;
const fingerprintOf = (hash: number): number => hash & 0xffff;

export const bucketOf = (entry: string): number => bucketOfHash(entryHash(entry));

/** The bytes of a bucket; the same for the same entries in any order. */
export function packBucket(revision: number, entries: readonly string[]): Buffer {
  const rising = entries
    .map((text) => ({ fingerprint: fingerprintOf(entryHash(text)), text }))
    .sort((a, b) => a.fingerprint - b.fingerprint || (a.text < b.text ? -1 : 1));
  const texts = rising.map(({ text }) => Buffer.from(text));
  const textsAt = HEADER_BYTES + rising.length * (FINGERPRINT_BYTES + END_BYTES);
  const bytes = Buffer.alloc(textsAt + texts.reduce((sum, { length }) => sum + length, 0));
  bytes.writeUInt8(FORMAT, 0);
  bytes.writeUInt32LE(revision, 1);
  bytes.writeUInt16LE(rising.length, 5);
  let end = 0;
  for (const [i, { fingerprint }] of rising.entries()) {
    bytes.writeUInt16LE(fingerprint, HEADER_BYTES + i * FINGERPRINT_BYTES);
    texts[i]!.copy(bytes, textsAt + end);
    end += texts[i]!.length;
    bytes.writeUInt32LE(end, HEADER_BYTES + rising.length * FINGERPRINT_BYTES + i * END_BYTES);
  }
  return bytes;
}

/** A bucket as it came over the topic. */
export interface ListBucket {
  readonly revision: number;
  readonly count: number;
  readonly bytes: Buffer;
}

/** @throws Error for what is no bucket of a format that this code reads */
export function readBucket(bytes: Buffer): ListBucket {
  if (bytes[0] !== FORMAT) throw new Error(`a bucket of format ${String(bytes[0])}; this code reads ${FORMAT}`);
  const count = bytes.length < HEADER_BYTES ? Infinity : bytes.readUInt16LE(5);
  const textsAt = HEADER_BYTES + count * (FINGERPRINT_BYTES + END_BYTES);
  const length = count === 0 || textsAt > bytes.length ? 0 : bytes.readUInt32LE(textsAt - END_BYTES);
  if (textsAt + length !== bytes.length) throw new Error('a bucket that is cut off');
  return { revision: bytes.readUInt32LE(1), count, bytes };
}

/** Whether the entry with this hash stands in its bucket. */
export function bucketHas({ count, bytes }: ListBucket, entry: string, hash: number): boolean {
  const wanted = fingerprintOf(hash);
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bytes.readUInt16LE(HEADER_BYTES + middle * FINGERPRINT_BYTES) < wanted) low = middle + 1;
    else high = middle;
  }
  const endsAt = HEADER_BYTES + count * FINGERPRINT_BYTES;
  const textsAt = endsAt + count * END_BYTES;
  for (let i = low; i < count; i++) {
    if (bytes.readUInt16LE(HEADER_BYTES + i * FINGERPRINT_BYTES) !== wanted) return false;
    const from = i === 0 ? 0 : bytes.readUInt32LE(endsAt + (i - 1) * END_BYTES);
    const to = bytes.readUInt32LE(endsAt + i * END_BYTES);
    if (bytes.toString('utf8', textsAt + from, textsAt + to) === entry) return true;
  }
  return false;
}
