import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TimedOrder, TimedResult } from '@hermes/stream-sql/testing/timed-run';

/** As a run's worker has it (services/sql-executor/src/runs/run-process.ts), with the memory that the bench gives. */
const WORKER_HEAP = ['--initial-old-space-size=512', '--max-semi-space-size=32'];
const MODULE = fileURLToPath(new URL('../../../services/sql-executor/src/testing/nexmark-process.ts', import.meta.url));

/** A process that runs one query after the other, as a worker that has been at work for a while. */
export class EmbeddedSide {
  private readonly child: ChildProcess;

  /** `memoryMb`: of its heap. */
  constructor(memoryMb: number, profileFolder?: string) {
    const profile = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
    this.child = fork(MODULE, {
      serialization: 'advanced',
      execArgv: [...process.execArgv, `--max-old-space-size=${memoryMb}`, ...WORKER_HEAP, ...profile],
    });
  }

  run(order: TimedOrder): Promise<TimedResult> {
    return new Promise((resolve, reject) => {
      const { child } = this;
      const done = (): void => {
        child.off('message', onMessage);
        child.off('exit', onExit);
      };
      const onMessage = (message: { readonly result?: TimedResult; readonly failed?: string }): void => {
        done();
        if (message.result !== undefined) resolve(message.result);
        else reject(new Error(message.failed));
      };
      const onExit = (code: number | null, signal: string | null): void => {
        done();
        reject(new Error(`the process of the embedded engine ended (${String(signal ?? code)})`));
      };
      child.on('message', onMessage);
      child.on('exit', onExit);
      child.send(order, (error) => error && reject(error));
    });
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.disconnect();
    await ended;
  }
}
