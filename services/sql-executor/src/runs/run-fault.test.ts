import type { RunState } from '@hermes/contracts/job';
import { expect, test } from 'vitest';
import { runFault } from './run-fault.ts';

test.each<[string, RunState, number, number, string | undefined]>([
  ['a run that starts is well', 'starting', 60_000, 0, undefined],
  ['one that runs is well', 'running', 0, 0, undefined],
  ['one that a person stopped is well', 'stopped', 0, 5, undefined],
  ['one that failed for good is not', 'failed', 0, 0, 'the run failed for good: why'],
  ['a first restart is no fault', 'restarting', 500, 1, undefined],
  ['a restart that takes long is one', 'restarting', 6_000, 1, 'the run does not start again: why'],
  ['a third end in a row is one at once', 'restarting', 0, 3, 'the run ended 3 times in a row: why'],
  [
    'a run that has just come up after many ends is not trusted',
    'running',
    29_999,
    4,
    'the run ended 4 times in a row: why',
  ],
  ['until it has lived long enough', 'running', 30_000, 4, undefined],
  ['after few ends it is trusted at once', 'running', 0, 2, undefined],
])('%s', (_, state, forMs, failures, expected) =>
  expect(runFault({ state, sinceMs: 1_000, failures, reason: 'why' }, 1_000 + forMs)).toBe(expected),
);
