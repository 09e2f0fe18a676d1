import { Worker } from 'node:worker_threads';
import type { BacktestProgress } from '@hermes/contracts/rule-backtest';
import type { BacktestEnd } from './backtests.repository.ts';
import type { FromThread, ThreadSetting } from './thread-messages.ts';

export interface BacktestThread {
  /** What came of it; a thread that dies has failed. */
  readonly ended: Promise<BacktestEnd>;
  progress(): BacktestProgress | undefined;
  /** Ends it where it is. */
  stop(): Promise<void>;
}

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';

/** As it is bundled, beside the service. */
const ENTRY = new URL('./backtesting.js', import.meta.url);

/** Begins a run in a thread of its own. `heapMb`: what it may have; beyond it the thread dies, and nothing else. */
export function startBacktestThread(setting: ThreadSetting, heapMb: number, entry = ENTRY): BacktestThread {
  const worker = new Worker(entry, {
    workerData: setting,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  let progress: BacktestProgress | undefined;
  const { promise, resolve } = Promise.withResolvers<BacktestEnd>();
  const fail = (code: string, message: string): void => resolve({ kind: 'failed', problem: { code, message } });
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'progress') progress = message.progress;
    else resolve(message.end);
  });
  worker.on('error', (error) =>
    isOutOfMemory(error) ? fail('out-of-memory', error.message) : fail('defect', error.message),
  );
  worker.on('exit', (code) => fail('defect', `the thread ended with ${String(code)} before its run did`));
  return {
    ended: promise,
    progress: () => progress,
    stop: async () => {
      await worker.terminate();
    },
  };
}
