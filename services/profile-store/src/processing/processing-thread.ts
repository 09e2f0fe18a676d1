import { Worker } from 'node:worker_threads';
import { PartitionFaults } from '@hermes/service-kit/partition-faults';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { ProcessorObserver } from '@hermes/stream-runtime/processor-options';
import type { ProfileStoreConfig } from '../config.ts';
import type { SharedMemory } from '../memory/shared-memory.ts';
import type { ProcessingMetrics } from './processing-metrics.ts';
import type { FromThread, PartitionTold, ThreadSetting, ToThread } from './thread-messages.ts';

/**
 * Of the thread's heap; the service's own limit does not reach it. It needs a tenth; but when its buffers come to half of this, V8 collects at once and
 * in one piece ("external memory pressure"), for as long as a second on a slow machine.
 */
const HEAP_MB = 1_024;
/**
 * Three times V8's semi-space: room for the records of a few fetches, so that they are gone before they are copied. No read waits behind a
 * collection here, other than on the main thread.
 */
const YOUNG_GENERATION_MB = 48;

export interface ProcessingHandlers {
  onFillTrouble(project: string, slot: number, reason: string | null): void;
}

/**
 * Runs the processors of all projects in a thread of their own, and tells the service's metrics and alerts what it hears from there. When
 * the thread ends by itself, so does the service: its supervisor starts it again.
 */
export function startProcessingThread(
  runtime: ServiceRuntime<ProfileStoreConfig>,
  shared: SharedMemory | undefined,
  metrics: ProcessingMetrics,
  handlers: ProcessingHandlers,
): void {
  const { config, logger, control } = runtime;
  const worker = new Worker(new URL('./processing.js', import.meta.url), {
    workerData: { config, shared } satisfies ThreadSetting,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  const send = (message: ToThread): void => worker.postMessage(message);
  const faults = new Map<string, ProcessorObserver>();
  const observerOf = (project: string, job: string): ProcessorObserver => {
    const name = `${job}/${project}`;
    let observer = faults.get(name);
    if (observer === undefined) {
      observer = new PartitionFaults(runtime.metrics, job, project).observing({
        onStopped: ({ code }) => metrics.stopped(code),
      });
      faults.set(name, observer);
    }
    return observer;
  };

  let isClosing = false;
  const closed = Promise.withResolvers<void>();
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'report') metrics.report(message.report);
    else if (message.kind === 'partition') told(observerOf(message.project, message.job), message.told);
    else if (message.kind === 'fill-trouble') handlers.onFillTrouble(message.project, message.slot, message.reason);
    else closed.resolve();
  });
  worker.on('error', (error) => logger.fatal({ err: error }, 'the processing thread broke'));
  worker.on('exit', (code) => {
    closed.resolve();
    if (isClosing) return;
    logger.fatal({ code }, 'the processing thread has ended; the service ends with it');
    process.exit(1);
  });

  control.onProjects({
    added: (project) => send({ kind: 'add', project }),
    removed: (id) => send({ kind: 'remove', project: id }),
  });
  runtime.onShutdown('processing', async () => {
    isClosing = true;
    send({ kind: 'close' });
    await closed.promise;
    await worker.terminate();
  });
}

function told(observer: ProcessorObserver, what: PartitionTold): void {
  const { partition } = what;
  if (what.kind === 'claimed') observer.onClaimed?.({ partition });
  else if (what.kind === 'released') observer.onReleased?.({ partition });
  else observer.onStopped?.({ partition, code: what.code, message: what.message });
}
