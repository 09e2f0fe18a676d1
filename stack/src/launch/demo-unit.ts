import { join } from 'node:path';
import type { Unit } from '../process/supervisor.ts';

/** The simulated city as a supervised process: sends its events through ingest like any client. */
export function demoUnit(dataDir: string, environment: Readonly<Record<string, string>>, writeKey: string): Unit {
  return {
    name: 'demo',
    kind: 'demo',
    command: async () => ({
      argv: [
        process.execPath,
        '--no-warnings',
        '--max-old-space-size=128',
        join(import.meta.dirname, '../demo/main.ts'),
      ],
      env: {
        INGEST_URL: environment['INGEST_URL'],
        HERMES_WRITE_KEY: writeKey,
        HERMES_DATA_DIR: dataDir,
        NODE_OPTIONS: undefined,
      },
    }),
    ready: () => Promise.resolve(true),
    readyWithinMs: 10_000,
    stop: { signal: 'SIGTERM', graceMs: 5_000 },
    logFile: join(dataDir, 'logs', 'demo.log'),
  };
}
