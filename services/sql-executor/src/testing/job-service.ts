import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { Job } from '@hermes/contracts/job';
import { eventually, type ServiceProcess, serverUrl, startService } from '@hermes/service-kit/testing/service-process';
import { type TestProject, uniqueName } from '@hermes/service-kit/testing/test-project';
import type { Pool } from 'pg';

const FOLDER = new URL('../..', import.meta.url);

/** The service's process with a database and a data folder of its own, and its API as an editor or a viewer of one project. */
export class JobService {
  /** Of the service's own database. */
  readonly database: Pool;
  private readonly project: string;
  private readonly tokens: { readonly viewer: string; readonly editor: string };
  private readonly env: { readonly DATABASE_URL: string; readonly HERMES_DATA_DIR: string };
  private readonly drop: () => Promise<void>;
  private service: ServiceProcess;

  private constructor(
    project: string,
    tokens: JobService['tokens'],
    env: JobService['env'],
    drop: () => Promise<void>,
    service: ServiceProcess,
  ) {
    this.project = project;
    this.tokens = tokens;
    this.env = env;
    this.drop = drop;
    this.service = service;
    this.database = openPostgres(env.DATABASE_URL, { maxConnections: 1 });
  }

  static async start(project: TestProject): Promise<JobService> {
    const tokens = { viewer: await project.token('viewer'), editor: await project.token('editor') };
    const server = openPostgres(serverUrl('DATABASE_URL'), { maxConnections: 1 });
    const name = uniqueName().replace('-', '_');
    await server.query(`CREATE DATABASE ${name}`);
    const url = new URL(serverUrl('DATABASE_URL'));
    url.pathname = `/${name}`;
    const env = { DATABASE_URL: url.href, HERMES_DATA_DIR: await mkdtemp(join(tmpdir(), 'sql-executor-')) };
    const drop = async (): Promise<void> => {
      await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await server.end();
    };
    return new JobService(project.id, tokens, env, drop, await startService(FOLDER, env));
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    role: 'viewer' | 'editor' = 'editor',
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    const answer = await fetch(`${this.service.url}/v1/projects/${this.project}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.tokens[role]}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  async job(id: string): Promise<Job> {
    return Job.parse((await this.call('GET', `jobs/${id}`)).body);
  }

  async create(name: string, sql: string, checkpointIntervalMs: number): Promise<string> {
    const { status, body } = await this.call('POST', 'jobs', { name, sql, checkpointIntervalMs });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return Job.parse(body).id;
  }

  /** A new version of the text. */
  async change(id: string, sql: string): Promise<void> {
    const { name, checkpointIntervalMs } = await this.job(id);
    const { status, body } = await this.call('PUT', `jobs/${id}`, { name, sql, checkpointIntervalMs });
    if (status !== 200) throw new Error(JSON.stringify(body));
  }

  isIn(id: string, state: string): Promise<Job> {
    return eventually(`the job is ${state}`, async () => {
      const found = await this.job(id);
      return found.run?.state === state ? found : undefined;
    });
  }

  async killAndRestart(): Promise<void> {
    await this.service.kill('SIGKILL');
    this.service = await startService(FOLDER, this.env);
  }

  async close(): Promise<void> {
    await this.service.kill('SIGTERM');
    await this.database.end();
    await this.drop();
    await rm(this.env.HERMES_DATA_DIR, { recursive: true, force: true });
  }
}
