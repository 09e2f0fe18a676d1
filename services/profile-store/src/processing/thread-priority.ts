import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
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
/** As Node names the threads in which V8 compiles. */
const V8_HELPER = 'V8Worker';

/**
 * Lets the threads that answer go before this one: counting is promised to tens of milliseconds, an answer to a few. Where the launcher lets the
 * answering thread go first (real-time), this one goes second while it takes little of a core and counts no backlog, and V8's helpers always;
 * otherwise it is nicer. On Linux, where a thread has a priority of its own; elsewhere, and without the right to it, both threads are equal.
 *
 * @param isBehind - whether there is a backlog to count
 * @returns ends it
 */
export function yieldToReads(isBehind: () => boolean): () => void {
  try {
    // `<process>/task/<thread>`
    const thread = readlinkSync('/proc/thread-self').split('/').at(-1)!;
    if (answeringGoesFirst()) {
      helpersGoSecond();
      return goSecond(thread, isBehind);
    }
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

/**
 * A collection begins when all that compile have come to a safe point. Where they wait for a core behind everybody, it waits for them, and the
 * thread that answers with it, for as long as 40 ms in the half a minute after a start.
 */
function helpersGoSecond(): void {
  for (const thread of helperThreads()) setTurn(thread, 'first');
}

/** Of this process, by their numbers. @throws Error on systems other than Linux */
export const helperThreads = (): string[] =>
  readdirSync('/proc/self/task').filter(
    (thread) => readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim() === V8_HELPER,
  );

/** Node has no call for it; without the program, or the right, the turn stays the usual one. */
function setTurn(thread: string, turn: Turn): void {
  const policy = turn === 'first' ? ['--rr', '--pid', LOWEST_REAL_TIME] : ['--other', '--pid', '0'];
  execFile('chrt', [...policy, thread], () => undefined);
}

function goSecond(thread: string, isBehind: () => boolean): () => void {
  let turn: Turn = 'usual';
  let before = process.threadCpuUsage();
  let sinceMs = performance.now();
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(before);
    const nowMs = performance.now();
    const next = turnAfter(turn, (user + system) / 1_000 / (nowMs - sinceMs), isBehind());
    before = process.threadCpuUsage();
    sinceMs = nowMs;
    if (next === turn) return;
    turn = next;
    setTurn(thread, turn);
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
