import { expect, test } from 'vitest';
import { murmur2, partitionOf } from './partitioning.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

// The vectors of org.apache.kafka.common.utils.UtilsTest.testMurmur2.
test.each([
  ['21', -973_932_308],
  ['foobar', -790_332_482],
  ['a-little-bit-long-string', -985_981_536],
  ['a-little-bit-longer-string', -1_486_304_829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
  ['abc', 479_470_107],
])("murmur2('%s') is Java's", (text, expected) => expect(murmur2(bytes(text))).toBe(expected));

test('a partition is never negative and always below the count', () => {
  for (const key of ['21', 'foobar', 'broker:b-17', '客户:1', '']) {
    const partition = partitionOf(key, 8);
    expect(partition).toBeGreaterThanOrEqual(0);
    expect(partition).toBeLessThan(8);
  }
});
