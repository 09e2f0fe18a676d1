import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FirstCopies } from './first-copies.ts';

interface Sent {
  readonly name: string;
  readonly headers: Record<string, Buffer>;
}
const sent = (origin: string, sequence: number): Sent => ({
  name: `${origin} ${sequence}`,
  headers: { hermes_origin: Buffer.from(origin), hermes_sequence: Buffer.from(String(sequence)) },
});
const foreign: Sent = { name: 'foreign', headers: {} };
const names = (records: readonly Sent[]): string[] => records.map(({ name }) => name);

test('what is not above the highest sequence of its origin is dropped, within a batch and over batches', () => {
  const copies = new FirstCopies();
  expect(names(copies.take(0, [sent('a', 1), sent('a', 2), sent('a', 1), sent('a', 2), sent('a', 5)]))).toEqual([
    'a 1',
    'a 2',
    'a 5',
  ]);
  expect(names(copies.take(0, [sent('a', 5), sent('a', 3)]))).toEqual([]);
  expect(names(copies.take(0, [sent('a', 6)]))).toEqual(['a 6']);
});

test('origins and partitions know nothing of each other: a new incarnation begins anew', () => {
  const copies = new FirstCopies();
  copies.take(0, [sent('ingest/p/0/old', 9)]);
  expect(copies.take(0, [sent('ingest/p/0/new', 1)])).toHaveLength(1);
  expect(copies.take(1, [sent('ingest/p/0/old', 9)])).toHaveLength(1);
});

test('a record that no outbox has sent passes however often it comes', () =>
  expect(new FirstCopies().take(0, [foreign, foreign])).toHaveLength(2));

test('a snapshot does not follow what comes after it, and what is restored from it knows what came before', () => {
  const copies = new FirstCopies();
  copies.take(3, [sent('a', 1)]);
  const snapshot = copies.snapshot();
  copies.take(3, [sent('a', 2)]);
  const restored = new FirstCopies();
  restored.restore(snapshot);
  expect(names(restored.take(3, [sent('a', 1), sent('a', 2)]))).toEqual(['a 2']);
});

test('of too many origins the one that has been silent longest is forgotten, also after a restore', () => {
  const copies = new FirstCopies(2);
  copies.take(0, [sent('busy', 1), sent('silent', 1), sent('busy', 1)]);
  const restored = new FirstCopies(2);
  restored.restore(copies.snapshot());
  restored.take(0, [sent('young', 1)]);
  expect([...restored.snapshot().get(0)!]).toEqual([
    ['busy', 1],
    ['young', 1],
  ]);
});

test('whatever an outbox sends again, in whatever batches and restarts, each record is taken once and in order', () => {
  const chunk = fc.record({ back: fc.nat(6), length: fc.integer({ min: 1, max: 5 }), restart: fc.boolean() });
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
      let copies = new FirstCopies();
      let written = 0;
      const taken: string[] = [];
      for (const { back, length, restart } of chunks) {
        // As the outbox does: a chunk begins at most one above what stands there.
        const from = Math.max(1, written + 1 - back);
        const batch = Array.from({ length }, (_, i) => sent('a', from + i));
        written = Math.max(written, from + length - 1);
        taken.push(...names(copies.take(0, batch)));
        if (!restart) continue;
        const next = new FirstCopies();
        next.restore(copies.snapshot());
        copies = next;
      }
      expect(taken).toEqual(Array.from({ length: written }, (_, i) => `a ${i + 1}`));
    }),
  );
});
