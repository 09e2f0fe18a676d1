import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-port.ts';

/** An address from the environment. @throws Error that names what is missing */
export function serverUrl(name: 'KAFKA_BROKERS' | 'REDIS_URL' | 'CLICKHOUSE_URL' | 'DATABASE_URL'): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: server tests run on the servers that it names`);
  return value;
}

/** Asks until the answer is not undefined. @throws Error with `what` after `withinMs` */
export async function eventually<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  withinMs = 20_000,
): Promise<T> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Bundles the service in `folder` as it is shipped. */
export function buildService(folder: URL): void {
  execFileSync(process.execPath, ['../../tools/build-service.ts', '.'], { cwd: fileURLToPath(folder) });
}

/** A real service as a child process. */
export interface ServiceProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Resolves when it has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** HERMES_SERVICE_SECRET of every service that a test starts: with it a test calls as a service (`serviceToken`). */
export const TEST_SERVICE_SECRET = 'a-secret-that-only-tests-have-0123456789';

const running = new Set<ServiceProcess>();
// A test run that is ended in the middle leaves no service behind.
process.once('exit', () => {
  for (const service of running) service.child.kill('SIGKILL');
});

/** Ends every service that this test file has started and not ended, also those of a test that failed half-way. */
export async function endServices(): Promise<void> {
  await Promise.all([...running].map((service) => service.kill('SIGTERM')));
}

/**
 * Starts the bundled service in `folder`; resolves when it is ready. What it logs at `warn` and above goes to this process's stderr
 * when HERMES_TEST_LOG is set. PORT in `environment` starts it again under the address that others know.
 *
 * @throws Error when it ends before it is ready, or is not ready within 50 s
 */
export async function startService(
  folder: URL,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServiceProcess> {
  const port = environment['PORT'] ?? String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const logs = process.env['HERMES_TEST_LOG'];
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: fileURLToPath(folder),
    stdio: ['ignore', logs === undefined ? 'ignore' : 2, 'inherit'],
    env: {
      ...process.env,
      PORT: String(port),
      HERMES_LOG_LEVEL: logs ?? 'silent',
      HERMES_SERVICE_SECRET: TEST_SERVICE_SECRET,
      ...environment,
    },
  });
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      hasEnded = true;
      running.delete(service);
      resolve();
    });
  });
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (!hasEnded) child.kill(signal);
    await ended;
  };
  const service: ServiceProcess = { url, child, kill };
  running.add(service);
  try {
    await eventually(
      'the service is ready',
      async () => {
        if (hasEnded) throw new Error(`the service ended with code ${child.exitCode} before it was ready`);
        const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
        await answer?.body?.cancel();
        return answer?.status === 200 ? true : undefined;
      },
      50_000,
    );
  } catch (error) {
    await kill('SIGKILL');
    throw error;
  }
  return service;
}
