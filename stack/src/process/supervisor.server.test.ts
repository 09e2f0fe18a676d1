import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endProcess, identify, isRunning, type ProcessIdentity } from './process-identity.ts';
import { Supervisor, type Unit } from './supervisor.ts';
import { waitUntil } from './wait.ts';

let folder: string;
const supervisors: Supervisor[] = [];
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 't-supervisor-'))));
afterEach(async () => {
  await Promise.all(supervisors.splice(0).map((each) => each.stopAll(['demo', 'service', 'part'])));
  rmSync(folder, { recursive: true });
});

const supervisor = (said: (line: string) => void = () => undefined): Supervisor => {
  const made = new Supervisor(() => undefined, said);
  supervisors.push(made);
  return made;
};

const shell = (name: string, script: string, more: Partial<Unit> = {}): Unit => ({
  name,
  kind: 'service',
  command: () => Promise.resolve({ argv: ['bash', '-c', script] }),
  ready: () => Promise.resolve(true),
  readyWithinMs: 5_000,
  stop: { signal: 'SIGTERM', graceMs: 1_000 },
  logFile: join(folder, `${name}.log`),
  ...more,
});

/** A script that says when its traps are set. */
const trapped = (name: string, traps: string, more: Partial<Unit> = {}): Unit =>
  shell(name, `${traps}; touch ${folder}/${name}.up; while true; do sleep 0.05; done`, {
    ready: () => Promise.resolve(existsSync(join(folder, `${name}.up`))),
    ...more,
  });

const processOf = (of: Supervisor, name: string): ProcessIdentity => of.states()[name]!;

test('what dies is back within 2 s, as another process, and its restarts are counted', async () => {
  const watching = supervisor();
  await watching.start(shell('sleeper', 'exec sleep 60'));
  const first = processOf(watching, 'sleeper');
  const killedAtMs = performance.now();
  process.kill(first.pid, 'SIGKILL');
  expect(
    await waitUntil(() => isRunning(processOf(watching, 'sleeper')) && !isRunning(first), {
      withinMs: 2_000,
      everyMs: 10,
    }),
  ).toBe(true);
  expect(performance.now() - killedAtMs).toBeLessThan(2_000);
  expect(watching.states()['sleeper']).toMatchObject({ restarts: 1 });
});

test('what cannot come up fails the start with its last words', async () => {
  const broken = shell('broken', 'echo "no such setting" >&2; exit 78', { ready: () => Promise.resolve(false) });
  await expect(supervisor().start(broken)).rejects.toThrow(
    /broken ended 3 times before it was ready \(exit code 78\).*no such setting/,
  );
});

test('what is stopped stays stopped, until it is resumed', async () => {
  const watching = supervisor();
  await watching.start(shell('sleeper', 'exec sleep 60'));
  const first = processOf(watching, 'sleeper');
  await watching.stop('sleeper');
  expect(isRunning(first)).toBe(false);
  expect(watching.states()).toEqual({});
  await watching.resume('sleeper');
  expect(isRunning(processOf(watching, 'sleeper'))).toBe(true);
});

/** Notes each start and end in `<name>.life`, and takes `seconds` to end. */
const noted = (name: string, seconds: number): Unit => {
  const life = join(folder, `${name}.life`);
  return trapped(name, `echo start >> ${life}; trap 'sleep ${seconds}; echo end >> ${life}; exit 0' TERM`);
};
const lifeOf = (name: string): string[] =>
  readFileSync(join(folder, `${name}.life`), 'utf8')
    .trim()
    .split('\n');

test('what is resumed while it still stops comes back once, after its end', async () => {
  const watching = supervisor();
  await watching.start(noted('slow', 0.4));
  const first = processOf(watching, 'slow');
  const stopped = watching.stop('slow');
  await Promise.all([watching.resume('slow'), stopped]);
  await waitUntil(() => lifeOf('slow').length === 3, { withinMs: 2_000 });
  const second = processOf(watching, 'slow');
  // Longer than the wait before a restart: a death that was taken for the second one's would show.
  await sleep(500);
  expect(lifeOf('slow')).toEqual(['start', 'end', 'start']);
  expect(isRunning(first)).toBe(false);
  expect(processOf(watching, 'slow')).toEqual(second);
  expect(isRunning(second)).toBe(true);
});

