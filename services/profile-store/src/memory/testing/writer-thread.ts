/** A thread that writes pairs of values without a pause: all bytes of both are the number of the step. Ends when told to. */
import { parentPort, workerData } from 'node:worker_threads';
import { monotonicMs } from '@hermes/stream-runtime/state-mirror';
import type { SharedMemory } from '../shared-memory.ts';
import { SharedWriter } from '../shared-writer.ts';

const { memory, stop } = workerData as { readonly memory: SharedMemory; readonly stop: Int32Array };
const partition = new SharedWriter(memory).open('p:');
let step = 0;
while (Atomics.load(stop, 0) === 0) {
  step += 1;
  const bytes = Buffer.alloc(1 + ((step * 37) % 3_000), step & 0xff);
  const more = Buffer.alloc(1 + ((step * 101) % 3_000), step & 0xff);
  const sameBytes = 0;
  partition.committed(monotonicMs(), [
    { key: 'a', bytes, sameBytes },
    { key: 'b', bytes: more, sameBytes },
    { key: `filler-${String(step % 50)}`, bytes: more, sameBytes },
  ]);
}
parentPort?.postMessage(step);
