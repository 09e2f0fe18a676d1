import { expect, test } from 'vitest';
import { diceOf } from './dice.ts';
import { UNITS, planStrikes } from './kill-plan.ts';

test('the same seed makes the same plan, another seed another one', () => {
  expect(planStrikes(diceOf(7), 20, 5_000)).toEqual(planStrikes(diceOf(7), 20, 5_000));
  expect(planStrikes(diceOf(8), 20, 5_000)).not.toEqual(planStrikes(diceOf(7), 20, 5_000));
});

test.each([1, 2, 3])('20 rounds kill every unit alone and every unit in a pair (seed %i)', (seed) => {
  const strikes = planStrikes(diceOf(seed), 20, 5_000);
  const alone = strikes.filter(({ units }) => units.length === 1).map(({ units }) => units[0]);
  const paired = strikes.filter(({ units }) => units.length === 2);
  expect([...alone].sort()).toEqual([...UNITS].sort());
  expect(paired.map(({ units }) => units[0]).sort()).toEqual([...UNITS].sort());
  expect(paired.every(({ units }) => units[0] !== units[1])).toBe(true);
});

test('each strike falls into the time given', () => {
  planStrikes(diceOf(4), 20, 5_000).forEach(({ afterMs }) => {
    expect(afterMs).toBeGreaterThanOrEqual(0);
    expect(afterMs).toBeLessThanOrEqual(5_000);
  });
});
