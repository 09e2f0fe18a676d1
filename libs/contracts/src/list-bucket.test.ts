/** Guards: a list is looked up exactly in the bytes that travel, and is spread evenly. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bucketHas,
  bucketOf,
  entryHash,
  LIST_BUCKETS,
  MAX_BUCKET_ENTRIES,
  packBucket,
  readBucket,
} from './list-bucket.ts';

const entry = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  fc.nat(50).map(String),
);

test('a bucket has what was put into it, and nothing else', () => {
  fc.assert(
    fc.property(fc.uniqueArray(entry, { maxLength: 60 }), fc.array(entry, { maxLength: 30 }), (inside, others) => {
      const bucket = readBucket(packBucket(7, inside));
      expect([bucket.revision, bucket.count]).toEqual([7, inside.length]);
      for (const one of [...inside, ...others])
        expect(bucketHas(bucket, one, entryHash(one))).toBe(inside.includes(one));
    }),
  );
});

test('two entries that begin to look the same are told apart', () => {
  const seen = new Map<number, string>();
  for (let i = 0; i < 5_000; i++) {
    const [text, low] = [`c-${i}`, entryHash(`c-${i}`) & 0xffff];
    const other = seen.get(low);
    seen.set(low, text);
    if (other === undefined) continue;
    expect(bucketHas(readBucket(packBucket(1, [other])), text, entryHash(text))).toBe(false);
    expect(bucketHas(readBucket(packBucket(1, [other, text])), text, entryHash(text))).toBe(true);
  }
  expect(seen.size).toBeLessThan(5_000);
});

test('the same entries in another order are the same bytes', () => {
  fc.assert(
    fc.property(fc.uniqueArray(entry, { maxLength: 30 }), (inside) => {
      expect(packBucket(1, inside.toReversed())).toEqual(packBucket(1, inside));
    }),
  );
});

test('what is cut off, or of another format, is refused', () => {
  const bytes = packBucket(1, ['a', 'bc']);
  for (let length = 0; length < bytes.length; length++) expect(() => readBucket(bytes.subarray(0, length))).toThrow();
  expect(() => readBucket(Buffer.concat([bytes, Buffer.of(0)]))).toThrow();
  expect(() => readBucket(Buffer.concat([Buffer.of(2), bytes.subarray(1)]))).toThrow('format 2');
});

test.each([
  ['ids that count up', (i: number) => `c-${i}`],
  ['telephone numbers', (i: number) => String(13_800_000_000 + i * 7)],
  ['long texts that differ at the end', (i: number) => `${'customer-of-the-north-'.repeat(4)}${i}`],
])('%s: 200,000 are spread over the buckets so that a million fit', (_, nameOf) => {
  const sizes = new Uint32Array(LIST_BUCKETS);
  for (let i = 0; i < 200_000; i++) sizes[bucketOf(nameOf(i))]! += 1;
  expect(Math.max(...sizes)).toBeLessThan(MAX_BUCKET_ENTRIES / 5);
  expect(Math.min(...sizes)).toBeGreaterThan(40);
});
