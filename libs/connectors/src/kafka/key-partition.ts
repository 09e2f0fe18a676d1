import { murmur2 } from '@hermes/contracts/partitioning';

/** The partition of a key among `count`: what Java's default partitioner answers for these bytes. */
export function partitionOfKey(key: Buffer | string, count: number): number {
  return (murmur2(typeof key === 'string' ? Buffer.from(key) : key) & 0x7fffffff) % count;
}
