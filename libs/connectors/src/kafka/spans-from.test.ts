import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type KafkaRecord } from './driver.ts';
import type { SpanRecords } from './fetched-piece.ts';
import { spansOf } from './record-spans.ts';
import { spansFrom } from './spans-from.ts';

const NAME = Buffer.from('h');

/** Records at growing offsets, cut into chunks. */
const pieces = fc
  .array(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 })
  .map((chunks) => {
    let offset = 0;
    return chunks.map((steps) =>
      steps.map((step): KafkaRecord => {
        offset += step;
        const value = Buffer.from(`value ${offset}`);
        return { topic: 't', partition: 0, offset, key: null, value, headers: { h: value }, timestampMs: offset };
      }),
    );
  });

const together = (chunks: readonly (readonly KafkaRecord[])[]): SpanRecords => ({
  spans: chunks.map(spansOf),
  record: (chunk, i) => chunks[chunk]![i]!,
  header: (chunk, i, name) => chunks[chunk]![i]!.headers[name.toString()],
});

test('a reader gets exactly the records from its offset on, each with its value, place and headers', () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 0, max: 80 }), (chunks, offset) => {
      const wanted = chunks.flat().filter((record) => record.offset >= offset);
      const found = spansFrom(together(chunks), offset);
      expect(found === undefined).toBe(wanted.length === 0);
      const read = (found?.spans ?? []).flatMap((spans, chunk) =>
        Array.from({ length: spans.count }, (_, i) => ({
          offset: spans.offsets[i],
          timestampMs: spans.timestampsMs[i],
          value: spans.bytes.toString('utf8', spans.starts[i], spans.ends[i]),
          record: found?.record(chunk, i).offset,
          header: found?.header(chunk, i, NAME)?.toString(),
        })),
      );
      expect(read).toEqual(
        wanted.map(({ offset: at, timestampMs, value }) => ({
          offset: at,
          timestampMs,
          value: String(value),
          record: at,
          header: String(value),
        })),
      );
    }),
  );
});

test('what one reader marks, no other sees', () => {
  const records = together([
    [
      { ...record, offset: 7 },
      { ...record, offset: 8 },
    ],
  ]);
  const mine = spansFrom(records, 7)!;
  mine.spans[0]!.starts[1] = -2;
  expect([...spansFrom(records, 8)!.spans[0]!.starts]).toEqual([1]);
});

const record: KafkaRecord = {
  topic: 't',
  partition: 0,
  offset: 0,
  key: null,
  value: Buffer.from('v'),
  headers: {},
  timestampMs: 0,
};
