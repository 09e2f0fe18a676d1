import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { ExplainedJob, Job } from '@hermes/contracts/job';
import { type Heartbeat } from '@hermes/contracts/metrics';
import { METRICS_TOPIC } from '@hermes/contracts/topics';
import {
  buildService,
  eventually,
  type ServiceProcess,
  serverUrl,
  startService,
} from '@hermes/service-kit/testing/service-process';
import { makeTestProject, type TestProject, uniqueName } from '@hermes/service-kit/testing/test-project';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropTables, expectedDeals, foundDeals, sendDeals } from './testing/deals.ts';
import { demoJob } from './testing/run-harness.ts';

const folder = new URL('..', import.meta.url);

describe('sql-executor', () => {
  let kafka: KafkaDriver;
  let producer: KafkaProducer;
  let clickhouse: ClickHouseClient;
  let project: TestProject;
  let service: ServiceProcess;
  let dataDir: string;
  let dropDatabase: () => Promise<void>;
  let databaseUrl: string;
  const tokens = { viewer: '', editor: '', stranger: '' };
  const start = (): Promise<ServiceProcess> =>
    startService(folder, { DATABASE_URL: databaseUrl, HERMES_DATA_DIR: dataDir });

  beforeAll(async () => {
    buildService(folder);
    kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'sql-executor-test' });
    producer = await kafka.producer();
    clickhouse = openClickHouse(serverUrl('CLICKHOUSE_URL'));
    project = await makeTestProject(kafka, 2);
    for (const role of ['viewer', 'editor', 'stranger'] as const) tokens[role] = await project.token(role);
    dataDir = await mkdtemp(join(tmpdir(), 'sql-executor-'));
    const server = openPostgres(serverUrl('DATABASE_URL'), { maxConnections: 1 });
    const name = uniqueName().replace('-', '_');
    await server.query(`CREATE DATABASE ${name}`);
    dropDatabase = async () => {
      await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await server.end();
    };
    const url = new URL(serverUrl('DATABASE_URL'));
    url.pathname = `/${name}`;
    databaseUrl = url.href;
    service = await start();
  });
  afterAll(async () => {
    await service.kill('SIGTERM');
    await dropTables(clickhouse, project.id);
    await project.remove();
    await Promise.all([
      kafka.close(),
      clickhouse.close(),
      dropDatabase(),
      rm(dataDir, { recursive: true, force: true }),
    ]);
  });

  const call = async (
    method: string,
    path: string,
    body?: unknown,
    role: keyof typeof tokens = 'editor',
  ): Promise<{ status: number; body: unknown }> => {
    const answer = await fetch(`${service.url}/v1/projects/${project.id}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${tokens[role]}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const job = async (id: string): Promise<Job> => Job.parse((await call('GET', `jobs/${id}`)).body);
  const state = (id: string, wanted: string): Promise<Job> =>
    eventually(`the job is ${wanted}`, async () => {
      const found = await job(id);
      return found.run?.state === wanted ? found : undefined;
    });
  const rows = (count: number): Promise<string[]> =>
    eventually(`${count} deals`, async () => {
      const found = await foundDeals(clickhouse, project.id).catch(() => []);
      return found.length >= expectedDeals(project.id, count).length ? found : undefined;
    });

  test('validation answers with the place of each problem, and a text that cannot run is not stored', async () => {
    const sql = "CREATE TABLE t (x INT) WITH ('connector'='kafka');\nSELECT x FROM nowhere";
    expect((await call('POST', 'validate', { sql }, 'viewer')).body).toMatchObject({
      problems: [
        { line: 1, column: 14 },
        { line: 2, column: 15 },
      ],
    });
    expect(await call('POST', 'jobs', { name: 'bad', sql })).toMatchObject({
      status: 422,
      body: { code: 'invalid-sql' },
    });
    expect((await call('GET', 'jobs')).body).toEqual({ jobs: [] });
    expect(await call('POST', 'validate', { sql: await demoJob('deals') })).toMatchObject({ body: { problems: [] } });
  });

  test('whatever is sent, the answer is a problem with its place and never a failure of the service', async () => {
    const deals = await demoJob('deals');
    const texts = [
      `${deals}-- \u0000`,
      `${deals}-- \ud800`,
      '\u0000',
      '\u202e\u2028😀;',
      '('.repeat(50_000),
      `INSERT INTO t SELECT ${'a + '.repeat(20_000)}a FROM t`,
      'SELEC;'.repeat(16_000),
      `${deals}${'/*'.repeat(1_000)}`,
      `INSERT INTO t SELECT REPEAT('x', 2000000000)`,
      deals.slice(0, deals.length / 2),
      ' ',
    ];
    for (const sql of texts) {
      const shown = JSON.stringify(sql.slice(0, 60));
      const { problems } = (await call('POST', 'validate', { sql })).body as { problems: { line: number }[] };
      expect(problems.length, shown).toBeGreaterThan(0);
      expect(problems[0]!.line, shown).toBeGreaterThan(0);
      expect((await call('POST', 'explain', { sql })).body, shown).toMatchObject({ text: '' });
      expect(await call('POST', 'jobs', { name: 'odd', sql }), shown).toMatchObject({
        status: 422,
        body: { code: 'invalid-sql' },
      });
    }
    const bodies: unknown[] = [{ sql: 'x'.repeat(100_001) }, { sql: 5 }, { sql: null }, [], {}, 'text', 7];
    for (const body of bodies) {
      expect((await call('POST', 'validate', body)).status).toBe(400);
      expect((await call('POST', 'jobs', body)).status).toBe(400);
    }
    for (const name of ['\u0000', '\ud800', '', 'x'.repeat(201)])
      expect((await call('POST', 'jobs', { name, sql: deals })).status).toBe(400);
    for (const id of ['%00', '..%2f', '%F0%9F%98%80', "'; --"])
      expect((await call('GET', `jobs/${id}`)).status).toBe(404);
    const raw = async (body: string): Promise<number> =>
      (
        await fetch(`${service.url}/v1/projects/${project.id}/validate`, {
          method: 'POST',
          headers: { authorization: `Bearer ${tokens.editor}`, 'content-type': 'application/json' },
          body,
        })
      ).status;
    for (const body of [
      '',
      '{',
      '{"sql":"\\u"}',
      '\u0000',
      `{"sql":"${'['.repeat(1_000)}`,
      '[',
      '{"__proto__":{"sql":"x"}}',
    ])
      expect(await raw(body), body.slice(0, 30)).toBe(400);
    expect(await raw(`{"sql":"${'x'.repeat(2_000_000)}"}`)).toBe(413);
  });

  test('a text is explained as nodes that read each other, or its problems are told', async () => {
    const explain = async (sql: string): Promise<ExplainedJob> =>
      ExplainedJob.parse((await call('POST', 'explain', { sql }, 'viewer')).body);
    const { text, nodes, problems } = await explain(await demoJob('deal-minutes'));
    expect(problems).toEqual([]);
    expect(text).toContain('TUMBLE');
    expect(nodes.map(({ name }) => name)).toEqual(['Source', 'Calc', 'WindowAggregate', 'Calc', 'Sink']);
    expect(nodes.map(({ inputs }) => inputs)).toEqual([[], [0], [1], [2], [3]]);
    expect(await explain('SELECT 1')).toMatchObject({ problems: [{ line: 1, column: 1 }], text: '', nodes: [] });
  });

  test('a table that would forget a repeated insert too soon is named at validation', async () => {
    await clickhouse.command({ query: `CREATE DATABASE IF NOT EXISTS project_${project.id.replace('-', '_')}` });
    await clickhouse.command({
      query: `CREATE TABLE project_${project.id.replace('-', '_')}.short (id Nullable(String)) ENGINE = MergeTree ORDER BY tuple()`,
    });
    const sql = `CREATE TABLE e (id STRING) WITH ('connector'='kafka','topic'='\${project}.events','format'='json','scan.startup.mode'='earliest-offset');
      CREATE TABLE short (id STRING, more INT) WITH ('connector'='clickhouse'); INSERT INTO short (id) SELECT id FROM e`;
    const { problems } = (await call('POST', 'validate', { sql })).body as {
      problems: { message: string; line: number }[];
    };
    expect(problems).toMatchObject([
      { line: 2, message: expect.stringContaining('remembers 0 inserts') as string },
      { line: 2, message: expect.stringContaining('no such column') as string },
    ]);
  });

  test('who may not, cannot', async () => {
    const draft = { name: 'x', sql: await demoJob('deals') };
    expect((await call('POST', 'jobs', draft, 'viewer')).status).toBe(403);
    expect((await call('GET', 'jobs', undefined, 'stranger')).status).toBeGreaterThanOrEqual(403);
  });

  test('a job runs, comes back after kill -9 of the service, leaves no process behind, stops and goes on', async () => {
    const created = await call('POST', 'jobs', {
      name: 'deals',
      sql: await demoJob('deals'),
      checkpointIntervalMs: 200,
    });
    expect(created.status).toBe(201);
    const { id } = Job.parse(created.body);
    expect((await call('POST', 'jobs', { name: 'deals', sql: await demoJob('deals') })).status).toBe(409);
    const beats: Heartbeat[] = [];
    const follower = await kafka.follow({
      topic: METRICS_TOPIC,
      from: 'latest',
      onRecord: (record) => void beats.push(JSON.parse(record.value!.toString()) as Heartbeat),
    });
    expect((await call('POST', `jobs/${id}/start`)).status).toBe(200);
    await state(id, 'running');
    await sendDeals(producer, project.id, 0, 500);
    await rows(500);

    await service.kill('SIGKILL');
    await sendDeals(producer, project.id, 500, 1_000);
    service = await start();
    await rows(1_000);
    expect(await foundDeals(clickhouse, project.id)).toEqual(expectedDeals(project.id, 1_000));
    await eventually('a heartbeat of the job', () =>
      beats.find((beat) => beat.component === `job/${project.id}/${id}` && (beat.figures['rowsWritten'] ?? 0) > 0),
    );

    expect(Job.parse((await call('POST', `jobs/${id}/stop`)).body).run?.state).toBe('stopped');
    await sendDeals(producer, project.id, 1_000, 1_100);
    expect((await job(id)).run).toMatchObject({
      state: 'stopped',
      rowsWritten: expectedDeals(project.id, 1_000).length,
    });
    await call('POST', `jobs/${id}/start`);
    await rows(1_100);
    expect(await foundDeals(clickhouse, project.id)).toEqual(expectedDeals(project.id, 1_100));

    const changed = Job.parse(
      (
        await call('PUT', `jobs/${id}`, {
          name: 'deals',
          sql: `${await demoJob('deals')}-- changed`,
          checkpointIntervalMs: 200,
        })
      ).body,
    );
    expect(changed).toMatchObject({ version: 2, run: { state: 'running' } });
    expect((await call('DELETE', `jobs/${id}`)).status).toBe(204);
    expect((await call('GET', `jobs/${id}`)).status).toBe(404);
    await eventually('the job says that it stops', () =>
      beats.find((beat) => beat.component === `job/${project.id}/${id}` && beat.state === 'stopping'),
    );
    await follower.close();
  });

  test('a job that cannot run says why within 10 s, and takes it back when it runs, also over kill -9 of the service', async () => {
    const database = `project_${project.id.replace('-', '_')}`;
    const sql = (await demoJob('deals')).replace("'table-name' = 'deals'", "'table-name' = 'mended'");
    const { id } = Job.parse((await call('POST', 'jobs', { name: 'mended', sql })).body);
    // As if somebody had made another table of this name in between.
    await clickhouse.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` });
    await clickhouse.command({ query: `CREATE TABLE ${database}.mended (id String) ENGINE = MergeTree ORDER BY id` });
    /** What the job says, without repeats. */
    const said: string[] = [];
    const follower = await kafka.follow({
      topic: METRICS_TOPIC,
      from: 'latest',
      onRecord: (record) => {
        const beat = JSON.parse(record.value!.toString()) as Heartbeat;
        const text = beat.fault === undefined ? beat.state : 'faulty';
        if (beat.component === `job/${project.id}/${id}` && said.at(-1) !== text) said.push(text);
      },
    });
    expect((await call('POST', `jobs/${id}/start`)).status).toBe(200);
    await eventually('the fault is told', () => (said.at(-1) === 'faulty' ? true : undefined), 10_000);
    expect(said).toEqual(['running', 'faulty']);

    await service.kill('SIGKILL');
    said.length = 0;
    service = await start();
    await eventually('it is told again', () => (said.length > 0 ? true : undefined));
    expect(said).toEqual(['faulty']);

    // A person's stop ends it; a start after the cause is gone is well from the beginning.
    await call('POST', `jobs/${id}/stop`);
    await clickhouse.command({ query: `DROP TABLE ${database}.mended` });
    await call('POST', `jobs/${id}/start`);
    await state(id, 'running');
    await call('POST', `jobs/${id}/stop`);
    await eventually('both ends are heard', () => (said.length >= 4 ? true : undefined));
    expect(said).toEqual(['faulty', 'stopping', 'running', 'stopping']);
    await follower.close();
  }, 90_000);
});
