import { compressionsAlgorithms, crc32c, createRecordsBatch } from '@platformatic/kafka';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BatchCodec, committedSpans, DamagedBatch, headerAt, recordAt, type RecordSpans } from './record-spans.ts';

const codec: BatchCodec = {
  checksum: (bytes) => crc32c(bytes),
  decompress: (number, bytes) =>
    compressionsAlgorithms[(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)[number]!].decompressSync(bytes),
};

interface Message {
  readonly key: string | null;
  readonly value: string | null;
  readonly header: string | null;
  readonly timestampMs: number;
}

const message = fc.record<Message>({
  key: fc.option(fc.string(), { nil: null }),
  value: fc.option(fc.string({ maxLength: 300 }), { nil: null }),
  header: fc.option(fc.string(), { nil: null }),
  timestampMs: fc.integer({ min: 1_700_000_000_000, max: 1_700_900_000_000 }),
});
const batches = fc.array(
  fc.record({
    messages: fc.array(message, { minLength: 1, maxLength: 20 }),
    compression: fc.constantFrom('none', 'none', 'gzip', 'snappy', 'lz4', 'zstd' as const),
  }),
  { minLength: 1, maxLength: 6 },
);

/** A batch as a producer writes it, at the offset that the log gives it. */
function batchOf(messages: readonly Message[], firstOffset: number, options: object = {}): Buffer {
  const batch = createRecordsBatch(
    messages.map(({ key, value, header, timestampMs }) => ({
      topic: 't',
      key: key === null ? undefined : Buffer.from(key),
      value: value === null ? undefined : Buffer.from(value),
      headers: header === null ? new Map() : new Map([[Buffer.from('h'), Buffer.from(header)]]),
      timestamp: BigInt(timestampMs),
    })) as never,
    options,
  );
  const bytes = Buffer.from(batch.buffer);
  bytes.writeBigInt64BE(BigInt(firstOffset), 0);
  return bytes;
}

const whole = (bytes: Buffer): { bytes: Buffer; start: number; end: number } => ({
  bytes,
  start: 0,
  end: bytes.length,
});

const recordsOf = (spans: readonly RecordSpans[]): ReturnType<typeof recordAt>[] =>
  spans.flatMap((each) => Array.from({ length: each.count }, (_, i) => recordAt(each, i, 't', 3)));

const valuesOf = (spans: readonly RecordSpans[]): (string | null)[] =>
  spans.flatMap((each) =>
    Array.from({ length: each.count }, (_, i) =>
      each.starts[i]! < 0 ? null : each.bytes.toString('utf8', each.starts[i], each.ends[i]),
    ),
  );

describe('records are found in their bytes', () => {
  test('as their producer wrote them, whatever the compression, from the offset that was asked for', () => {
    fc.assert(
      fc.property(batches, fc.nat(30), (written, from) => {
        let offset = 10;
        const messages = written.flatMap((batch) => batch.messages);
        const bytes = Buffer.concat(
          written.map((batch) => {
            const encoded = batchOf(batch.messages, offset, { compression: batch.compression });
            offset += batch.messages.length;
            return encoded;
          }),
        );
        const read = committedSpans(whole(bytes), [], 10 + from, codec);
        const expected = messages.map((each, i) => ({ ...each, offset: 10 + i })).slice(from);
        expect(valuesOf(read.spans)).toEqual(expected.map(({ value }) => value ?? null));
        expect(
          recordsOf(read.spans).map(({ key, value, headers, offset: at, timestampMs }) => ({
            key: key?.toString() ?? null,
            value: value?.toString() ?? null,
            header: headers['h']?.toString() ?? null,
            offset: at,
            timestampMs,
          })),
        ).toEqual(expected.map(({ key, value, header, ...rest }) => ({ key, value, header, ...rest })));
        expect(
          read.spans.flatMap((each) =>
            Array.from({ length: each.count }, (_, i) => headerAt(each, i, Buffer.from('h'))?.toString() ?? null),
          ),
        ).toEqual(expected.map(({ header }) => header));
        expect(read.nextOffset).toBe(Math.max(10 + from, offset));
        expect(read.lastOffset).toBe(expected.at(-1)?.offset);
      }),
    );
  });

  test('but not those of a batch that is cut at the end, which the next fetch brings whole', () => {
    const first = batchOf([{ key: null, value: 'a', header: null, timestampMs: 1 }], 0);
    const second = batchOf([{ key: null, value: 'b', header: null, timestampMs: 1 }], 1);
    const both = Buffer.concat([first, second]);
    for (let cut = first.length; cut < both.length; cut++) {
      const read = committedSpans({ bytes: both, start: 0, end: cut }, [], 0, codec);
      expect(valuesOf(read.spans)).toEqual(['a']);
      expect(read.nextOffset).toBe(1);
    }
  });

  test('and none of an aborted transaction', () => {
    const one = (value: string): Message[] => [{ key: null, value, header: null, timestampMs: 1 }];
    const transactional = (value: string, offset: number, producerId: bigint): Buffer =>
      batchOf(one(value), offset, { transactionalId: 'x', producerId });
    const marker = (kind: number, offset: number, producerId: bigint): Buffer => {
      const key = Buffer.alloc(4);
      key.writeInt16BE(kind, 2);
      const batch = batchOf([{ key: key.toString('latin1'), value: '', header: null, timestampMs: 1 }], offset, {
        transactionalId: 'x',
        producerId,
      });
      batch.writeInt16BE(batch.readInt16BE(21) | 32, 21);
      batch.writeUInt32BE(crc32c(batch.subarray(21)) >>> 0, 17);
      return batch;
    };
    const log = Buffer.concat([
      transactional('lost', 0, 7n),
      transactional('kept', 1, 8n),
      marker(0, 2, 7n),
      transactional('kept after', 3, 7n),
      marker(1, 4, 8n),
      batchOf(one('plain'), 5),
    ]);
    const read = committedSpans(whole(log), [{ producerId: 7n, firstOffset: 0 }], 0, codec);
    expect(valuesOf(read.spans)).toEqual(['kept', 'kept after', 'plain']);
    expect(read.nextOffset).toBe(6);
  });
});

test('a damaged batch is told and never read: any changed byte after the checksum', () => {
  const bytes = batchOf([{ key: 'k', value: 'value', header: 'h', timestampMs: 5 }], 0);
  for (let at = 16; at < bytes.length; at++) {
    const damaged = Buffer.from(bytes);
    damaged[at] = damaged[at]! ^ 0x41;
    expect(() => committedSpans(whole(damaged), [], 0, codec), `byte ${at}`).toThrow(DamagedBatch);
  }
});
