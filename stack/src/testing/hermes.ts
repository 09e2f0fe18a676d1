import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readRunRecord, runningHermes, type RunRecord } from '../launch/run-record.ts';
import { spawnGuarded } from '../process/guarded-spawn.ts';
import { endProcess, identify, isRunning, type ProcessIdentity } from '../process/process-identity.ts';
import { waitUntil } from '../process/wait.ts';

const workspace = resolve(import.meta.dirname, '../../..');

/** A complete Hermes of a test's own. */
export interface TestHermes {
  dataDir: string;
  /** What runs now: ports, the services' environment, the demo's keys, pids. Read anew at each call. */
  record(): RunRecord;
  /** `INGEST_URL`, `CONSOLE_URL`, `CLICKHOUSE_URL`, ...; throws for an unknown one. */
  url(variable: string): string;
  admin: { email: string; password: string };
  /** SIGKILL to one process: 'ingest', 'kafka', ... Resolves when it is gone; the launcher starts it again. */
  kill9(unit: string): Promise<void>;
  /** SIGKILL to the launcher, which ends everything. */
  kill9Launcher(): Promise<void>;
  /** SIGTERM; resolves when all has ended in order. The data stay. */
  stop(): Promise<void>;
}

export interface HermesOptions {
  dataDir: string;
  /** `--no-demo` and the like. */
  args?: readonly string[];
  /** Beyond free ports; for example a server of one's own by KAFKA_BROKERS. */
  environment?: Readonly<Record<string, string>>;
  readyWithinMs?: number;
}

/** Names that would make the new Hermes use servers or settings of the one that runs the tests. */
const notInherited = [
  'KAFKA_BROKERS',
  'REDIS_URL',
  'CLICKHOUSE_URL',
  'CLICKHOUSE_ANALYST_URL',
  'DATABASE_URL',
  'HERMES_STARTED_AT_MS',
  'NODE_OPTIONS',
  'PORT',
  'VITEST',
  'NODE_ENV',
];

/**
 * Runs `start.mjs start` with a data folder and free ports of its own and resolves when it is ready. It ends, in order,
 * with the calling process. On a used data folder it goes on with those data.
 */
export async function startHermes(options: HermesOptions): Promise<TestHermes> {
  const { dataDir, args = [], readyWithinMs = 180_000 } = options;
  const log = join(dataDir, '..', `${dataDir.split('/').at(-1)}.start.log`);
  const cleared = Object.fromEntries(notInherited.map((name) => [name, undefined]));
  // One that runs there already is not the one that is being started, and makes it fail.
  const before = runningHermes(dataDir)?.launcher.pid;
  const child = spawnGuarded(
    {
      argv: [process.execPath, join(workspace, 'start.mjs'), 'start', ...args],
      cwd: workspace,
      env: { ...cleared, HERMES_PORT_BASE: '0', ...options.environment, HERMES_DATA_DIR: dataDir },
      deathSignal: 'SIGTERM',
    },
    log,
  );
  const outer = identify(child.pid ?? 0);
  const ready = await waitUntil(
    () => {
      if (child.exitCode !== null) return true;
      const now = runningHermes(dataDir);
      return now !== undefined && now.launcher.pid !== before && now.readyAtMs !== null;
    },
    { withinMs: readyWithinMs, everyMs: 100 },
  );
  if (!ready || child.exitCode !== null) {
    if (outer !== undefined) await endProcess(outer, 'SIGTERM', 30_000);
    throw new Error(`Hermes did not start; ${log} says:\n${readFileSync(log, 'utf8').slice(-2_000)}`);
  }
  return handle(dataDir, outer);
}

/**
 * The Hermes that `npm test` has started for all e2e tests, or one of the caller's own when there is none (a test file run by
 * itself). Its `stop` leaves the shared one alone. Tests that kill something start their own.
 */
export async function sharedHermes(ownDataDir: string): Promise<TestHermes> {
  const shared = process.env['HERMES_E2E_DATA_DIR'];
  if (shared === undefined || runningHermes(shared) === undefined) return startHermes({ dataDir: ownDataDir });
  return { ...handle(shared, undefined), stop: () => Promise.resolve() };
}

function handle(dataDir: string, outer: ProcessIdentity | undefined): TestHermes {
  const record = (): RunRecord => {
    const found = readRunRecord(dataDir);
    if (found === undefined) throw new Error(`no run.json in ${dataDir}`);
    return found;
  };
  const url = (variable: string): string => {
    const value = record().environment[variable];
    if (value === undefined) throw new Error(`the services' environment has no ${variable}`);
    return value;
  };
  const gone = async (identity: ProcessIdentity): Promise<void> => {
    await waitUntil(() => !isRunning(identity), { withinMs: 60_000, everyMs: 20 });
  };
  return {
    dataDir,
    record,
    url,
    admin: { email: url('HERMES_ADMIN_EMAIL'), password: url('HERMES_ADMIN_PASSWORD') },
    async kill9(unit) {
      const found = record().units[unit];
      if (found === undefined) throw new Error(`${unit} does not run`);
      await endProcess(found, 'SIGKILL', 5_000);
    },
    async kill9Launcher() {
      const { launcher, units } = record();
      await endProcess(launcher, 'SIGKILL', 5_000);
      if (outer !== undefined) await gone(outer);
      await Promise.all(Object.values(units).map(gone));
    },
    async stop() {
      const { launcher } = record();
      await endProcess(outer ?? launcher, 'SIGTERM', 60_000);
      await gone(launcher);
    },
  };
}
