/** The thread of `metronome.ts`: sleeps until each instant, and says so. */
import { parentPort, workerData } from 'node:worker_threads';
import { monotonicMs } from '@hermes/stream-runtime/state-mirror';
import type { MetronomeSetting } from './metronome.ts';

const { perSecond, startMs, stop } = workerData as MetronomeSetting;

for (let next = 0; Atomics.load(stop, 0) === 0;) {
  const leftMs = startMs + (next * 1_000) / perSecond - monotonicMs();
  if (leftMs > 0) Atomics.wait(stop, 0, 0, leftMs);
  else {
    parentPort?.postMessage(0);
    // One message stands for all that are due.
    next = Math.max(next + 1, Math.floor(((monotonicMs() - startMs) * perSecond) / 1_000) + 1);
  }
}
