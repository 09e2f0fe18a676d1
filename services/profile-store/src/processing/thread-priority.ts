import { readFileSync, readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/** A third of the processor time of a thread beside it, where there is not enough for both. */
const NICE = 5;
/** In `/proc/<pid>/stat`, of what stands behind the name; see proc(5). */
const POLICY_FIELD = 38;
const ROUND_ROBIN = '2';

/**
 * Lets the threads that answer go first: counting is promised to tens of milliseconds, an answer to a few. On Linux, where a thread has a
 * priority of its own; elsewhere it does nothing, and nothing is needed where the launcher lets the answering thread go first anyway.
 */
export function yieldToReads(): void {
  try {
    if (answeringGoesFirst()) return;
    // `<process>/task/<thread>`
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, NICE);
  } catch {
    // Not Linux, or not allowed: both threads are equal then.
  }
}

/** The first thread has the number of the process. */
function answeringGoesFirst(): boolean {
  const stat = readFileSync(`/proc/self/task/${String(process.pid)}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[POLICY_FIELD] === ROUND_ROBIN;
}
