import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Value } from '../../values/data-type.ts';
import { DueTimes } from './due-times.ts';
import { StateReader, StateWriter } from './state-codec.ts';

const values = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Value>(
      null,
      true,
      false,
      NaN,
      -0,
      0,
      2 ** 51,
      -(2 ** 51),
      2 ** 53 - 1,
      Infinity,
      2n ** 100n,
      -(2n ** 70n),
    ),
    fc.integer(),
    fc.double(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\ud800', 'lone \udfff', '价格'),
    fc.uint8Array(),
    fc.array(tie('value')),
    fc
      .array(fc.tuple(fc.oneof(fc.integer(), fc.string()), tie('value')))
      .map((entries) => new Map<Value, Value>(entries)),
  ),
})).value;

describe('state as bytes', () => {
  test('every value comes back as it was, and is the same bytes each time', () => {
    fc.assert(
      fc.property(fc.array(values), (list) => {
        const write = (): Uint8Array => {
          const writer = new StateWriter();
          writer.list(list);
          return writer.finish();
        };
        const bytes = write();
        const reader = new StateReader(bytes);
        expect(reader.list()).toStrictEqual(list);
        reader.finish();
        expect(write()).toEqual(bytes);
      }),
    );
  });

  test('bytes that are cut or have a tail are refused', () => {
    fc.assert(
      fc.property(values, fc.nat(), (value, at) => {
        const writer = new StateWriter();
        writer.value(value);
        const bytes = writer.finish();
        const read = (of: Uint8Array): void => {
          const reader = new StateReader(of);
          reader.value();
          reader.finish();
        };
        expect(() => read(bytes.subarray(0, at % bytes.length))).toThrow(RangeError);
        expect(() => read(Uint8Array.of(...bytes, 0))).toThrow(RangeError);
      }),
    );
  });
});

test('due times come in order, each once', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
      const due = new DueTimes();
      for (const time of times) due.add(time);
      const taken: number[] = [];
      while (due.isDue(Infinity)) taken.push(due.take());
      expect(taken).toEqual([...new Set(times)].toSorted((a, b) => a - b));
    }),
  );
});
