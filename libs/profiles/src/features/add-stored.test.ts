/** Guards: an event counted into a stored state leaves the bytes that counting it in memory leaves. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../bytes.ts';
import type { Aggregate, Seen } from './aggregate.ts';
import { distinctCount, EXACT_VALUES } from './distinct-count.ts';
import { last, lastN, set } from './last-n.ts';

const opaque = <S>(aggregate: Aggregate<S>): Aggregate<unknown> => aggregate as unknown as Aggregate<unknown>;

const value = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<unknown>('a', 'b', '1', 1, 2.5, -0, true, 'x'.repeat(200)) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, undefined, [1], { a: 1 }, 'y'.repeat(40_000)) },
);
const seen: fc.Arbitrary<Seen> = fc.record({
  timeMs: fc.integer({ min: 0, max: 40 }),
  receivedAtMs: fc.integer({ min: 0, max: 40 }),
  id: fc.string({ maxLength: 4 }),
  value,
});

function written(aggregate: Aggregate<unknown>, state: unknown): Buffer {
  const writer = new ByteWriter();
  aggregate.write(writer, state);
  return writer.take();
}

describe.each<[string, Aggregate<unknown>]>([
  ['last', opaque(last)],
  ['set', opaque(set)],
  ['last 3', opaque(lastN(3))],
  ['distinct count', opaque(distinctCount)],
])('%s', (_, aggregate) => {
  test('stored and in memory come to the same bytes, and what is behind them is left alone', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(seen, { minLength: 2, maxLength: 12 }), (events) => {
        let stored: Buffer | undefined;
        for (const one of events) {
          const before = stored;
          const state = aggregate.add(before === undefined ? undefined : aggregate.read(new ByteReader(before)), one);
          if (before !== undefined) {
            const behind = Buffer.from('behind');
            const reader = new ByteReader(Buffer.concat([before, behind]));
            const writer = new ByteWriter();
            writer.text('before');
            const from = writer.length;
            const said = aggregate.addStored!(reader, one, writer);
            if (said === 'written') {
              taken += 1;
              expect(writer.take().subarray(from)).toEqual(written(aggregate, state));
              expect(reader.rest()).toEqual(behind);
            } else if (said === 'ignored') expect(state).toBe(undefined);
          }
          if (state !== undefined) stored = written(aggregate, state);
        }
      }),
      { seed: 21, numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(1_000);
  });
});

test('a distinct count that becomes a sketch is left to counting in memory', () => {
  const of = (number: number): Seen => ({ timeMs: 0, receivedAtMs: 0, id: 'e', value: number });
  let state = distinctCount.add(undefined, of(0));
  for (let i = 1; i < EXACT_VALUES; i++) state = distinctCount.add(state, of(i));
  const bytes = written(opaque(distinctCount), state);
  const add = (number: number) => distinctCount.addStored!(new ByteReader(bytes), of(number), new ByteWriter());
  expect([add(7), add(EXACT_VALUES)]).toEqual(['written', 'undecided']);
});
