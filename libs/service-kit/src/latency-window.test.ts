import { expect, test } from 'vitest';
import { LatencyWindow } from './latency-window.ts';

test('quantiles are exact while samples are few, and a window begins empty after each take', () => {
  const window = new LatencyWindow('decided', 1_000);
  for (let ms = 1; ms <= 100; ms++) window.record(ms);
  expect(window.take()).toEqual({ hop: 'decided', count: 100, p50Ms: 51, p99Ms: 100, limitMs: 1_000 });
  expect(window.take()).toEqual({ hop: 'decided', count: 0, p50Ms: 0, p99Ms: 0, limitMs: 1_000 });
});

test('a million samples keep the count exact and the quantiles within 1 %', () => {
  const window = new LatencyWindow('decided', 1_000);
  for (let at = 0; at < 1_000_000; at++) window.record(at % 1_000);
  const { count, p50Ms, p99Ms } = window.take();
  expect(count).toBe(1_000_000);
  expect(Math.abs(p50Ms - 500)).toBeLessThan(10);
  expect(Math.abs(p99Ms - 990)).toBeLessThan(10);
});
