import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { OutboxBook } from './outbox-book.ts';
import type { OutboxMessage } from './outbox-entry.ts';

const message = (sequence: number): OutboxMessage => ({ sequence, topic: 't', key: null, value: '', headers: {} });
const sequences = (chunk: readonly OutboxMessage[]): number[] => chunk.map((one) => one.sequence);

describe('the outbox book', () => {
  test('sends nothing while a chunk is under way, and the next only after its acknowledgement', () => {
    const book = new OutboxBook(10);
    for (const sequence of [11, 12, 13]) book.committed(message(sequence), 100);
    expect(sequences(book.cutChunk(2, 1_000))).toEqual([11, 12]);
    expect(book.cutChunk(2, 1_000)).toEqual([]);
    book.acknowledge();
    expect(book.trimmable).toBe(12);
    expect(sequences(book.cutChunk(2, 1_000))).toEqual([13]);
  });

  test('cuts the same messages again after a failure', () => {
    const book = new OutboxBook(0);
    book.committed(message(1), 100);
    expect(sequences(book.cutChunk(10, 1_000))).toEqual([1]);
    book.failed();
    book.committed(message(2), 100);
    expect(sequences(book.cutChunk(10, 1_000))).toEqual([1, 2]);
  });

  test('cuts by bytes, but a single message however large goes alone', () => {
    const book = new OutboxBook(0);
    book.committed(message(1), 5_000);
    book.committed(message(2), 600);
    book.committed(message(3), 600);
    for (const expected of [[1], [2], [3]]) {
      expect(sequences(book.cutChunk(10, 1_000))).toEqual(expected);
      book.acknowledge();
    }
  });

  test('refuses a gap in the sequence: it would be a lost message', () => {
    const book = new OutboxBook(4);
    expect(() => book.committed(message(6), 1)).toThrow('outbox sequence 6 after 4');
  });

  test('whatever fails on the way, first deliveries come in sequence and what is trimmed was delivered', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('commit', 'cut', 'ack', 'fail', 'trim'), { maxLength: 200 }), (actions) => {
        const book = new OutboxBook(0);
        const delivered: number[] = [];
        let committed = 0;
        let underWay: readonly OutboxMessage[] = [];
        let trimmed = 0;
        for (const action of actions) {
          if (action === 'commit') book.committed(message(++committed), 10);
          if (action === 'cut' && underWay.length === 0) underWay = book.cutChunk(3, 25);
          if (action === 'ack' && underWay.length > 0) {
            delivered.push(...sequences(underWay));
            underWay = [];
            book.acknowledge();
          }
          if (action === 'fail' && underWay.length > 0) {
            underWay = [];
            book.failed();
          }
          if (action === 'trim' && book.trimmable > 0) {
            trimmed = book.trimmable;
            book.trimmedTo(trimmed);
          }
          expect(trimmed).toBeLessThanOrEqual(delivered.length);
          expect(book.size).toBe(committed - delivered.length);
        }
        expect(delivered).toEqual(delivered.map((_, i) => i + 1));
      }),
    );
  });
});
