import fc from 'fast-check';
import { expect, test } from 'vitest';
import { restartDelayMs } from './restart-delay.ts';

const deaths = (count: number, apartMs: number, nowMs: number): number[] =>
  Array.from({ length: count }, (_, i) => nowMs - i * apartMs);

test.each([
  ['the first death is answered at once', deaths(1, 0, 100_000), 200],
  ['a chaos test that kills every 8 s sees it back within 2 s each time', deaths(8, 8_000, 100_000), 200],
  ['what flaps waits longer', deaths(12, 1_000, 100_000), 3_200],
  ['but never longer than half a minute', deaths(40, 1_000, 100_000), 30_000],
  ['deaths of more than a minute ago are forgiven', [...deaths(20, 100, 30_000), 100_000], 200],
])('%s', (_, atMs, expected) => {
  expect(restartDelayMs(atMs, 100_000)).toBe(expected);
});

test('one more death never shortens the wait', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 40 }),
      fc.integer({ min: 0, max: 200_000 }),
      (atMs, more) => {
        expect(restartDelayMs([...atMs, more], 200_000)).toBeGreaterThanOrEqual(restartDelayMs(atMs, 200_000));
      },
    ),
  );
});
