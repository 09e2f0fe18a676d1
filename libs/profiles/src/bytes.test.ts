import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader, ByteWriter, ProfileCodecError } from './bytes.ts';

/** Integers of all lengths, their edges above all. */
const edges = Array.from({ length: 53 }, (_, bits) => 2 ** bits).flatMap((power) => [power - 1, power, power + 1]);
const unsigned = fc.oneof(fc.constantFrom(...edges), fc.maxSafeNat()).filter(Number.isSafeInteger);
const signed = fc.tuple(unsigned, fc.boolean()).map(([n, isNegative]) => (isNegative && n > 0 ? -n : n));

const readBack = <T>(write: (writer: ByteWriter) => void, read: (reader: ByteReader) => T): T => {
  const writer = new ByteWriter();
  write(writer);
  const reader = new ByteReader(writer.take());
  const value = read(reader);
  reader.end();
  return value;
};

test('an integer of any length is read as it was written', () => {
  fc.assert(
    fc.property(unsigned, signed, (n, m) => {
      expect(
        readBack(
          (writer) => writer.varint(n),
          (reader) => reader.varint(),
        ),
      ).toBe(n);
      // A zigzag of 2n has to be safe itself.
      const half = Math.trunc(m / 2) + 0;
      expect(
        readBack(
          (writer) => writer.zigzag(half),
          (reader) => reader.zigzag(),
        ),
      ).toBe(half);
      expect(
        readBack(
          (writer) => writer.integer(m),
          (reader) => reader.integer(),
        ),
      ).toBe(m);
    }),
    { seed: 1, numRuns: 3_000 },
  );
});

test('an integer that is cut or too long is told, and none is guessed', () => {
  fc.assert(
    fc.property(unsigned, (n) => {
      const writer = new ByteWriter();
      writer.varint(n);
      const bytes = writer.take();
      for (let length = 0; length < bytes.length; length++) {
        expect(() => new ByteReader(bytes, 0, length).varint()).toThrow(ProfileCodecError);
      }
    }),
    { seed: 2, numRuns: 300 },
  );
  expect(() => new ByteReader(Buffer.alloc(12, 0xff)).varint()).toThrow('too long');
});

test('a piece stands behind its length, whatever that is and wherever the writer has to grow', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1_100 }),
      fc.oneof(fc.constantFrom(0, 1, 126, 127, 128, 129, 16_382, 16_383, 16_384, 16_385), fc.nat(3_000)),
      (before, length) => {
        const writer = new ByteWriter();
        writer.raw(Buffer.alloc(before, 1));
        const from = writer.beginPiece();
        const piece = Buffer.from(Array.from({ length }, (_, i) => i));
        for (let i = 0; i < length; i += 100) writer.raw(piece, i, Math.min(length, i + 100));
        writer.endPiece(from);
        writer.varint(300);
        const reader = new ByteReader(writer.take(), before);
        expect(reader.raw(reader.varint())).toEqual(piece);
        expect(reader.varint()).toBe(300);
        reader.end();
      },
    ),
    { seed: 3, numRuns: 3_000 },
  );
});

test('bytes hold a piece only where one begins', () => {
  const reader = new ByteReader(Buffer.from([1, 2, 3, 1, 2, 4, 9, 9]));
  const holds = (...piece: number[]): boolean => reader.holds(Buffer.from(piece), 6, 3);
  expect([holds(1, 2, 3), holds(1, 2, 4), holds(2, 3, 1), holds(1, 2, 9), holds(4, 9, 9)]).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(reader.position).toBe(0);
  expect(() => reader.holds(Buffer.from([1]), 9, 3)).toThrow(ProfileCodecError);
});
