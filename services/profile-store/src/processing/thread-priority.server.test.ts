import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('testing/second-thread.ts', import.meta.url));
const FIRST = ['--rr', '--reset-on-fork', '2'];
const [USUAL, ROUND_ROBIN] = ['0', '2'];

const mayGoFirst = spawnSync('chrt', [...FIRST, 'true']).status === 0;

test.runIf(mayGoFirst)(
  'counting goes second while it takes little of a core, and shares with everybody when it takes all; V8’s helpers always go second',
  () => {
    const said = spawnSync('chrt', [...FIRST, process.execPath, '--no-warnings', PROGRAM], { encoding: 'utf8' });
    expect(said.stdout.trim().split('\n')).toEqual([ROUND_ROBIN, USUAL, ROUND_ROBIN]);
  },
  20_000,
);

test('where nobody goes first, counting does not either', () => {
  const said = spawnSync(process.execPath, ['--no-warnings', PROGRAM], { encoding: 'utf8' });
  expect(said.stdout.trim().split('\n')).toEqual([USUAL, USUAL, USUAL]);
}, 20_000);
