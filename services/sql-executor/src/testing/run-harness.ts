import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClickHouseClient } from '@clickhouse/client';
import { serverUrl } from '@hermes/service-kit/testing/service-process';
import { planJob } from '../jobs/plan-job.ts';
import type {
  BeginFrom,
  FromWorker,
  OutsideAccess,
  ProfileStoreAccess,
  RunFigures,
  SavepointOrder,
} from '../runs/messages.ts';
import { type RunEnd, RunProcess } from '../runs/run-process.ts';
import { preparePlan } from '../targets/check-plan.ts';
import { projectDatabase } from '../targets/target-table.ts';

const WORKER = fileURLToPath(new URL('../../dist/worker.js', import.meta.url));
const JOBS = new URL('../../../../stack/src/demo/jobs/', import.meta.url);

/** The text of one of the demo's jobs. */
export const demoJob = (name: 'deals' | 'deal-minutes'): Promise<string> =>
  readFile(new URL(`${name}.sql`, JOBS), 'utf8');

/** One run with processes one after the other, as the supervisor starts them, without service and PostgreSQL. */
export class RunHarness {
  private readonly project: string;
  private readonly sql: string;
  /** Of the run's checkpoints. */
  folder: string;
  private readonly clickhouseUrl: string;
  private epoch = 0;
  figures: RunFigures | undefined;
  failures: string[] = [];
  trouble: string | null = null;
  profileStore: ProfileStoreAccess | null = null;
  outside: OutsideAccess = { filesFolder: null, servers: [], connections: {} };
  stateLimitBytes = 128 * 2 ** 20;
  private runId: string;
  private begin: BeginFrom | undefined;

  private constructor(project: string, sql: string, folder: string, clickhouseUrl: string) {
    this.project = project;
    this.sql = sql;
    this.folder = folder;
    this.clickhouseUrl = clickhouseUrl;
    this.runId = `job-${project}`;
  }

  static async open(client: ClickHouseClient, project: string, sql: string): Promise<RunHarness> {
    const harness = new RunHarness(
      project,
      sql,
      join(await mkdtemp(join(tmpdir(), 'run-')), 'run'),
      serverUrl('CLICKHOUSE_URL'),
    );
    const { problems } = await preparePlan({ clickhouse: client, profileStore: null }, project, harness.plan());
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    return harness;
  }

  private plan() {
    const planned = planJob(this.sql, this.project);
    if (planned.kind === 'refused') throw new Error(JSON.stringify(planned.problems));
    return planned.plan;
  }

  /** Starts the next process; `fault` is where it dies. */
  start(fault = ''): RunProcess {
    process.env['HERMES_FAULT'] = fault;
    this.epoch++;
    return new RunProcess(
      {
        kind: 'start',
        project: this.project,
        job: 'job',
        run: this.runId,
        epoch: this.epoch,
        plan: this.plan(),
        allowed: {},
        checkpointIntervalMs: 100,
        stateLimitBytes: this.stateLimitBytes,
        folder: this.folder,
        kafkaBrokers: serverUrl('KAFKA_BROKERS').split(','),
        kafkaDriver: 'kafkajs',
        clickhouseUrl: this.clickhouseUrl,
        database: projectDatabase(this.project),
        outside: this.outside,
        profileStore: this.profileStore,
        begin: this.begin,
      },
      { heapMb: 192, rssMb: 512, busyMs: 20_000 },
      (message: FromWorker) => {
        if (message.kind === 'report') {
          this.figures = message.figures;
          this.trouble = message.trouble;
        }
        if (message.kind === 'failed') this.failures.push(`${message.code}: ${message.message}`);
      },
      WORKER,
    );
  }

  /** Where savepoints go, as `<job>/<id>`. */
  get savepointFolder(): string {
    return join(dirname(this.folder), 'savepoints');
  }

  /** Asks a process for a savepoint. */
  takeSavepoint(
    process_: RunProcess,
    id: string,
    more: Partial<SavepointOrder> = {},
  ): ReturnType<RunProcess['takeSavepoint']> {
    const path = join(this.savepointFolder, 'job', id);
    const order = { kind: 'savepoint', id, path, job: 'job', version: 1, by: 'test', thenStop: false } as const;
    return process_.takeSavepoint({ ...order, timeoutMs: 30_000, ...more });
  }

  /** Processes that start from now on are of another run, which begins from a savepoint. */
  nextRunFrom(id: string): void {
    this.runId += '-next';
    this.folder += '-next';
    this.figures = undefined;
    this.begin = { id, path: join(this.savepointFolder, 'job', id), allowNonRestoredState: false };
  }

  /** Kills the process as the system does, and waits for its end. */
  async kill(process_: RunProcess): Promise<RunEnd> {
    if (process_.pid !== undefined) process.kill(process_.pid, 'SIGKILL');
    return process_.ended;
  }

  close(): Promise<void> {
    return rm(dirname(this.folder), { recursive: true, force: true });
  }
}
