import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const workspace = resolve(import.meta.dirname, '../..');

export interface Replay {
  readonly file: string;
  readonly project: string;
  readonly type: string;
  readonly map: string;
  /** With the scopes events:write and events:read. */
  readonly key: string;
  /** Of the Hermes to send to. */
  readonly dataDir: string;
  /** Default: as fast as it goes. */
  readonly rowsPerS?: number;
}

export interface RunningReplay {
  /** Resolves when the first row is about to go out; rejects when it fails before. */
  readonly begun: Promise<void>;
  /** Resolves with what the tool printed; rejects when it fails. */
  readonly done: Promise<string>;
  /** Rows that ingest has answered, as the tool said last. */
  readonly rowsSent: number;
  /** Ends it, in the midst if need be. */
  kill(): void;
}

/** Runs the replay tool as a user does. */
export function startReplay(replay: Replay): RunningReplay {
  const options = { project: replay.project, type: replay.type, map: replay.map, key: replay.key };
  const args = ['--no-warnings', 'stack/src/replay/main.ts', replay.file];
  for (const [name, value] of Object.entries(options)) args.push(`--${name}`, value);
  if (replay.rowsPerS !== undefined) args.push('--rate', String(replay.rowsPerS));
  const child = spawn(process.execPath, args, {
    cwd: workspace,
    env: { ...process.env, INGEST_URL: undefined, INIT_CWD: undefined, HERMES_DATA_DIR: replay.dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let rowsSent = 0;
  const lines = createInterface({ input: child.stdout });
  const firstProgress = new Promise<void>((begin) => {
    lines.on('line', (line) => {
      output += `${line}\n`;
      const progress = /^([\d,]+) rows sent, /.exec(line)?.[1];
      if (progress === undefined) return;
      rowsSent = Number(progress.replaceAll(',', ''));
      begin();
    });
  });
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const done = once(child, 'close').then(([code]: unknown[]) => {
    if (code !== 0)
      throw new Error(`The replay of ${replay.file} ended with ${String(code)}:\n${output.slice(-2_000)}`);
    return output;
  });
  const begun = Promise.race([firstProgress, done.then(() => undefined)]);
  // Whoever waits for them sees the failure; this keeps it from being called unhandled before that.
  for (const promise of [begun, done]) promise.catch(() => undefined);
  return {
    begun,
    done,
    get rowsSent() {
      return rowsSent;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
