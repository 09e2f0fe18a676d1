import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countsKey, seenKey } from './event-identity.ts';
import { ingestCodec, SEEN } from './ingest-state.ts';

const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });

test('what is encoded is decoded as it was, up to the largest exact integer', () => {
  expect(ingestCodec.decode(ingestCodec.encode(SEEN))).toEqual(SEEN);
  fc.assert(
    fc.property(count, count, count, count, (accepted, duplicates, deadLettered, erased) => {
      const counts = { kind: 'counts' as const, accepted, duplicates, deadLettered, erased };
      expect(ingestCodec.decode(ingestCodec.encode(counts))).toEqual(counts);
    }),
  );
});

test('counts of a build that knew no erasures are read, and are written as they were while there is none', () => {
  const old = Buffer.alloc(25);
  old[0] = 2;
  for (const [i, value] of [7, 5, 3].entries()) old.writeDoubleLE(value, 1 + 8 * i);
  const counts = { kind: 'counts' as const, accepted: 7, duplicates: 5, deadLettered: 3, erased: 0 };
  expect(ingestCodec.decode(old)).toEqual(counts);
  expect(ingestCodec.encode(counts)).toEqual(old);
});

test('state of a newer version stops the reader instead of being misread', () => {
  expect(() => ingestCodec.decode(Buffer.of(9))).toThrow('older than the state');
});

test('two events share a key only when source and id are the same', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (source, id, otherSource, otherId) => {
      expect(seenKey(source, id) === seenKey(otherSource, otherId)).toBe(source === otherSource && id === otherId);
    }),
  );
});

test('a letter that moves from the source to the id makes another event', () =>
  expect(seenKey('a', 'bc')).not.toBe(seenKey('ab', 'c')));

test('a key is short: 128 bits and its kind', () => {
  expect([seenKey('s', 'i').length, countsKey('s').length]).toEqual([24, 24]);
});
