import { type ChildProcess, fork } from 'node:child_process';
import { guardedArgv } from '@hermes/stack/process/guarded-spawn';

type ToChild<Setting> = { readonly kind: 'start'; readonly setting: Setting } | { readonly kind: 'stop' };
type FromChild<Result> =
  | { readonly kind: 'mark'; readonly name: string }
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * The load shall be little beside what is measured, and its own pauses no part of it: a young collection that waits until its helpers get one
 * of two busy cores takes 10 to 20 ms, and one without helpers 1 ms. It is let in at once, as it would be on a machine of its own.
 */
const LIGHT = ['--single-threaded-gc', '--max-semi-space-size=16'];

/** A child process that makes a bench's load, so that the load's processor time is not that of what is measured. Ends with its parent. */
export class BenchChild<Result> {
  /** What the work came to. */
  readonly result: Promise<Result>;
  readonly pid: number;
  private readonly child: ChildProcess;
  private readonly marks = new Map<string, PromiseWithResolvers<void>>();

  /**
   * @param file - a module that calls `runAsChild`
   * @param turn - `all-first` for what measures: what it waits for a processor would be taken for the service's doing
   */
  constructor(file: URL, setting: unknown, turn: 'short' | 'all-first' = 'short') {
    const [guard, ...argv] = guardedArgv({ argv: [process.execPath, ...process.execArgv, ...LIGHT], turn });
    this.child = fork(file, { serialization: 'advanced', execPath: guard, execArgv: argv });
    this.pid = this.child.pid ?? 0;
    this.result = new Promise<Result>((resolve, reject) => {
      this.child.on('message', (message: FromChild<Result>) => {
        if (message.kind === 'mark') this.markOf(message.name).resolve();
        else if (message.kind === 'result') resolve(message.result);
        else reject(new Error(message.message));
      });
      this.child.once('error', reject);
      this.child.once('exit', (code, signal) => {
        reject(new Error(`a child of the bench ended before its work was done (${String(signal ?? code)})`));
      });
    });
    // Whoever waits for a mark hears of the failure too.
    this.result.catch((error: unknown) => {
      for (const { reject, promise } of this.marks.values()) {
        promise.catch(() => undefined);
        reject(error);
      }
    });
    this.child.send({ kind: 'start', setting } satisfies ToChild<unknown>);
  }

  /** Asks the work to end; its result comes then. */
  stop(): void {
    if (this.child.connected) this.child.send({ kind: 'stop' } satisfies ToChild<unknown>);
  }

  /** Resolves when the work has come to the mark. */
  async reached(mark: string): Promise<void> {
    await Promise.race([this.markOf(mark).promise, this.result]);
  }

  private markOf(name: string): PromiseWithResolvers<void> {
    let mark = this.marks.get(name);
    if (mark === undefined) {
      mark = Promise.withResolvers<void>();
      this.marks.set(name, mark);
    }
    return mark;
  }
}

export interface ChildSide {
  /** Aborted when the parent asks the work to end. */
  readonly stopped: AbortSignal;
  mark(name: string): void;
}

/** In the child: does the work with the parent's setting, answers its result, and ends. */
export function runAsChild<Setting, Result>(work: (setting: Setting, side: ChildSide) => Promise<Result>): void {
  const stop = new AbortController();
  const tell = (message: FromChild<Result>): Promise<void> =>
    new Promise((resolve) => process.send?.(message, undefined, {}, () => resolve()));
  const end = (): never => process.exit(0);
  process.on('disconnect', end);
  process.on('message', (message: ToChild<Setting>) => {
    if (message.kind === 'stop') return stop.abort();
    work(message.setting, { stopped: stop.signal, mark: (name) => void tell({ kind: 'mark', name }) }).then(
      (result) => tell({ kind: 'result', result }).then(end),
      (error: unknown) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        void tell({ kind: 'failed', message: text }).then(end);
      },
    );
  });
}
