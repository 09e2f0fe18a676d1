import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunState } from '@hermes/contracts/job';
import type { ServiceMetrics } from '@hermes/service-kit/metrics';
import { planJob } from '../jobs/plan-job.ts';
import type { Logger } from 'pino';
import type { JobRecord, JobsRepository, RunRecord } from '../jobs/jobs.repository.ts';
import { type PlanServers, preparePlan } from '../targets/check-plan.ts';
import { outsideOf, type OutsideSettings } from '../outside/outside-settings.ts';
import type { SavepointFolder } from '../savepoints/savepoint-folder.ts';
import { projectDatabase } from '../targets/target-table.ts';
import { backoffMs, countFailure } from './backoff.ts';
import type { BeginFrom, FromWorker, RunFigures, RunOrder, SavepointOutcome } from './messages.ts';
import { RunBeats } from './run-beats.ts';
import { CheckpointStore } from '../worker/checkpoint-store.ts';
import type { ProcessLimits } from './process-limits.ts';
import { RunProcess, type RunEnd } from './run-process.ts';

export interface SupervisorParts {
  readonly repository: JobsRepository;
  readonly servers: PlanServers;
  readonly metrics: ServiceMetrics;
  readonly logger: Logger;
  readonly limits: ProcessLimits & { readonly stateMb: number };
  readonly latencyLimitMs: number;
  readonly checkpointFolder: string;
  readonly savepoints: SavepointFolder;
  readonly connection: Pick<RunOrder, 'kafkaBrokers' | 'kafkaDriver' | 'clickhouseUrl'>;
  readonly outside: OutsideSettings;
}

/** What is known of a run right now. */
export interface RunStatus {
  readonly state: RunState;
  readonly reason: string | null;
  readonly figures: RunFigures | undefined;
}

/** What a person asks for; the rest of the order is the run's. */
export interface SavepointRequest {
  readonly id: string;
  readonly by: string;
  readonly thenStop: boolean;
  readonly timeoutMs: number;
}

const SAVE_EVERY_MS = 2_000;

/** Keeps the run of one job alive until it is stopped: a process at a time, each with a higher epoch than the one before. */
class SupervisedRun {
  private readonly parts: SupervisorParts;
  private readonly job: JobRecord;
  private readonly version: number;
  private readonly stopping = new AbortController();
  private readonly living: Promise<void>;
  private readonly beats: RunBeats;
  private run = '';
  private process: RunProcess | undefined;
  private current: RunStatus = { state: 'starting', reason: null, figures: undefined };
  private saved = '';
  private savedMs = 0;
  /** Ends of processes in a row. */
  private failures = 0;
  /** Of the process that ended last, until it was heard last. */
  private livedMs = 0;
  /** Whether the process ended, or is to end, with a savepoint. */
  private endsWithSavepoint: Promise<boolean> | undefined;

  constructor(parts: SupervisorParts, job: JobRecord, version: number, before: RunRecord | undefined) {
    this.parts = parts;
    this.job = job;
    this.version = version;
    this.beats = new RunBeats({
      metrics: parts.metrics,
      project: job.project,
      job: job.id,
      latencyLimitMs: parts.latencyLimitMs,
      figures: () => this.current.figures,
      before,
    });
    this.living = this.live();
  }

