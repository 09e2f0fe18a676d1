/** Guards: a roll-out is even, stable, and only grows. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRolledOut, rolloutPlace } from './rollout.ts';

const shareOf = (ruleId: string, percent: number, nameOf: (i: number) => string, count = 20_000): number => {
  let inside = 0;
  for (let i = 0; i < count; i++) if (isRolledOut(ruleId, nameOf(i), percent)) inside += 1;
  return (inside / count) * 100;
};

describe.each([
  ['ids that count up', (i: number) => `broker:b-${i}`],
  ['telephone numbers', (i: number) => `customer:${13_800_000_000 + i * 7}`],
])('of %s', (_, nameOf) => {
  test.each([0.5, 10, 37.5, 50, 90])('%f percent are in, within what chance allows', (percent) => {
    // Five standard deviations of 20,000.
    const most = 500 * Math.sqrt(((percent / 100) * (1 - percent / 100)) / 20_000);
    expect(Math.abs(shareOf('big-deals', percent, nameOf) - percent)).toBeLessThan(most);
  });
});

test('who is in stays in when it grows, and at 100 everybody is', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.double({ min: 0, max: 100, noNaN: true }),
      (rule, key, a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        expect(isRolledOut(rule, key, less) && !isRolledOut(rule, key, more)).toBe(false);
        expect(isRolledOut(rule, key, 100)).toBe(true);
        expect(isRolledOut(rule, key, 0)).toBe(false);
      },
    ),
  );
});

test('the place of a key is what it was in every release', () => {
  expect(rolloutPlace('big-deals', 'broker:b-17')).toBeCloseTo(61.460_002_060_569_25, 9);
});

test('who is in for one rule says nothing about another', () => {
  const both = Array.from({ length: 20_000 }, (_, i) => `broker:b-${i}`).filter(
    (key) => isRolledOut('a', key, 50) && isRolledOut('b', key, 50),
  );
  expect(both.length / 20_000).toBeCloseTo(0.25, 1);
});
