import { expect, test } from 'vitest';
import { brokenLimit, endedBy, type ProcessLimits } from './process-limits.ts';

const limits: ProcessLimits = { heapMb: 192, rssMb: 512, busyMs: 20_000 };
const calm = { usage: { rssBytes: 512e6, cpuMs: 25_000 }, heardCpuMs: 5_000, silentMs: 60_000 };

test.each([
  ['a process at each limit goes on', calm, undefined],
  ['one byte too many', { ...calm, usage: { ...calm.usage, rssBytes: 512e6 + 1 } }, 'SQL_WORKER_RSS_MB'],
  ['a loop that computes without a word', { ...calm, heardCpuMs: 4_990 }, 'SQL_WORKER_BUSY_S'],
  ['one that only waits is silent for longer', { ...calm, silentMs: 60_001 }, 'said nothing for 60 s'],
  ['nothing is held against one that cannot be seen', { ...calm, usage: undefined }, undefined],
])('%s', (_, seen, expected) => {
  const broken = brokenLimit(seen, limits);
  if (expected === undefined) expect(broken).toBeUndefined();
  else expect(broken).toContain(expected);
});

test.each([
  ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'SQL_WORKER_HEAP_MB'],
  ['x\nRangeError: Array buffer allocation failed\n  at f', 'SQL_WORKER_RSS_MB'],
  ['RangeError: Failed to allocate memory', 'SQL_WORKER_RSS_MB'],
  ['#\n# Fatal process out of memory: Failed to reserve virtual memory', 'SQL_WORKER_RSS_MB'],
  ['f.js:1\nTypeError: x is no function\n  at f', "the run's process ended with SIGABRT: TypeError: x is no function"],
  ['', "the run's process ended with SIGABRT"],
])('the last words %j say why', (words, expected) => {
  expect(endedBy('SIGABRT', words, limits)).toContain(expected);
});
