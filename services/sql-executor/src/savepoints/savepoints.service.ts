import { type Savepoint, StartJob, type StoppedJob, StopJob, TakeSavepoint } from '@hermes/contracts/savepoint';
import type { Job } from '@hermes/contracts/job';
import { notFound, parse, ProblemError } from '@hermes/service-kit/problem';
import { matchState } from '@hermes/stream-sql/planner/state-match/match-state';
import type { JobRecord, JobsRepository } from '../jobs/jobs.repository.ts';
import type { JobsService } from '../jobs/jobs.service.ts';
import { planJob } from '../jobs/plan-job.ts';
import type { RunSupervisor } from '../runs/supervisor.ts';
import { doesNotFit } from './does-not-fit.ts';
import type { FoundSavepoint, SavepointFolder } from './savepoint-folder.ts';

export interface SavepointsParts {
  readonly repository: JobsRepository;
  readonly supervisor: RunSupervisor;
  readonly savepoints: SavepointFolder;
  readonly jobs: JobsService;
}

/** Savepoints as people handle them: taken, listed, deleted, and what starts and stops do with them. */
export class SavepointsService {
  private readonly parts: SavepointsParts;
  constructor(parts: SavepointsParts) {
    this.parts = parts;
  }

  async list(project: string, job: string): Promise<readonly Savepoint[]> {
    await this.record(project, job);
    return this.parts.savepoints.list(job);
  }

  /** Resolves when it is on disk and all rows of before are acknowledged. */
  async take(project: string, job: string, body: unknown, by: string): Promise<Savepoint> {
    const { timeoutMs } = parse(TakeSavepoint, body ?? {});
    await this.record(project, job);
    return this.taken(job, by, timeoutMs, false);
  }

  async delete(project: string, job: string, id: string, by: string): Promise<void> {
    const record = await this.record(project, job);
    const { repository, savepoints } = this.parts;
    const { run } = record;
    if (
      run !== null &&
      run.lastCheckpoint === null &&
      record.desired === 'running' &&
      (await repository.beganFrom(run.id))?.savepoint === id
    )
      throw new ProblemError({
        status: 409,
        code: 'savepoint-in-use',
        title: 'The savepoint is needed',
        detail: `The run ${run.id} begins from it and has no checkpoint of its own yet: delete it when it has, or stop the job first.`,
      });
    if (!(await savepoints.delete(job, id))) throw notFound('savepoint', id);
    await repository.audit(job, { by, what: 'savepoint-deleted', savepoint: id, run: run?.id ?? '' });
  }

  /** From a savepoint if the body names one; otherwise as `JobsService.start`. */
  async start(project: string, job: string, body: unknown, by: string): Promise<Job> {
    const { savepoint, allowNonRestoredState } = parse(StartJob, body ?? {});
    const { jobs, supervisor, repository } = this.parts;
    if (savepoint === undefined) return jobs.start(project, job);
    const record = await this.record(project, job);
    if (supervisor.isRunning(job))
      throw new ProblemError({
        status: 409,
        code: 'job-running',
        title: 'The job runs',
        detail: 'A run begins from a savepoint at its start only: stop the job first.',
      });
    const { header } = await this.found(job, savepoint);
    this.refuseMisfit(project, record, header, allowNonRestoredState);
    await supervisor.stop(job);
    // A process of the run before that was taken for dead must not write beside the new one.
    for (const run of new Set([header.run, ...(record.run === null ? [] : [record.run.id])]))
      await supervisor.fence(job, run);
    await repository.addRun(job, record.version, savepoint, allowNonRestoredState, by);
    supervisor.start(record, record.version);
    return jobs.get(project, job);
  }

  /** With a savepoint if the body asks for it: then the job runs on when there is none. */
  async stop(project: string, job: string, body: unknown, by: string): Promise<StoppedJob> {
    const { savepoint, timeoutMs } = parse(StopJob, body ?? {});
    const { jobs } = this.parts;
    if (!savepoint) return { ...(await jobs.stop(project, job)), savepoint: null };
    await this.record(project, job);
    const taken = await this.taken(job, by, timeoutMs, true);
    return { ...(await jobs.stop(project, job)), savepoint: taken };
  }

  private async taken(job: string, by: string, timeoutMs: number, thenStop: boolean): Promise<Savepoint> {
    const { supervisor, savepoints, repository } = this.parts;
    const id = savepoints.newId();
    const outcome = await supervisor.takeSavepoint(job, { id, by, thenStop, timeoutMs });
    if (outcome.kind === 'refused')
      throw new ProblemError({
        status: 409,
        code: 'savepoint-failed',
        title: 'There is no savepoint',
        detail: `The savepoint was not taken: ${outcome.message}.`,
      });
    const { shown } = await this.found(job, id);
    await repository.audit(job, {
      by,
      what: thenStop ? 'stopped-with-savepoint' : 'savepoint-taken',
      savepoint: id,
      run: shown.run,
    });
    return shown;
  }

  private refuseMisfit(
    project: string,
    record: JobRecord,
    { id, plan, holding }: FoundSavepoint['header'],
    allowNonRestoredState: boolean,
  ): void {
    const planned = planJob(record.sql, project);
    // The run itself says what is wrong with its text.
    if (planned.kind === 'refused' || allowNonRestoredState) return;
    const { unplaced } = matchState(plan, planned.plan, holding);
    if (unplaced.length === 0) return;
    throw new ProblemError({
      status: 422,
      code: 'savepoint-does-not-fit',
      title: "The savepoint does not fit the job's text",
      detail: `${doesNotFit(id, unplaced)}.`,
      extra: { unplaced },
    });
  }

  private async found(job: string, id: string): Promise<FoundSavepoint> {
    const found = await this.parts.savepoints.find(job, id).catch((error: unknown) => {
      throw new ProblemError({
        status: 422,
        code: 'savepoint-unreadable',
        title: 'The savepoint cannot be read',
        detail: `The savepoint ${id} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
        cause: error,
      });
    });
    if (found === undefined) throw notFound('savepoint', id);
    return found;
  }

  private async record(project: string, job: string): Promise<JobRecord> {
    const record = await this.parts.repository.find(project, job);
    if (record === undefined) throw notFound('job', job);
    return record;
  }
}
