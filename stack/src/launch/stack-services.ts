import { join } from 'node:path';
import { SERVICE_NAMES, type ServiceName } from '@hermes/contracts/identifiers';
import type { Unit } from '../process/supervisor.ts';
import type { Secrets } from './secrets.ts';
import type { StackSettings } from './settings.ts';

/** `INGEST_URL`, `PROFILE_STORE_URL`, ... */
export const serviceUrlVariable = (name: ServiceName): string => `${name.toUpperCase().replace('-', '_')}_URL`;

/** What every service gets beside its own PORT. */
export function serviceEnvironment(
  settings: StackSettings,
  ports: StackSettings['ports'],
  secrets: Secrets,
  servers: Readonly<Record<string, string>>,
): Record<string, string> {
  const urls = SERVICE_NAMES.map((name) => [serviceUrlVariable(name), `http://127.0.0.1:${ports[name]}`]);
  return {
    ...servers,
    ...Object.fromEntries(urls),
    HERMES_DATA_DIR: settings.dataDir,
    // Receivers of webhooks, and what rules look up with, run beside a local stack.
    WEBHOOK_PRIVATE_ADDRESSES: 'allow',
    RULE_ENGINE_LOOKUP_PRIVATE_ADDRESSES: 'allow',
    HERMES_ADMIN_EMAIL: secrets.adminEmail,
    HERMES_ADMIN_PASSWORD: secrets.adminPassword,
    HERMES_SERVICE_SECRET: secrets.serviceSecret,
  };
}

/** How one service is run. `argv` other than the built bundle is for `npm run dev`. */
export function serviceUnit(
  name: ServiceName,
  settings: StackSettings,
  port: number,
  environment: Readonly<Record<string, string>>,
): Unit {
  const folder = join(settings.workspace, 'services', name);
  return {
    name,
    kind: 'service',
    command: async () => ({
      argv: [process.execPath, '--enable-source-maps', ...heapFlags(name), 'dist/main.js'],
      cwd: folder,
      turn: name === 'profile-store' ? 'first' : 'short',
      env: { ...environment, PORT: String(port), NODE_ENV: 'production', NODE_OPTIONS: undefined },
    }),
    ready: () => answersReady(port),
    readyWithinMs: 120_000,
    stop: { signal: 'SIGTERM', graceMs: 10_000 },
    logFile: join(settings.dataDir, 'logs', `${name}.log`),
  };
}

/** Upper bounds of the heap; idle use is far below. */
const heapMb: Record<ServiceName, number> = {
  console: 256,
  ingest: 384,
  'sql-executor': 512,
  // These two keep what they count in buffers: when those come to half of it, V8 marks everything at once, which takes up to a third of a second.
  'rule-engine': 1_024,
  'profile-store': 2_048,
  alerting: 256,
};

/**
 * A small young generation: collected more often, but in 3 ms instead of 24, which every event behind it would wait. Of a read of a profile
 * nothing is left behind an answer, so there a larger one costs no longer pauses, and a sixth less.
 */
const heapFlags = (name: ServiceName): readonly string[] => [
  `--max-old-space-size=${heapMb[name]}`,
  `--max-semi-space-size=${name === 'profile-store' ? 32 : 4}`,
  // A collection that waits until its helpers get a core, beside the servers and, in profile-store, the thread that answers, takes four times as
  // long as one without. The old generation may grow to four times of what lives in it, as nearly all of that lives as long as the service; and buffers count
  // for that, instead of beginning a collection with every 64 MB of them. What V8 guesses to live long it allocates among what does, and after a
  // collection at a bad moment it guesses so of requests, for good (0146).
  ...(name === 'profile-store' || name === 'rule-engine'
    ? [
        '--single-threaded-gc',
        '--heap-growing-percent=300',
        '--external-memory-accounted-in-global-limit',
        '--no-allocation-site-pretenuring',
      ]
    : []),
];

export async function answersReady(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return response.ok;
}
