import fc from 'fast-check';
import { expect, test } from 'vitest';
import { string, timestamp } from '../../values/types.ts';
import type { Value } from '../../values/data-type.ts';
import { scalarFunction } from '../registry.ts';
import { context } from '../testing/evaluate.ts';

test('the text of DATE_FORMAT that is kept from one row to the next is the one that each row has', () => {
  const format = scalarFunction('DATE_FORMAT')!;
  for (const pattern of ['yyyy-MM-dd', 'HH', 'HH:mm', 'HH:mm:ss', 'HH:mm:ss.SSS', 'a EEE', 'D']) {
    const of = (literal: string | undefined): ((time: Value, pattern: Value) => Value) =>
      format.evaluate(
        [
          { type: timestamp(3), literal: undefined },
          { type: string(), literal },
        ],
        string(),
        context,
      ) as never;
    const [kept, plain] = [of(pattern), of(undefined)];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -200_000_000, max: 200_000_000 })), (times) => {
        for (const time of times) expect(kept(time, pattern)).toBe(plain(time, pattern));
      }),
    );
  }
});
