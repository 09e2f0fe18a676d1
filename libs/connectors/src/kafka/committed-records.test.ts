import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { committedRecords } from './committed-records.ts';
import type { KafkaRecord } from './driver.ts';
import type { AbortedTransaction, RecordBatch } from './wire.ts';

const record = (offset: number): KafkaRecord => ({
  topic: 't',
  partition: 0,
  offset,
  key: null,
  value: null,
  headers: {},
  timestampMs: 0,
});

const data = (firstOffset: number, count: number, producerId = -1n): RecordBatch => ({
  firstOffset,
  lastOffset: firstOffset + count - 1,
  producerId,
  transactional: producerId >= 0n,
  control: undefined,
  records: Array.from({ length: count }, (_, i) => record(firstOffset + i)),
});

const marker = (offset: number, producerId: bigint, control: 'commit' | 'abort'): RecordBatch => ({
  ...data(offset, 1, producerId),
  control,
  records: [],
});

const offsets = (batches: readonly RecordBatch[], aborted: readonly AbortedTransaction[] = [], from = 0): number[] =>
  committedRecords(batches, aborted, from).records.map(({ offset }) => offset);

describe('what a reader sees of a fetched piece of the log', () => {
  test('two aborted transactions of one producer are both left out', () => {
    const batches = [data(0, 2, 7n), marker(2, 7n, 'abort'), data(3, 1, 7n), marker(4, 7n, 'abort'), data(5, 1, 7n)];
    const aborted = [
      { producerId: 7n, firstOffset: 0 },
      { producerId: 7n, firstOffset: 3 },
    ];
    expect(offsets([...batches, marker(6, 7n, 'commit')], aborted)).toEqual([5]);
  });

  test('a piece from the middle of several aborted transactions has none of their records', () => {
    const batches = [data(10, 1, 1n), data(11, 1, 2n), data(12, 1, 3n)];
    const aborted = [
      { producerId: 2n, firstOffset: 1 },
      { producerId: 1n, firstOffset: 0 },
    ];
    expect(offsets(batches, aborted, 10)).toEqual([12]);
  });

  test('records before the asked offset are left out: a compressed batch comes whole', () => {
    expect(offsets([data(0, 5)], [], 3)).toEqual([3, 4]);
  });

  test.each([
    ['a marker', [marker(4, 1n, 'commit')], 5],
    ['records that were aborted', [data(4, 3, 1n)], 7],
    ['a batch that compaction has emptied', [{ ...data(4, 6), records: [] }], 10],
    ['nothing', [], 4],
  ])('reading goes on after %s', (_, batches, next) => {
    expect(committedRecords(batches, [{ producerId: 1n, firstOffset: 4 }], 4)).toEqual({
      records: [],
      nextOffset: next,
    });
  });

  /** Producers write, commit and abort in any interleaving; the model looks at each transaction's end. */
  const step = fc.record({
    producer: fc.integer({ min: 0, max: 3 }),
    kind: fc.constantFrom('write', 'write', 'commit', 'abort'),
  });

  test('for any interleaving of transactions, and from any offset: exactly the committed records', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(60), (steps, from) => {
        const batches: RecordBatch[] = [];
        const aborted: AbortedTransaction[] = [];
        const open = new Map<number, number[]>();
        const committed: number[] = [];
        const closing = [0, 1, 2, 3].map((producer) => ({ producer, kind: 'abort' }));
        for (const { producer, kind } of [...steps, ...closing]) {
          const at = batches.length;
          const own = open.get(producer);
          if (kind === 'write') {
            batches.push(data(at, 1, BigInt(producer)));
            open.set(producer, [...(own ?? []), at]);
          } else if (own !== undefined) {
            batches.push(marker(at, BigInt(producer), kind as 'commit' | 'abort'));
            if (kind === 'commit') committed.push(...own);
            else aborted.push({ producerId: BigInt(producer), firstOffset: own[0]! });
            open.delete(producer);
          }
        }
        // Kafka names the aborted transactions whose range touches what it returns.
        const start = Math.min(from, batches.length);
        const touching = aborted.filter(({ producerId, firstOffset }) => {
          const end = batches.find(
            (b) => b.firstOffset > firstOffset && b.producerId === producerId && b.control === 'abort',
          );
          return (end?.firstOffset ?? 0) >= start;
        });
        const expected = committed.filter((offset) => offset >= start).sort((a, b) => a - b);
        expect(offsets(batches.slice(start), touching, start)).toEqual(expected);
      }),
    );
  });
});
