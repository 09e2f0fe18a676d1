import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

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
}

/** Runs the replay tool as a user does. Resolves with what it printed; rejects when it fails. */
export async function runReplay(replay: Replay): Promise<string> {
  const args = [
    '--no-warnings',
    'stack/src/replay/main.ts',
    replay.file,
    '--project',
    replay.project,
    '--type',
    replay.type,
    '--map',
    replay.map,
    '--key',
    replay.key,
  ];
  const child = spawn(process.execPath, args, {
    cwd: workspace,
    env: { ...process.env, INGEST_URL: undefined, INIT_CWD: undefined, HERMES_DATA_DIR: replay.dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  if (code !== 0) throw new Error(`The replay of ${replay.file} ended with ${String(code)}:\n${output.slice(-2_000)}`);
  return output;
}
