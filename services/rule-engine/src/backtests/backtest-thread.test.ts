/** Guards: however the thread of a backtest ends, the run says so, and the service lives. */
import { expect, test } from 'vitest';
import { type BacktestThread, startBacktestThread } from './backtest-thread.ts';
import type { ThreadSetting } from './thread-messages.ts';

const ENTRY = new URL('../testing/ending-thread.ts', import.meta.url);
const HEAP_MB = 64;

const started = (project: string): BacktestThread =>
  startBacktestThread({ setting: { project } } as unknown as ThreadSetting, HEAP_MB, ENTRY);

test.each([
  ['hungry', 'out-of-memory', /memory/],
  ['throwing', 'defect', /the test said so/],
  ['leaving', 'defect', /ended with 3 before its run did/],
])(
  'one that is %s has failed: %s',
  async (project, code, message) => {
    const end = await started(project).ended;
    expect(end).toMatchObject({ kind: 'failed', problem: { code, message: expect.stringMatching(message) } });
  },
  30_000,
);

test('one that is stopped ends at once, and what it told of its progress is known until then', async () => {
  const thread = started('waiting');
  const deadline = performance.now() + 10_000;
  while (thread.progress() === undefined && performance.now() < deadline) await new Promise(setImmediate);
  expect(thread.progress()).toMatchObject({ fraction: 0.5, events: 7 });
  await thread.stop();
  expect(await thread.ended).toMatchObject({ kind: 'failed' });
});
