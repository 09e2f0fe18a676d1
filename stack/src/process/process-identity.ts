import { readFileSync } from 'node:fs';
import { waitUntil } from './wait.ts';

/** A process for certain: pids are used again, the pair of pid and start time is not. */
export interface ProcessIdentity {
  pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks since boot. */
  startTicks: number;
}

/** The identity of a running process; undefined when there is none of that pid, or only its unreaped remains. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces and brackets of its own.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : { pid, startTicks: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

export function isRunning(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startTicks === identity.startTicks;
}

/** Sends a signal to exactly that process. False when it is gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false;
  }
}

/** Ends a process: first by `signal`, then, after `graceMs`, by SIGKILL. Resolves when it is gone. */
export async function endProcess(identity: ProcessIdentity, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  if (!signalProcess(identity, signal)) return;
  if (await waitUntil(() => !isRunning(identity), { withinMs: graceMs, everyMs: 20 })) return;
  signalProcess(identity, 'SIGKILL');
  await waitUntil(() => !isRunning(identity), { withinMs: 5_000, everyMs: 20 });
}