  get status(): RunStatus {
    return this.current;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** `stopped`: a person wanted it. Otherwise the service ends, and the run is to come back. */
  async stop(stopped: boolean): Promise<void> {
    this.stopping.abort();
    await this.process?.stop();
    await this.living;
    if (stopped && this.current.state !== 'failed') this.change('stopped', null);
    await Promise.all([this.beats.end(stopped), this.save(true)]);
  }

  /** Resolves with how it went. With `thenStop` no process follows the one that took it. */
  async takeSavepoint(request: SavepointRequest): Promise<SavepointOutcome> {
    const { process, version, job } = this;
    if (process === undefined || this.current.state !== 'running' || this.stopping.signal.aborted)
      return { kind: 'refused', message: 'the run is not running now' };
    const path = this.parts.savepoints.path(job.id, request.id);
    const taking = process
      .takeSavepoint({ kind: 'savepoint', ...request, path, job: job.id, version })
      .then((outcome) => outcome ?? this.lookFor(request));
    if (request.thenStop) this.endsWithSavepoint = taking.then(({ kind }) => kind === 'taken');
    return taking;
  }

  /** The process ended in the midst of it. */
  private async lookFor({ id }: SavepointRequest): Promise<SavepointOutcome> {
    const found = await this.parts.savepoints.find(this.job.id, id);
    return found === undefined
      ? { kind: 'refused', message: "the run's process ended before it was taken; the run starts again" }
      : { kind: 'taken' };
  }

  private async live(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.livedMs = 0;
      const end = await this.attempt().catch((error: unknown): RunEnd => ({
        kind: 'died',
        reason: error instanceof Error ? error.message : String(error),
      }));
      if (signal.aborted) break;
      if (end.kind === 'failed' && end.final) {
        this.parts.logger.error({ job: this.job.id, code: end.code }, `the run failed: ${end.message}`);
        this.change('failed', end.message);
        break;
      }
      if (end.kind === 'stopped') {
        const isSaved = (await this.endsWithSavepoint) === true;
        this.change('stopped', isSaved ? null : 'its input has an end: everything was read and delivered');
        break;
      }
      this.failures = countFailure(this.failures, this.livedMs);
      const reason = reasonOf(end);
      const waitMs = backoffMs(this.failures);
      this.parts.logger.warn({ job: this.job.id, waitMs }, `the run starts again: ${reason}`);
      this.change('restarting', reason);
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** From plan to the end of one process. Rejects when PostgreSQL or ClickHouse cannot be asked: tried again. */
  private async attempt(): Promise<RunEnd> {
    const { repository, servers, limits, connection, outside, checkpointFolder } = this.parts;
    const { project, id } = this.job;
    if (this.run === '') this.run = await repository.beginRun(id, this.version);
    const begin = await this.beginning(this.run);
    const text = await repository.version(id, this.version);
    if (text === undefined)
      return { kind: 'failed', code: 'no-version', message: `version ${this.version} is not there`, final: true };
    const planned = planJob(text.sql, project);
    if (planned.kind === 'refused')
      return {
        kind: 'failed',
        code: 'invalid-sql',
        message: `the text is not valid any more: ${planned.problems[0]?.message ?? ''}`,
        final: true,
      };
    const { plan } = planned;
    const { allowed, problems } = await preparePlan(servers, project, plan);
    if (problems.length > 0)
      return {
        kind: 'died',
        reason: problems.map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`)).join('; '),
      };
    const access = await outsideOf(outside, project);
    const epoch = await repository.nextEpoch(this.run);
    if (this.stopping.signal.aborted) return { kind: 'stopped' };
    this.process = new RunProcess(
      {
        kind: 'start',
        project,
        job: id,
        run: this.run,
        epoch,
        plan,
        allowed,
        checkpointIntervalMs: plan.settings.checkpointIntervalMs ?? text.checkpointIntervalMs,
        stateLimitBytes: limits.stateMb * 2 ** 20,
        folder: join(checkpointFolder, id, this.run),
        database: projectDatabase(project),
        profileStore: servers.profileStore,
        begin,
        ...connection,
        outside: access,
      },
      limits,
      (message) => this.onMessage(message),
    );
    const end = await this.process.ended;
    this.livedMs = this.process.livedMs;
    this.process = undefined;
    return (await this.endsWithSavepoint) === true ? { kind: 'stopped' } : end;
  }

  private async beginning(run: string): Promise<BeginFrom | undefined> {
    const { repository, savepoints } = this.parts;
    const begun = await repository.beganFrom(run);
    return begun === undefined
      ? undefined
      : {
          id: begun.savepoint,
          path: savepoints.path(this.job.id, begun.savepoint),
          allowNonRestoredState: begun.allowNonRestoredState,
        };
  }

  private onMessage(message: FromWorker): void {
    if (message.kind === 'failed' || message.kind === 'savepoint') return;
    if (message.kind === 'running') {
      this.change('running', null);
      return;
    }
    const { state } = this.current;
    this.current = {
      state,
      reason: state === 'running' || message.trouble !== null ? message.trouble : this.current.reason,
      figures: message.figures,
    };
    this.beats.latencies(message.latenciesMs);
    void this.save(false);
  }

  private change(state: RunState, reason: string | null): void {
    this.current = { ...this.current, state, reason };
    this.beats.tell(state, reason, this.failures);
    void this.save(true);
  }

  /** Keeps PostgreSQL up to date, seldom and only when something changed. A failure is made good by the next one. */
  private async save(now: boolean): Promise<void> {
    if (this.run === '') return;
    const { state, reason, figures } = this.current;
    const key = JSON.stringify([
      state,
      reason,
      figures?.rowsRead,
      figures?.rowsWritten,
      figures?.lateRows,
      figures?.lastCheckpoint,
    ]);
    if (key === this.saved || (!now && performance.now() - this.savedMs < SAVE_EVERY_MS)) return;
    this.saved = key;
    this.savedMs = performance.now();
    await this.parts.repository
      .saveRun(this.run, state, reason, figures)
      .catch((error: unknown) =>
        this.parts.logger.warn({ err: error, job: this.job.id }, "the run's state was not saved"),
      );
  }
}

function reasonOf(end: Exclude<RunEnd, { readonly kind: 'stopped' }>): string {
  switch (end.kind) {
    case 'fenced':
      return 'another process has taken the run over';
    case 'failed':
      return end.message;
    case 'died':
      return end.reason;
  }
}

/** Every run of this service. What should run is in PostgreSQL, so that it comes back after a crash. */
export class RunSupervisor {
  private readonly parts: SupervisorParts;
  private readonly runs = new Map<string, SupervisedRun>();

  constructor(parts: SupervisorParts) {
    this.parts = parts;
  }

  /** Starts the run of a version as a person wants it; nothing when the job has one already. */
  start(job: JobRecord, version: number): void {
    if (!this.runs.has(job.id)) this.runs.set(job.id, new SupervisedRun(this.parts, job, version, undefined));
  }

  /** Takes a run up again that was wanted when the service ended; nothing when the job has one already. */
  resume(job: JobRecord): void {
    if (this.runs.has(job.id)) return;
    this.runs.set(job.id, new SupervisedRun(this.parts, job, job.runVersion ?? job.version, job.run ?? undefined));
  }

  /** Resolves when the process has ended, its last checkpoint made. */
  async stop(job: string): Promise<void> {
    const run = this.runs.get(job);
    await run?.stop(true);
    if (this.runs.get(job) === run) this.runs.delete(job);
  }

  /** Takes a savepoint of the job's run, if it runs now. */
  async takeSavepoint(job: string, request: SavepointRequest): Promise<SavepointOutcome> {
    const run = this.runs.get(job);
    if (run === undefined) return { kind: 'refused', message: 'the job is stopped' };
    return run.takeSavepoint(request);
  }

  /** No process of this run that may still live makes a checkpoint from now on. */
  async fence(job: string, run: string): Promise<void> {
    const epoch = await this.parts.repository.nextEpoch(run);
    await CheckpointStore.fence(join(this.parts.checkpointFolder, job, run), epoch);
  }

  /** Ends the job's run and forgets its checkpoints and savepoints. */
  async remove(job: string): Promise<void> {
    await this.stop(job);
    await rm(join(this.parts.checkpointFolder, job), { recursive: true, force: true });
    await this.parts.savepoints.forget(job);
  }

  isRunning(job: string): boolean {
    const state = this.runs.get(job)?.status.state;
    return state !== undefined && state !== 'failed';
  }

  status(job: string): (RunStatus & { readonly pid: number | undefined }) | undefined {
    const run = this.runs.get(job);
    return run === undefined ? undefined : { ...run.status, pid: run.pid };
  }

  statuses(): readonly RunStatus[] {
    return [...this.runs.values()].map((run) => run.status);
  }

  /** The service ends; runs come back with it. */
  async close(): Promise<void> {
    await Promise.all([...this.runs.values()].map((run) => run.stop(false)));
  }
}
