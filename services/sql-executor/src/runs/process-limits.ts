import type { ProcessUsage } from './process-usage.ts';

/** What one run's process may take. */
export interface ProcessLimits {
  readonly heapMb: number;
  /** Resident memory in all: heap, buffers, native code. */
  readonly rssMb: number;
  /** Processor time without a word, after which its loop counts as blocked. */
  readonly busyMs: number;
}

/** Wall time without a word: long enough for a slow start on a busy machine, reports come every second. */
export const SILENCE_MS = 60_000;
/**
 * The kernel refuses memory past the limit and this: room for what V8 reserves and does not touch (620 MB measured at its start), so that no
 * allocation in one piece, however fast it is touched, gets past about one and a half times the limit.
 */
const RESERVED_MB = 1_024;

/** A process as its parent sees it. */
export interface SeenProcess {
  readonly usage: ProcessUsage | undefined;
  /** Processor time that it had used when it was heard last. */
  readonly heardCpuMs: number;
  readonly silentMs: number;
}

/** Why the process has to be ended now; undefined when it keeps its limits. Pure. */
export function brokenLimit({ usage, heardCpuMs, silentMs }: SeenProcess, limits: ProcessLimits): string | undefined {
  if (usage !== undefined && usage.rssBytes > limits.rssMb * 1_000_000) return memoryPassed(limits);
  if (usage !== undefined && usage.cpuMs - heardCpuMs > limits.busyMs)
    return `it computed for ${limits.busyMs / 1_000} s without a word (SQL_WORKER_BUSY_S)`;
  if (silentMs > SILENCE_MS) return `it said nothing for ${SILENCE_MS / 1_000} s`;
  return undefined;
}

/** The reason of a run whose process had to end. */
export const ended = (why: string): string => `the run's process was ended because ${why}`;

const memoryPassed = ({ rssMb }: ProcessLimits): string => `its memory passed ${rssMb} MB (SQL_WORKER_RSS_MB)`;

/** What Node and V8 say when the kernel has refused them memory. */
export const NO_MEMORY = /Failed to allocate memory|allocation failed|Fatal process out of memory/;

/**
 * How the process ended by itself, for people: the limit that it met, where its last words on stderr tell; else its last word. Pure.
 */
export function endedBy(how: string, lastWords: string, limits: ProcessLimits): string {
  if (/heap out of memory/.test(lastWords)) return ended(`its heap passed ${limits.heapMb} MB (SQL_WORKER_HEAP_MB)`);
  if (NO_MEMORY.test(lastWords)) return ended(memoryPassed(limits));
  const word = /^(?:#? ?(?:FATAL|Fatal)|\w*Error\b).*$/m.exec(lastWords)?.[0].slice(0, 300);
  return word === undefined ? `the run's process ended with ${how}` : `the run's process ended with ${how}: ${word}`;
}

/**
 * The size of one half of V8's young generation in MB: rows that live through a few batches die there. 4 at the default heap, 32 (what the bench has) from
 * 1.5 GB on.
 */
export const youngMb = ({ heapMb }: ProcessLimits): number => Math.min(32, Math.max(4, Math.floor(heapMb / 48)));

/** The shell's lines before it becomes the process: `ulimit -d` is RLIMIT_DATA, which counts what can be written, buffers too. */
const LIMITED = 'echo 800 2>/dev/null >/proc/self/oom_score_adj; ulimit -d "$0"; exec "$@"';

/**
 * How a child is started within the kernel's own limit of memory, and as the first that the kernel ends when the machine has no memory left:
 * a program and its first arguments, before Node's own. Elsewhere than on Linux as it is.
 */
export function limitedNode(limits: ProcessLimits): {
  readonly execPath: string;
  readonly execArgv: readonly string[];
} {
  if (process.platform !== 'linux') return { execPath: process.execPath, execArgv: [] };
  const limitKb = (limits.rssMb + RESERVED_MB) * 1_000;
  return { execPath: '/bin/sh', execArgv: ['-c', LIMITED, String(limitKb), process.execPath] };
}
