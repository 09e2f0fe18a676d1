/**
 * A process whose second thread yields to the first: it says its scheduling policy while it has little to do, and after it has had much; and that of
 * V8's helpers.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, Worker } from 'node:worker_threads';
import { helperThreads, policyIn, yieldToReads } from '../thread-priority.ts';

const WITHIN_MS = 5_000;
const policy = (): string => policyIn('/proc/thread-self/stat') ?? '';

async function untilPolicy(wanted: string, work: () => void): Promise<void> {
  const endMs = performance.now() + WITHIN_MS;
  while (policy() !== wanted && performance.now() < endMs) {
    work();
    await sleep(5);
  }
  process.stdout.write(`${policy()}\n`);
}

if (isMainThread) new Worker(new URL(import.meta.url));
else {
  const end = yieldToReads(() => false);
  await untilPolicy('2', () => undefined);
  await untilPolicy('0', () => {
    const endMs = performance.now() + 100;
    while (performance.now() < endMs);
  });
  end();
  const helpers = new Set(helperThreads().map((thread) => policyIn(`/proc/self/task/${thread}/stat`)));
  process.stdout.write(`${[...helpers].join(' ')}\n`);
}
