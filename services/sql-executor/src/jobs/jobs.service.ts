import { randomBytes } from 'node:crypto';
import { type ExplainedJob, type Job, JobDraft, type SqlProblem } from '@hermes/contracts/job';
import { notFound, parse, ProblemError } from '@hermes/service-kit/problem';
import { explainPlan } from '@hermes/stream-sql/planner/explain/explain-plan';
import { explainedGraph } from '@hermes/stream-sql/planner/explain/explained-graph';
import type { RunSupervisor } from '../runs/supervisor.ts';
import { checkPlan, type PlanServers } from '../targets/check-plan.ts';
import { invalidSql } from './invalid-sql.ts';
import { planJob } from './plan-job.ts';
import { shownNodes } from './shown-nodes.ts';
import type { JobRecord, JobsRepository } from './jobs.repository.ts';

/** What is none is asked of nobody: PostgreSQL takes no U+0000. */
const JOB_ID = /^[\w-]{1,100}$/;

/** Jobs as people handle them. A text that cannot run is not stored. */
export class JobsService {
  private readonly repository: JobsRepository;
  private readonly supervisor: RunSupervisor;
  private readonly servers: PlanServers;

  constructor(repository: JobsRepository, supervisor: RunSupervisor, servers: PlanServers) {
    this.repository = repository;
    this.supervisor = supervisor;
    this.servers = servers;
  }

  async list(project: string): Promise<readonly Job[]> {
    return (await this.repository.list(project)).map((record) => this.shown(record));
  }

  async get(project: string, id: string): Promise<Job> {
    return this.shown(await this.record(project, id));
  }

  async create(project: string, body: unknown, by: string): Promise<Job> {
    const draft = await this.valid(project, body);
    const id = `j-${randomBytes(6).toString('hex')}`;
    if (!(await this.repository.create(project, id, draft, by))) throw nameTaken(draft.name);
    return this.get(project, id);
  }

  /** A new version; a running job goes on with the one before until it is stopped and started. */
  async update(project: string, id: string, body: unknown, by: string): Promise<Job> {
    const draft = await this.valid(project, body);
    const updated = await this.repository.update(project, id, draft, by);
    if (updated === undefined) throw notFound('job', id);
    if (!updated) throw nameTaken(draft.name);
    return this.get(project, id);
  }

  async start(project: string, id: string): Promise<Job> {
    const record = await this.record(project, id);
    if (this.supervisor.isRunning(id)) return this.shown(record);
    await this.supervisor.stop(id);
    await this.repository.setDesired(id, 'running', record.version);
    await this.repository.beginRun(id, record.version);
    this.supervisor.start(record, record.version);
    return this.get(project, id);
  }

  async stop(project: string, id: string): Promise<Job> {
    await this.record(project, id);
    await this.repository.setDesired(id, 'stopped');
    await this.supervisor.stop(id);
    return this.get(project, id);
  }

  async delete(project: string, id: string): Promise<void> {
    await this.record(project, id);
    await this.repository.delete(id);
    await this.supervisor.remove(id);
  }

  /** Everything that is wrong with a text: in the text itself, the table that it writes, the features that it names. */
  async problems(project: string, sql: string): Promise<readonly SqlProblem[]> {
    const planned = planJob(sql, project);
    if (planned.kind === 'refused') return planned.problems;
    return checkPlan(this.servers, project, planned.plan);
  }

  /** What a text would run, as far as the text alone says. */
  explain(project: string, sql: string): ExplainedJob {
    const planned = planJob(sql, project);
    if (planned.kind === 'refused') return { problems: [...planned.problems], text: '', nodes: [] };
    return { problems: [], text: explainPlan(planned.plan), nodes: shownNodes(explainedGraph(planned.plan)) };
  }

  private async valid(project: string, body: unknown): Promise<JobDraft> {
    const draft = parse(JobDraft, body);
    const problems = await this.problems(project, draft.sql);
    if (problems.length === 0) return draft;
    throw invalidSql(problems);
  }

  private async record(project: string, id: string): Promise<JobRecord> {
    const record = JOB_ID.test(id) ? await this.repository.find(project, id) : undefined;
    if (record === undefined) throw notFound('job', id);
    return record;
  }

  private shown({ run, ...record }: JobRecord): Job {
    const status = this.supervisor.status(record.id);
    const figures = status?.figures;
    return {
      id: record.id,
      project: record.project,
      name: record.name,
      version: record.version,
      sql: record.sql,
      checkpointIntervalMs: record.checkpointIntervalMs,
      createdAt: record.createdAt.toISOString(),
      run:
        run === null
          ? null
          : {
              id: run.id,
              state: status?.state ?? (record.desired === 'stopped' && run.state !== 'failed' ? 'stopped' : run.state),
              reason: status === undefined ? run.reason : status.reason,
              startedAt: run.startedAt.toISOString(),
              rowsRead: figures?.rowsRead ?? run.rowsRead,
              rowsWritten: figures?.rowsWritten ?? run.rowsWritten,
              lateRows: figures?.lateRows ?? run.lateRows,
              lastCheckpoint: figures?.lastCheckpoint ?? run.lastCheckpoint,
              lastCheckpointAt: figures?.lastCheckpointAt ?? run.lastCheckpointAt?.toISOString() ?? null,
            },
    };
  }
}

const nameTaken = (name: string): ProblemError =>
  new ProblemError({
    status: 409,
    code: 'name-taken',
    title: 'The name is taken',
    detail: `The project has a job called '${name}': choose another name.`,
  });
