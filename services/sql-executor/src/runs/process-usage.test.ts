import { expect, test } from 'vitest';
import { parseUsage, usageOf } from './process-usage.ts';

test('time and memory stand behind a name that may hold anything', () => {
  const stat =
    '17 (a) b (c) S 1 17 17 0 -1 4194304 9 0 0 0 250 50 0 0 20 0 11 0 123 5000000 1000 18446744073709551615 1';
  expect(parseUsage(stat)).toEqual({ cpuMs: 3_000, rssBytes: 4_096_000 });
  expect(parseUsage('17 (x) S 1')).toBeUndefined();
});

test('this process is told as Node tells it, one that is gone is not told', () => {
  const own = usageOf(process.pid);
  expect(own!.rssBytes / process.memoryUsage.rss()).toBeCloseTo(1, 0);
  const { user, system } = process.cpuUsage();
  expect(Math.abs(own!.cpuMs - (user + system) / 1_000)).toBeLessThan(500);
  expect(usageOf(2 ** 30)).toBeUndefined();
});
