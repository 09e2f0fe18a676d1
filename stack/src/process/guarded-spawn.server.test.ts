import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { guardedArgv, pythonInterpreter, type GuardedCommand } from './guarded-spawn.ts';

/** Says which policy the process has, and which one that it has made. */
const SAY =
  'import os; print(os.sched_getscheduler(0), flush=True); os.fork() or print(os.sched_getscheduler(0), flush=True)';
const [OTHER, ROUND_ROBIN, RESET_ON_FORK] = [0, 2, 0x4000_0000];

function policies(turn: GuardedCommand['turn']): readonly number[] {
  const [file, ...args] = guardedArgv({ argv: [pythonInterpreter(), '-c', SAY], ...(turn && { turn }) });
  return spawnSync(file, args, { encoding: 'utf8' }).stdout.trim().split('\n').map(Number);
}

/** Whether this machine lets us take the right, and has a second processor for the others. */
const mayGoFirst =
  spawnSync(
    pythonInterpreter(),
    [
      '-c',
      'import os, sys; sys.exit(len(os.sched_getaffinity(0)) < 2 or os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1)) or 0)',
    ],
    { stdio: 'ignore' },
  ).status === 0;

test.runIf(mayGoFirst)('what goes first does so alone: what it starts has the turns of everybody', () => {
  expect(policies('first')).toEqual([ROUND_ROBIN | RESET_ON_FORK, OTHER]);
  expect(policies('all-first')).toEqual([ROUND_ROBIN, ROUND_ROBIN]);
});

test.runIf(!mayGoFirst)('where the right is missing, what would go first runs all the same', () => {
  expect(policies('first')).toEqual([OTHER, OTHER]);
});

test('whoever asks for nothing, or for short turns, stands in nobody’s way', () => {
  expect(policies(undefined)).toEqual([OTHER, OTHER]);
  expect(policies('short')).toEqual([OTHER, OTHER]);
});

test('on a single processor nobody goes first', () => {
  const [file, ...args] = guardedArgv({ argv: [pythonInterpreter(), '-c', SAY], turn: 'first' });
  const said = spawnSync('taskset', ['-c', '0', file, ...args], { encoding: 'utf8' });
  expect(said.stdout.trim().split('\n').map(Number)).toEqual([OTHER, OTHER]);
});
