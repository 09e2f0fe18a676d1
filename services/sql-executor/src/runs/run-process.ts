import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  EXIT_FENCED,
  type FromWorker,
  type RunOrder,
  type SavepointOrder,
  type SavepointOutcome,
  type ToWorker,
} from './messages.ts';

/** How a run's process ended. */
export type RunEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'died'; readonly reason: string }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly final: boolean };

export interface ProcessLimits {
  readonly heapMb: number;
  readonly rssMb: number;
}

const STOP_GRACE_MS = 8_000;
/** The process hangs: long enough for a slow start on a busy machine, reports come every second. */
const SILENCE_MS = 60_000;
const WATCH_MS = 1_000;

/** The bundle beside this one. */
const ENTRY = fileURLToPath(new URL('./worker.js', import.meta.url));

/**
 * One process of a run. It has a heap of its own with a limit, is ended when its resident memory passes another or it falls
 * silent, and ends by itself when this process does.
 */
export class RunProcess {
  readonly ended: Promise<RunEnd>;
  private readonly child: ChildProcess;
  private failure: (FromWorker & { kind: 'failed' }) | undefined;
  private killedFor: string | undefined;
  private heardMs = performance.now();
  /** By the savepoint's id. */
  private readonly asked = new Map<string, (outcome: SavepointOutcome) => void>();

  constructor(order: RunOrder, limits: ProcessLimits, onMessage: (message: FromWorker) => void, entry = ENTRY) {
    this.child = fork(entry, [], {
      execArgv: [
        `--max-old-space-size=${limits.heapMb}`,
        // Bytes that come from sockets count as old: with V8's small first limit every few megabytes of them cost a full collection.
        `--initial-old-space-size=${Math.floor(limits.heapMb / 2)}`,
        '--max-semi-space-size=4',
        '--enable-source-maps',
      ],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    this.child.on('message', (message: FromWorker) => {
      this.heardMs = performance.now();
      if (message.kind === 'failed') this.failure = message;
      if (message.kind === 'report' && message.figures.rssBytes > limits.rssMb * 1_000_000) {
        this.kill(`its memory passed ${limits.rssMb} MB`);
      }
      if (message.kind === 'savepoint') this.asked.get(message.id)?.(message.outcome);
      onMessage(message);
    });
    this.child.on('error', () => undefined);
    const watch = setInterval(() => {
      if (performance.now() - this.heardMs > SILENCE_MS) this.kill(`it said nothing for ${SILENCE_MS / 1000} s`);
    }, WATCH_MS);
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        clearInterval(watch);
        if (this.killedFor !== undefined)
          resolve({ kind: 'died', reason: `the run's process was ended because ${this.killedFor}` });
        else if (this.failure !== undefined) resolve(this.failure);
        else if (code === 0) resolve({ kind: 'stopped' });
        else if (code === EXIT_FENCED) resolve({ kind: 'fenced' });
        else resolve({ kind: 'died', reason: `the run's process ended with ${signal ?? `code ${code}`}` });
      });
    });
    this.send(order);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Asks for a last checkpoint and the end; insists after 8 s. Nothing is lost either way. */
  async stop(): Promise<void> {
    this.send({ kind: 'stop' });
    const insist = setTimeout(() => this.kill('it did not stop in time'), STOP_GRACE_MS);
    await this.ended;
    clearTimeout(insist);
  }

  /** Resolves with the process's answer; undefined when it ended without one: then only the file tells. */
  async takeSavepoint(order: SavepointOrder): Promise<SavepointOutcome | undefined> {
    const answer = new Promise<SavepointOutcome>((resolve) => this.asked.set(order.id, resolve));
    this.send(order);
    // An answer that came before the end is heard before it.
    const outcome = await Promise.race([answer, this.ended.then(() => undefined)]);
    this.asked.delete(order.id);
    return outcome;
  }

  private send(message: ToWorker): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  private kill(why: string): void {
    this.killedFor ??= why;
    this.child.kill('SIGKILL');
  }
}
