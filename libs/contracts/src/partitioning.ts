/**
 * Java's Kafka partitioner for keyed records: 32-bit murmur2 with seed 0x9747b28c.
 * Source: org.apache.kafka.common.utils.Utils.murmur2.
 *
 * @param length - of the bytes to look at, from the first
 * @returns the hash as a signed 32-bit integer
 */
export function murmur2(data: Uint8Array, length = data.length): number {
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ length;
  const fourths = length >>> 2;
  for (let i = 0; i < fourths; i++) {
    const at = i << 2;
    let k = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    k = Math.imul(k, m);
    h = Math.imul(h, m) ^ k;
  }
  const tail = fourths << 2;
  const rest = length & 3;
  if (rest === 3) h ^= data[tail + 2]! << 16;
  if (rest >= 2) h ^= data[tail + 1]! << 8;
  if (rest >= 1) h = Math.imul(h ^ data[tail]!, m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  h ^= h >>> 15;
  return h | 0;
}

const encoder = new TextEncoder();
const scratch = new Uint8Array(1_024);

/** The partition of a key (a subject, as a rule) among `partitions`: what Java's default partitioner answers. */
export function partitionOf(key: string, partitions: number): number {
  // A character has three bytes at most.
  const hash =
    key.length * 3 <= scratch.length
      ? murmur2(scratch, encoder.encodeInto(key, scratch).written)
      : murmur2(encoder.encode(key));
  return (hash & 0x7fffffff) % partitions;
}
