import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromPreview, PreviewOrder } from '../previews/preview-messages.ts';
import {
  EXIT_FENCED,
  type FromWorker,
  type RunOrder,
  type SavepointOrder,
  type SavepointOutcome,
  type ToWorker,
} from './messages.ts';
import { brokenLimit, ended, endedBy, limitedNode, NO_MEMORY, type ProcessLimits, youngMb } from './process-limits.ts';
import { usageOf } from './process-usage.ts';

/** How a run's process ended. */
export type RunEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'died'; readonly reason: string }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly final: boolean };

const STOP_GRACE_MS = 8_000;
/** Between two looks; what is allocated meanwhile meets the kernel's limit. */
const WATCH_MS = 250;
/** Of the end of what the process says on stderr. */
const LAST_WORDS = 4_000;

/** The bundle beside this one. */
const ENTRY = fileURLToPath(new URL('./worker.js', import.meta.url));

/**
 * One process of a run. It has a heap of its own with a limit, is ended when its resident memory passes another, it computes without a word or
 * it falls silent, and ends by itself when this process does. All that is measured from here: its own loop may be blocked.
 */
export class RunProcess<Message extends FromWorker | FromPreview = FromWorker> {
  readonly ended: Promise<RunEnd>;
  private readonly child: ChildProcess;
  private failure: (FromWorker & { kind: 'failed' }) | undefined;
  private killedFor: string | undefined;
  private readonly startedMs = performance.now();
  private heardMs = this.startedMs;
  private heardCpuMs = 0;
  private lastWords = '';
  /** By the savepoint's id. */
  private readonly asked = new Map<string, (outcome: SavepointOutcome) => void>();

  constructor(
    order: Message extends FromPreview ? PreviewOrder : RunOrder,
    limits: ProcessLimits,
    onMessage: (message: Message) => void,
    entry = ENTRY,
  ) {
    const { execPath, execArgv } = limitedNode(limits);
    this.child = fork(entry, [], {
      execPath,
      execArgv: [
        ...execArgv,
        `--max-old-space-size=${limits.heapMb}`,
        // Bytes that come from sockets count as old: with V8's small first limit every few megabytes of them cost a full collection.
        `--initial-old-space-size=${Math.floor(limits.heapMb / 2)}`,
        `--max-semi-space-size=${youngMb(limits)}`,
        '--enable-source-maps',
      ],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.child.on('message', (message: Message) => {
      this.heardMs = performance.now();
      this.heardCpuMs = this.usage()?.cpuMs ?? 0;
      if (message.kind === 'failed') this.failure = message;
      if (message.kind === 'savepoint') this.asked.get(message.id)?.(message.outcome);
      onMessage(message);
    });
    this.child.on('error', () => undefined);
    this.child.stderr?.on('data', (words: Buffer) => {
      process.stderr.write(words);
      this.lastWords = (this.lastWords + words.toString()).slice(-LAST_WORDS);
    });
    const watch = setInterval(() => {
      const silentMs = performance.now() - this.heardMs;
      const broken = brokenLimit({ usage: this.usage(), heardCpuMs: this.heardCpuMs, silentMs }, limits);
      if (broken !== undefined) this.kill(broken);
    }, WATCH_MS);
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        clearInterval(watch);
        if (this.killedFor !== undefined) resolve({ kind: 'died', reason: ended(this.killedFor) });
        else if (this.failure !== undefined && !NO_MEMORY.test(this.failure.message)) resolve(this.failure);
        else if (code === 0) resolve({ kind: 'stopped' });
        else if (code === EXIT_FENCED) resolve({ kind: 'fenced' });
        else
          resolve({
            kind: 'died',
            reason: endedBy(signal ?? `code ${code}`, this.failure?.message ?? this.lastWords, limits),
          });
      });
    });
    this.send(order);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** From its start until it was heard last: a process that hung for a minute did not live through it. */
  get livedMs(): number {
    return this.heardMs - this.startedMs;
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

  private send(message: ToWorker | PreviewOrder): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  private usage(): ReturnType<typeof usageOf> {
    return this.child.pid === undefined ? undefined : usageOf(this.child.pid);
  }

  private kill(why: string): void {
    this.killedFor ??= why;
    this.child.kill('SIGKILL');
  }
}
