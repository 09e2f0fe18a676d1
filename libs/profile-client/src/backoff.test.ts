import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs, RetryBudget } from './backoff.ts';

test('pauses double, differ by chance by half, and stay below the largest', () => {
  const backoff = { firstMs: 20, maxMs: 100 };
  expect([1, 2, 3, 4, 5].map((failed) => backoffMs(backoff, failed, 0))).toEqual([10, 20, 40, 50, 50]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (failed, random) => {
      const pauseMs = backoffMs(backoff, failed, random);
      expect(pauseMs).toBeGreaterThanOrEqual(10);
      expect(pauseMs).toBeLessThanOrEqual(100);
    }),
  );
});

test('a service that fails for everybody is soon asked once a call, and repeats come back with its answers', () => {
  const budget = new RetryBudget();
  let repeats = 0;
  for (let call = 0; call < 1_000; call++) {
    budget.failed();
    if (budget.allows) repeats++;
  }
  expect(repeats).toBe(49);
  for (let call = 0; call < 510; call++) budget.succeeded();
  expect(budget.allows).toBe(true);
});

test('a few failures among many answers never use the budget up', () => {
  const budget = new RetryBudget();
  for (let call = 0; call < 10_000; call++) {
    if (call % 12 === 0) budget.failed();
    else budget.succeeded();
    expect(budget.allows).toBe(true);
  }
});
