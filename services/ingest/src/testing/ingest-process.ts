import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';

const folder = fileURLToPath(new URL('../..', import.meta.url));

/** Bundles the service as it is shipped. */
export function buildIngest(): void {
  execFileSync(process.execPath, ['../../tools/build-service.ts', '.'], { cwd: folder });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface IngestProcess {
  readonly url: string;
  /** Resolves when it has ended, with the signal that ended it. */
  readonly ended: Promise<NodeJS.Signals | null>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Starts the real service as a child process; resolves when it is ready. */
export async function startIngest(environment: Readonly<Record<string, string>> = {}): Promise<IngestProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child: ChildProcess = spawn(process.execPath, ['dist/main.js'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      PORT: String(port),
      HERMES_LOG_LEVEL: 'error',
      KAFKA_SESSION_TIMEOUT_MS: '6000',
      ...environment,
    },
  });
  let hasEnded = false;
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('exit', (_, signal) => {
      hasEnded = true;
      resolve(signal);
    });
  });
  await eventually('ingest is ready', async () => {
    if (hasEnded) throw new Error('ingest ended before it was ready');
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.status === 200 ? true : undefined;
  });
  return {
    url,
    ended,
    async kill(signal) {
      if (!hasEnded) child.kill(signal);
      await ended;
    },
  };
}
