import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { Job } from '@hermes/contracts/job';
import {
  buildService,
  endServices,
  eventually,
  type ServiceProcess,
  serverUrl,
  startService,
} from '@hermes/service-kit/testing/service-process';
import { makeTestProject, type TestProject, uniqueName } from '@hermes/service-kit/testing/test-project';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Misdeed } from './worker/fault.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const BUSY_S = 3;
/** From the misdeed to the end of the process, beyond the processor time that it is given. */
const ENDED_WITHIN_MS = 10_000;
/** A row of the neighbour and an answer of the service: 0.4 s where nothing else runs; other tests run beside this one. */
const ROW_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 5_000;

const folder = new URL('..', import.meta.url);
let kafka: KafkaDriver;
let project: TestProject;
let service: ServiceProcess;
let root: string;
let server: Pool;
let database: string;
let token: string;

beforeAll(async () => {
  buildService(folder);
  kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'neighbours-test' });
  project = await makeTestProject(kafka, 2);
  token = await project.token('editor');
  root = await mkdtemp(join(tmpdir(), 'neighbours-'));
  await mkdir(join(root, 'faults'));
  server = openPostgres(serverUrl('DATABASE_URL'), { maxConnections: 1 });
  database = uniqueName().replace('-', '_');
  await server.query(`CREATE DATABASE ${database}`);
  const url = new URL(serverUrl('DATABASE_URL'));
  url.pathname = `/${database}`;
  service = await startService(folder, {
    DATABASE_URL: url.href,
    HERMES_DATA_DIR: root,
    HERMES_FAULT_FOLDER: join(root, 'faults'),
    SQL_WORKER_BUSY_S: String(BUSY_S),
  });
});
afterAll(async () => {
  await endServices();
  const admin = await kafka.admin();
  await admin.deleteTopics([`${project.id}.good`, `${project.id}.bad`]);
  await project.remove();
  await kafka.close();
  await server.query(`DROP DATABASE ${database} WITH (FORCE)`);
  await server.end();
  await rm(root, { recursive: true, force: true });
});

async function call(method: string, path: string, body?: unknown): Promise<Job> {
  const answer = await fetch(`${service.url}/v1/projects/${project.id}/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return Job.parse(await answer.json());
}

/** Creates a job that copies rows as they come into a topic of its name, and starts it. */
async function startJob(name: string): Promise<string> {
  const { id } = await call('POST', 'jobs', {
    name,
    sql: `CREATE TABLE numbers (n INT, sent BIGINT) WITH ('connector' = 'kafka', 'topic' = '\${project}.events', 'format' = 'json',
            'scan.startup.mode' = 'latest-offset');
          CREATE TABLE copied (n INT, sent BIGINT) WITH ('connector' = 'kafka', 'topic' = '\${project}.${name}', 'format' = 'json');
          INSERT INTO copied SELECT n, sent FROM numbers;`,
  });
  await call('POST', `jobs/${id}/start`);
  await running(id);
  return id;
}

const running = (id: string): Promise<true> =>
  eventually('it runs', async () => ((await call('GET', `jobs/${id}`)).run?.state === 'running' ? true : undefined));

/** Sends a row every 50 ms until it is ended, and tells what the neighbour's topic had of them, and how late. */
async function rowsBeside(topic: string, meanwhile: () => Promise<void>) {
  const producer = await kafka.producer();
  const arrived = new Map<number, number>();
  const follower = await kafka.follow({
    topic,
    from: 'latest',
    maxWaitMs: 100,
    onRecord: ({ value }) => {
      const { n, sent } = JSON.parse(String(value)) as { n: number; sent: number };
      arrived.set(n, Date.now() - sent);
    },
  });
  let done = false;
  let count = 0;
  const sending = (async () => {
    for (; !done; count++) {
      await producer.send([
        { topic: `${project.id}.events`, key: String(count), value: JSON.stringify({ n: count, sent: Date.now() }) },
      ]);
      await sleep(50);
    }
  })();
  try {
    await meanwhile();
  } finally {
    done = true;
    await sending;
  }
  await eventually('every row', () => (arrived.size >= count ? true : undefined), 10_000);
  await Promise.all([follower.close(), producer.close()]);
  return { count, arrived: arrived.size, slowestMs: Math.max(...arrived.values()) };
}

const epochOf = async (job: string): Promise<number> => {
  const url = new URL(serverUrl('DATABASE_URL'));
  url.pathname = `/${database}`;
  const pool = openPostgres(url.href, { maxConnections: 1 });
  const { rows } = await pool.query<{ epoch: number }>('SELECT epoch FROM sql_executor.runs WHERE job = $1', [job]);
  await pool.end();
  return rows[0]!.epoch;
};

test('a run that takes 4 GB, fills its heap, loops or crashes is ended with the limit as its reason and comes back; its neighbour and the service do not notice', async () => {
  const [, bad] = [await startJob('good'), await startJob('bad')];
  const misdeeds: readonly (readonly [Misdeed, RegExp, number])[] = [
    ['buffer-at-once', /its memory passed 512 MB \(SQL_WORKER_RSS_MB\)/, 0],
    ['buffers-in-pieces', /its memory passed 512 MB \(SQL_WORKER_RSS_MB\)/, 0],
    ['heap', /its heap passed 192 MB \(SQL_WORKER_HEAP_MB\)/, 0],
    ['loop', /it computed for 3 s without a word \(SQL_WORKER_BUSY_S\)/, BUSY_S * 1_000],
    ['segmentation-fault', /ended with SIGSEGV/, 0],
    ['abort', /ended with SIGABRT/, 0],
  ];
  for (const [misdeed, reason, allowedMs] of misdeeds) {
    let slowestAnswerMs = 0;
    const look = async (): Promise<Job['run']> => {
      const askedMs = performance.now();
      const { run } = await call('GET', `jobs/${bad}`);
      slowestAnswerMs = Math.max(slowestAnswerMs, performance.now() - askedMs);
      return run;
    };
    const before = await epochOf(bad);
    const beside = await rowsBeside(`${project.id}.good`, async () => {
      await writeFile(join(root, 'faults', bad), misdeed);
      const run = await eventually(
        `the end of ${misdeed}`,
        async () => {
          const found = await look();
          return found?.state === 'restarting' ? found : undefined;
        },
        allowedMs + ENDED_WITHIN_MS,
      );
      expect(run.reason).toMatch(reason);
      await rm(join(root, 'faults', bad));
      await eventually('it runs again', async () => ((await look())?.state === 'running' ? true : undefined), 30_000);
    });
    expect({ misdeed, ...beside, slowestAnswerMs }).toSatisfy(
      () => beside.arrived === beside.count && beside.slowestMs < ROW_WITHIN_MS && slowestAnswerMs < ANSWER_WITHIN_MS,
    );
    // One end, or two where the second process read the order before it was gone: not a storm of them.
    expect((await epochOf(bad)) - before).toBeLessThanOrEqual(2);
    // A start by a person begins a new count of its ends.
    await call('POST', `jobs/${bad}/stop`);
    await call('POST', `jobs/${bad}/start`);
    await running(bad);
  }
});
