import { readFileSync } from 'node:fs';

/** Seconds of processor time: of the process with all its threads, and of its children that have ended. */
export interface ProcessCpu {
  readonly ownS: number;
  readonly endedChildrenS: number;
}

/** Clock ticks are hundredths of a second on Linux. @throws Error when there is no such process */
export function cpuOf(pid: number): ProcessCpu {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const seconds = (at: number): number => Number(fields[at]) / 100;
  return { ownS: seconds(11) + seconds(12), endedChildrenS: seconds(13) + seconds(14) };
}

export const cpuBetween = (from: ProcessCpu, to: ProcessCpu): ProcessCpu => ({
  ownS: to.ownS - from.ownS,
  endedChildrenS: to.endedChildrenS - from.endedChildrenS,
});

/** Resident bytes. */
export function residentBytesOf(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}
