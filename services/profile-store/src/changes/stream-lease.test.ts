import { expect, test } from 'vitest';
import { GRACE_MS, StreamLease } from './stream-lease.ts';

type Lease = readonly [features: readonly string[], untilMs: number];

function leasing(outcomes: ('leased' | 'unavailable' | Error)[] = []) {
  const asked: Lease[] = [];
  const errors: unknown[] = [];
  const lease = new StreamLease({
    project: 'demo',
    id: 'stream-1',
    onError: (error) => void errors.push(error),
    subscriptions: {
      lease: async (_project, _id, features, untilMs) => {
        asked.push([features, untilMs]);
        const outcome = outcomes.shift() ?? 'leased';
        if (outcome instanceof Error) throw outcome;
        return outcome;
      },
    },
  });
  const look = async (wanted: readonly string[], nowMs: number): Promise<void> => {
    lease.look(wanted, nowMs);
    await lease.close();
  };
  return { look, asked, errors };
}

test('one lease is for all that is wanted, widened at once and renewed long before it ends', async () => {
  const { look, asked } = leasing();
  await look(['a'], 0);
  await look(['a'], 250);
  await look(['a', 'b'], 500);
  for (let nowMs = 750; nowMs <= 60_000; nowMs += 250) await look(['a', 'b'], nowMs);
  expect(asked.slice(0, 2).map(([features]) => features)).toEqual([['a'], ['a', 'b']]);
  expect(asked[1]![1]).toBe(500 + 90_000);
  // Never nearer to its end than a minute.
  const renewals = asked.map(([, untilMs]) => untilMs);
  for (const [i, untilMs] of renewals.slice(1).entries()) expect(untilMs - renewals[i]!).toBeLessThanOrEqual(20_250);
  expect(asked.length).toBeLessThan(6);
});

test('what nobody wants any more stays for a while, and then is let go', async () => {
  const { look, asked } = leasing();
  await look(['a', 'b'], 0);
  for (let nowMs = 1_000; nowMs <= GRACE_MS + 30_000; nowMs += 1_000) await look(['a'], nowMs);
  expect(asked.at(-1)![0]).toEqual(['a']);
  expect(asked.filter(([features]) => features.length === 2).at(-1)![1]).toBeGreaterThan(GRACE_MS - 21_000 + 90_000);
  const before = asked.length;
  for (let nowMs = 200_000; nowMs <= 260_000; nowMs += 1_000) await look([], nowMs);
  expect(asked.length).toBe(before);
});

test('a lease that was not to be had is asked for again after a pause', async () => {
  const { look, asked, errors } = leasing(['unavailable', new Error('a defect')]);
  for (let nowMs = 0; nowMs <= 4_000; nowMs += 250) await look(['a'], nowMs);
  expect(asked.map(([, untilMs]) => untilMs - 90_000)).toEqual([0, 2_000, 4_000]);
  expect(errors).toHaveLength(1);
});
