import type { Row } from '@hermes/stream-sql/values/data-type';
import { expect, test } from 'vitest';
import type { LookupTable } from '../connector.ts';
import { outsideLookup } from './outside-lookup.ts';

class Away extends Error {}

/** Answers each key with itself, after so many failures. */
function table(failures: number, error: Error = new Away()): LookupTable & { readonly asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    async lookUp(keys) {
      asked.push(keys.length);
      if (asked.length <= failures) throw error;
      return keys.map((key) => [key]);
    },
    isPassing: (thrown) => thrown instanceof Away,
    close: async () => undefined,
  };
}
const { signal } = new AbortController();
const keys = (count: number): Row[] => Array.from({ length: count }, (_, i) => [i]);

test('a failure that may pass is tried again as often as the table says, then it is final; others at once', async () => {
  const passes = table(2);
  expect(await outsideLookup(passes, { 'lookup.max-retries': '2' }).lookUp(keys(1), signal)).toEqual([[[0]]]);
  await expect(outsideLookup(table(2), { 'lookup.max-retries': '1' }).lookUp(keys(1), signal)).rejects.toThrow(Away);
  const broken = table(1, new Error('no such table'));
  await expect(outsideLookup(broken, {}).lookUp(keys(1), signal)).rejects.toThrow('no such table');
  expect(broken.asked).toEqual([1]);
});

test('a thousand keys a request, or one after the other; answers in the order of the keys, and kept where that is asked for', async () => {
  const wide = table(0);
  const answers = await outsideLookup(wide, {}).lookUp(keys(2_500), signal);
  expect(wide.asked).toEqual([1_000, 1_000, 500]);
  expect(answers.map(([row]) => row![0])).toEqual(keys(2_500).map(([key]) => key));
  const single = table(0);
  await outsideLookup(single, { 'lookup.async': 'false' }).lookUp(keys(3), signal);
  expect(single.asked).toEqual([1, 1, 1]);
  const kept = table(0);
  const cached = outsideLookup(kept, { 'lookup.cache': 'PARTIAL', 'lookup.partial-cache.max-rows': '10' });
  await cached.lookUp(keys(2), signal);
  await cached.lookUp(keys(3), signal);
  expect(kept.asked).toEqual([2, 1]);
});
