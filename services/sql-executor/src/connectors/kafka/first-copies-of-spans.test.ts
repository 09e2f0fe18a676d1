import type { SpanRecords } from '@hermes/connectors/kafka/fetched-piece';
import { spansOf } from '@hermes/connectors/kafka/record-spans';
import { PASSED_OVER } from '@hermes/stream-sql/json/json-column-reader';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FirstCopiesOfSpans } from './first-copies-of-spans.ts';

interface Sent {
  readonly name: string;
  readonly headers: Readonly<Record<string, Buffer>>;
}
const sent = (origin: string, sequence: number): Sent => ({
  name: `${origin} ${sequence}`,
  headers: { hermes_origin: Buffer.from(origin), hermes_sequence: Buffer.from(String(sequence)) },
});
const foreign: Sent = { name: 'foreign', headers: {} };

/** The names of the records that are not passed over. */
function take(copies: FirstCopiesOfSpans, records: readonly Sent[]): string[] {
  const decoded = records.map(({ headers, name }, offset) => ({
    topic: 't',
    partition: 0,
    offset,
    key: null,
    value: Buffer.from(name),
    headers,
    timestampMs: 0,
  }));
  const spans: SpanRecords = {
    spans: [spansOf(decoded)],
    record: (_, i) => decoded[i]!,
    header: (_, i, name) => decoded[i]!.headers[name.toString()],
  };
  const repeats = copies.passOverRepeats(spans, 0, 0, records.length);
  const kept = records.filter((_, i) => spans.spans[0]!.starts[i] !== PASSED_OVER).map(({ name }) => name);
  expect(kept.length + repeats).toBe(records.length);
  return kept;
}

test('what is not above the highest sequence of its origin is passed over, within a batch and over batches', () => {
  const copies = new FirstCopiesOfSpans();
  const first = [sent('a', 1), sent('a', 2), sent('a', 1), sent('a', 2), sent('a', 5)];
  expect(take(copies, first)).toEqual(['a 1', 'a 2', 'a 5']);
  expect(take(copies, [sent('a', 5), sent('a', 3)])).toEqual([]);
  expect(take(copies, [sent('a', 6)])).toEqual(['a 6']);
});

test('origins know nothing of each other, and a record that no outbox has sent passes however often it comes', () => {
  const copies = new FirstCopiesOfSpans();
  take(copies, [sent('old', 9)]);
  expect(take(copies, [sent('new', 1), foreign, foreign])).toEqual(['new 1', 'foreign', 'foreign']);
});

test('of too many origins the one that has been silent longest is forgotten, also after a restore', () => {
  const copies = new FirstCopiesOfSpans([], 2);
  take(copies, [sent('busy', 1), sent('silent', 1), sent('busy', 1)]);
  const restored = new FirstCopiesOfSpans(copies.sequences, 2);
  take(restored, [sent('young', 1)]);
  expect(restored.sequences).toEqual([
    ['busy', 1],
    ['young', 1],
  ]);
});

test('whatever an outbox sends again, in whatever batches and restarts, each record is taken once and in order', () => {
  const chunk = fc.record({ back: fc.nat(6), length: fc.integer({ min: 1, max: 5 }), restart: fc.boolean() });
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
      let copies = new FirstCopiesOfSpans();
      let written = 0;
      const taken: string[] = [];
      for (const { back, length, restart } of chunks) {
        // As the outbox does: a chunk begins at most one above what stands there.
        const from = Math.max(1, written + 1 - back);
        written = Math.max(written, from + length - 1);
        taken.push(
          ...take(
            copies,
            Array.from({ length }, (_, i) => sent('a', from + i)),
          ),
        );
        if (restart) copies = new FirstCopiesOfSpans(copies.sequences);
      }
      expect(taken).toEqual(Array.from({ length: written }, (_, i) => `a ${i + 1}`));
    }),
  );
});
