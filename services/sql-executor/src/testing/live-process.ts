/** The process that `npm run bench -- delivery` starts: in the supervisor's place, it starts one run as shipped and says when it reads. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LiveOrder, LiveSaid } from '@hermes/stream-sql/testing/live-run';
import { RunProcess } from '../runs/run-process.ts';

const SERVICE = fileURLToPath(new URL('../..', import.meta.url));
const STATE_LIMIT_BYTES = 128 * 2 ** 20;
/** The defaults of SQL_WORKER_HEAP_MB, SQL_WORKER_RSS_MB and SQL_WORKER_BUSY_S. */
const LIMITS = { heapMb: 192, rssMb: 512, busyMs: 20_000 };

const say = (said: LiveSaid): void => {
  if (process.connected) process.send?.(said);
};

process.on('message', (order: LiveOrder) => {
  live(order).catch((error: unknown) => say({ kind: 'ended', reason: String(error) }));
});

async function live({ project, plan, brokers, checkpointIntervalMs }: LiveOrder): Promise<void> {
  execFileSync(process.execPath, ['../../tools/build-service.ts', '.'], { cwd: SERVICE });
  const folder = await mkdtemp(join(tmpdir(), 'live-run-'));
  const run = new RunProcess(
    {
      kind: 'start',
      project,
      job: 'job',
      run: 'bench',
      epoch: 1,
      plan,
      allowed: {},
      checkpointIntervalMs,
      stateLimitBytes: STATE_LIMIT_BYTES,
      folder: join(folder, 'run'),
      kafkaBrokers: brokers,
      kafkaDriver: 'platformatic',
      clickhouseUrl: '',
      database: '',
      outside: { filesFolder: null, servers: [], connections: {} },
      profileStore: null,
    },
    LIMITS,
    (message) => {
      if (message.kind === 'running') say({ kind: 'running', pid: run.pid ?? 0 });
    },
    join(SERVICE, 'dist', 'worker.js'),
  );
  process.once('disconnect', () => {
    void run
      .stop()
      .then(() => rm(folder, { recursive: true, force: true }))
      .then(() => process.exit(0));
  });
  const end = await run.ended;
  say({ kind: 'ended', reason: 'message' in end ? end.message : 'reason' in end ? end.reason : end.kind });
}
