import { readFileSync } from 'node:fs';

/** What a process has used, as the kernel tells: a process whose loop is blocked is measured too. */
export interface ProcessUsage {
  /** Resident memory in bytes: heap, buffers and what native code has taken. */
  readonly rssBytes: number;
  /** User and system time of all its threads since its start, in milliseconds. */
  readonly cpuMs: number;
}

/** The kernel counts processor time in hundredths of a second and memory in pages of 4 KB, on every Linux that Node runs on. */
const TICK_MS = 10;
const PAGE_BYTES = 4_096;

/** Of the line in `/proc/PID/stat` (proc_pid_stat(5)); the name before it may hold blanks and parentheses. */
export function parseUsage(stat: string): ProcessUsage | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [userTicks, systemTicks, pages] = [fields[11], fields[12], fields[21]].map(Number);
  if (userTicks === undefined || systemTicks === undefined || pages === undefined || Number.isNaN(pages))
    return undefined;
  return { rssBytes: pages * PAGE_BYTES, cpuMs: (userTicks + systemTicks) * TICK_MS };
}

/** `undefined` when the process is gone, and where there is no /proc. */
export function usageOf(pid: number): ProcessUsage | undefined {
  try {
    return parseUsage(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}
