import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const guard = fileURLToPath(new URL('guard.py', import.meta.url));
let interpreter: string | undefined;

/** The Python behind `python3`; shims such as pyenv's would cost a tenth of a second at each spawn. */
export function pythonInterpreter(): string {
  interpreter ??= execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  return interpreter;
}

export interface GuardedCommand {
  argv: readonly [string, ...string[]];
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** Another user to run as; only root may ask for one. */
  uid?: number;
  /** What the kernel sends when this process dies. SIGKILL unless the command has children of its own to end. */
  deathSignal?: 'SIGKILL' | 'SIGINT' | 'SIGTERM';
  /** Somebody waits for its answers: how it is let in ahead of others; `guard.py` says what each does. */
  turn?: 'short' | 'first' | 'all-first';
}

/** The command line that binds a command to this process. @param group - `own`: signals of the terminal do not reach it */
export function guardedArgv(command: GuardedCommand, group: 'own' | 'same' = 'same'): [string, ...string[]] {
  const { argv, uid, deathSignal = 'SIGKILL', turn = '-' } = command;
  const user = uid === undefined ? '-' : String(uid);
  const signal = String(constants.signals[deathSignal]);
  return [pythonInterpreter(), '-S', '-E', guard, String(process.pid), signal, user, group, turn, ...argv];
}

/**
 * Starts a command that cannot outlive this process, its output appended to a file. The wrapper replaces itself by the
 * command, so the child's pid is the command's own.
 */
export function spawnGuarded(
  command: GuardedCommand,
  logFile: string,
  stdin: 'ignore' | 'pipe' = 'ignore',
): ChildProcess {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  try {
    const [file, ...args] = guardedArgv(command, 'own');
    return spawn(file, args, {
      stdio: [stdin, log, log],
      env: { ...process.env, ...command.env },
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    });
  } finally {
    closeSync(log);
  }
}

/** Runs a guarded command to its end, its output appended to a file; rejects unless it ends well. */
export function runGuarded(command: GuardedCommand, logFile: string, input = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawnGuarded(command, logFile, 'pipe');
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(`${command.argv[0]} ended with ${signal ?? code}: ${readFileSync(logFile, 'utf8').slice(-500)}`),
        );
    });
    child.stdin?.end(input);
  });
}
