import { Worker } from 'node:worker_threads';
import { monotonicMs } from '@hermes/stream-runtime/state-mirror';

/** What the metronome's thread is started with. */
export interface MetronomeSetting {
  readonly perSecond: number;
  /** On the clock of `monotonicMs`. */
  readonly startMs: number;
  /** 1 in its first element ends the thread. */
  readonly stop: Int32Array;
}

/**
 * Calls `onDue` with 0, 1, 2 ... at a fixed rate, about 0.1 ms after each is due: timers of the event loop come up to 1 ms late, which
 * is more than what some benches measure. A thread waits for each instant and wakes this one. What is late is caught up at once, so that
 * a stall delays no later instant.
 *
 * @param onDue - told the instant at which it was due, on the clock of `monotonicMs`
 * @returns ends it
 */
export function metronome(perSecond: number, onDue: (i: number, dueMs: number) => void): () => void {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const startMs = monotonicMs();
  const worker = new Worker(new URL('./metronome-thread.ts', import.meta.url), {
    workerData: { perSecond, startMs, stop } satisfies MetronomeSetting,
  });
  let next = 0;
  worker.on('message', () => {
    for (let dueMs = startMs + (next * 1_000) / perSecond; dueMs <= monotonicMs() && stop[0] === 0;) {
      onDue(next, dueMs);
      next += 1;
      dueMs = startMs + (next * 1_000) / perSecond;
    }
  });
  return () => {
    Atomics.store(stop, 0, 1);
    Atomics.notify(stop, 0);
  };
}