test('what is stopped again while its resume waits stays stopped', async () => {
  const watching = supervisor();
  await watching.start(noted('slow', 0.3));
  await Promise.all([watching.stop('slow'), watching.resume('slow'), watching.stop('slow')]);
  await sleep(400);
  expect(lifeOf('slow')).toEqual(['start', 'end']);
  expect(watching.states()).toEqual({});
});

test('what is stopped and resumed between its death and its restart comes back once', async () => {
  const watching = supervisor();
  await watching.start(noted('sleeper', 0));
  process.kill(processOf(watching, 'sleeper').pid, 'SIGKILL');
  await waitUntil(() => watching.states()['sleeper'] === undefined, { withinMs: 2_000, everyMs: 5 });
  await watching.stop('sleeper');
  await watching.resume('sleeper');
  const second = processOf(watching, 'sleeper');
  await sleep(600);
  expect(lifeOf('sleeper')).toEqual(['start', 'start']);
  expect(processOf(watching, 'sleeper')).toEqual(second);
});

test('what does not heed SIGTERM is killed when its grace is over', async () => {
  const watching = supervisor();
  await watching.start(trapped('deaf', "trap '' TERM"));
  const deaf = processOf(watching, 'deaf');
  const toldAtMs = performance.now();
  await watching.stop('deaf');
  expect(performance.now() - toldAtMs).toBeGreaterThanOrEqual(1_000);
  expect(isRunning(deaf)).toBe(false);
});

test('everything ends group after group: no server goes before the services that use it', async () => {
  const watching = supervisor();
  const farewell = (name: string, seconds: number): string =>
    `trap 'sleep ${seconds}; echo ${name} >> ${folder}/order; exit 0' TERM`;
  await watching.start(trapped('server', farewell('server', 0), { kind: 'part' }));
  await watching.start(trapped('slow-service', farewell('service', 0.3)));
  await watching.start(trapped('city', farewell('demo', 0.1), { kind: 'demo' }));
  await watching.stopAll(['demo', 'service', 'part']);
  expect(readFileSync(join(folder, 'order'), 'utf8')).toBe('demo\nservice\nserver\n');
});

test('kill -9 of the process that started them leaves no orphan', async () => {
  const program = join(folder, 'launcher.ts');
  const pidFile = join(folder, 'pid');
  writeFileSync(
    program,
    `import { spawnGuarded } from ${JSON.stringify(join(import.meta.dirname, 'guarded-spawn.ts'))};
     import { writeFileSync } from 'node:fs';
     const child = spawnGuarded({ argv: ['sleep', '60'] }, ${JSON.stringify(join(folder, 'child.log'))});
     child.once('spawn', () => writeFileSync(${JSON.stringify(pidFile)}, String(child.pid)));
     setInterval(() => undefined, 1000);`,
  );
  const launcher = spawn(process.execPath, ['--no-warnings', program], { stdio: 'inherit' });
  const commandOf = (pid: number): string =>
    execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  try {
    expect(
      await waitUntil(() => existsSync(pidFile) && commandOf(Number(readFileSync(pidFile, 'utf8'))) === 'sleep', {
        withinMs: 5_000,
      }),
    ).toBe(true);
    const orphan = identify(Number(readFileSync(pidFile, 'utf8')))!;
    launcher.kill('SIGKILL');
    expect(await waitUntil(() => !isRunning(orphan), { withinMs: 2_000, everyMs: 10 })).toBe(true);
  } finally {
    launcher.kill('SIGKILL');
  }
});

test('a pid that was given to another process is not the process that had it', async () => {
  const child = spawn('sleep', ['60']);
  const identity = identify(child.pid!)!;
  await endProcess({ ...identity, startTicks: identity.startTicks - 1 }, 'SIGKILL', 100);
  expect(isRunning(identity)).toBe(true);
  await endProcess(identity, 'SIGKILL', 1_000);
  expect(isRunning(identity)).toBe(false);
});
