import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICE_NAMES, type ServiceName } from '@hermes/contracts/identifiers';
import { isFree } from '../../preflight.mjs';
import { guardedArgv } from '../process/guarded-spawn.ts';
import { Sentence } from '../process/sentence.ts';
import { waitUntil } from '../process/wait.ts';
import { runningHermes } from './run-record.ts';
import { readSettings } from './settings.ts';
import { takePlaceOf } from './suspension.ts';

const inspectPort = 9229;

/**
 * `npm run dev -- SERVICE`: takes the place of the supervised service in the running stack, rebuilds it whenever its
 * sources change, and runs it with a debugger open. Ends at Ctrl-C; the supervised one then comes back.
 */
export async function dev(args: readonly string[]): Promise<number> {
  const name = SERVICE_NAMES.find((service) => service === args[0]);
  if (name === undefined) throw new Sentence(`Which service? npm run dev -- ${SERVICE_NAMES.join('|')}.`);
  const { dataDir, workspace } = readSettings(process.env, Date.now());
  const record = runningHermes(dataDir);
  if (record?.readyAtMs === undefined || record.readyAtMs === null)
    throw new Sentence('Hermes does not run yet: npm start in another terminal, then again.');
  const port = record.ports[name];
  const giveBack = takePlaceOf(dataDir, name);
  try {
    if (!(await waitUntil(() => isFree(port), { withinMs: 15_000 })))
      throw new Sentence(`${name} did not leave port ${port} within 15 s.`);
    await develop(name, workspace, { ...process.env, ...record.environment, PORT: String(port) });
    return 0;
  } finally {
    giveBack();
  }
}

/** Bundles by esbuild in watch mode; Node's own watch mode restarts the service when the bundle has changed. */
async function develop(name: ServiceName, workspace: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const folder = join(workspace, 'services', name);
  const bundle = ['--no-warnings', join(workspace, 'tools/build-service.ts'), folder];
  await ended(spawn(process.execPath, bundle, { stdio: 'inherit' }));
  const watching = ['--watch-path=dist', '--watch-preserve-output', `--inspect=127.0.0.1:${inspectPort}`];
  const [builder, service] = [
    [process.execPath, ...bundle, '--watch'],
    [process.execPath, ...watching, '--enable-source-maps', 'dist/main.js'],
  ].map(([file = '', ...rest]) => {
    const [guard, ...argv] = guardedArgv({ argv: [file, ...rest], deathSignal: 'SIGTERM' });
    return spawn(guard, argv, {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
  }) as [ChildProcess, ChildProcess];
  process.stdout.write(
    `${name} runs from source; it restarts when a file changes; debugger on 127.0.0.1:${inspectPort}; Ctrl-C ends it\n`,
  );
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
    service.once('exit', () => resolve());
  });
  for (const child of [service, builder]) child.kill('SIGTERM');
  await Promise.race([Promise.all([ended(service), ended(builder)]), sleep(10_000)]);
  for (const child of [service, builder]) child.kill('SIGKILL');
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => void child.once('exit', () => resolve()));
}
