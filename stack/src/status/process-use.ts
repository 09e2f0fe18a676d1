import { readFileSync } from 'node:fs';

/** Resident memory in bytes and processor time in seconds of a process and its descendants. */
export interface ProcessUse {
  residentBytes: number;
  cpuSeconds: number;
}

/** Children by parent, from a list of /proc entries. */
function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/**
 * Proportional set size where the kernel gives it, so that PostgreSQL's processes do not count their shared memory once
 * each; otherwise resident size.
 */
export function useOf(pid: number): ProcessUse {
  const own = { residentBytes: memoryOf(pid), cpuSeconds: cpuSecondsOf(pid) };
  return childrenOf(pid)
    .map(useOf)
    .reduce(
      (sum, use) => ({
        residentBytes: sum.residentBytes + use.residentBytes,
        cpuSeconds: sum.cpuSeconds + use.cpuSeconds,
      }),
      own,
    );
}

function memoryOf(pid: number): number {
  for (const [file, pattern] of [
    ['smaps_rollup', /^Pss:\s+(\d+) kB/m],
    ['status', /^VmRSS:\s+(\d+) kB/m],
  ] as const) {
    try {
      const match = pattern.exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'));
      if (match !== null) return Number(match[1]) * 1024;
    } catch {
      // Another user's process keeps smaps to itself.
    }
  }
  return 0;
}

/** Clock ticks are hundredths of a second on Linux. */
function cpuSecondsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}
