import { execFile } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { type Turn, turnAfter } from './thread-turn.ts';

/** A third of the processor time of a thread beside it, where there is not enough for both. */
const NICE = 5;
const LOOK_EVERY_MS = 1_000;
/** Lower than that of the threads that answer. */
const LOWEST_REAL_TIME = '1';
/** In `/proc/<pid>/stat`, of what stands behind the name; see proc(5). */
const POLICY_FIELD = 38;
const ROUND_ROBIN = '2';

/**
 * Lets the threads that answer go before this one: counting is promised to tens of milliseconds, an answer to a few. Where the launcher lets the
 * answering thread go first (real-time), this one goes second while it takes little of a core; otherwise it is nicer. On Linux, where
 * a thread has a priority of its own; elsewhere, and without the right to it, both threads are equal.
 *
 * @returns ends it
 */
export function yieldToReads(): () => void {
  try {
    // `<process>/task/<thread>`
    const thread = readlinkSync('/proc/thread-self').split('/').at(-1)!;
    if (answeringGoesFirst()) return goSecond(thread);
    setPriority(Number(thread), NICE);
  } catch {
    // Not Linux, or not allowed.
  }
  return () => undefined;
}

/** The first thread has the number of the process. */
const answeringGoesFirst = (): boolean => policyIn(`/proc/self/task/${String(process.pid)}/stat`) === ROUND_ROBIN;

/** The scheduling policy that a file of the form of `/proc/<pid>/stat` tells. @throws Error when there is none, as on systems other than Linux */
export function policyIn(file: string): string | undefined {
  const stat = readFileSync(file, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[POLICY_FIELD];
}

function goSecond(thread: string): () => void {
  let turn: Turn = 'usual';
  let before = process.threadCpuUsage();
  let sinceMs = performance.now();
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(before);
    const nowMs = performance.now();
    const next = turnAfter(turn, (user + system) / 1_000 / (nowMs - sinceMs));
    before = process.threadCpuUsage();
    sinceMs = nowMs;
    if (next === turn) return;
    turn = next;
    const policy = turn === 'first' ? ['--rr', '--pid', LOWEST_REAL_TIME] : ['--other', '--pid', '0'];
    // Node has no call for it; without the program, or the right, the turn stays the usual one.
    execFile('chrt', [...policy, thread], () => undefined);
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
