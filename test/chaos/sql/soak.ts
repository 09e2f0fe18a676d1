import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { openRedis } from '@hermes/connectors/redis/client';
import { jobOutputTopic } from '@hermes/contracts/topics';
import { startHermes, type TestHermes } from '@hermes/stack/testing/hermes';
import { isRunning } from '@hermes/stack/process/process-identity';
import { z } from 'zod';
import { type FreshProject, makeFreshProject } from '../../scenario/fresh-project.ts';
import { publishFeatures, untilLive } from '../../scenario/publish-features.ts';
import { type Comparison, compare, isEqual } from '../comparison.ts';
import { type Dice, diceOf, pick } from '../dice.ts';
import { COPY_TOPIC, MARKS_TOPIC, NUMBERS_TOPIC, PROJECT, SOAK_JOBS, TABLES_IN_POSTGRES } from './soak-jobs.ts';
import { observe, recordsOf, type SoakServers } from './soak-observation.ts';
import { CITIES, cityOf, type MarkRecord, type NumberRecord, type SoakTruth, soakTruth } from './soak-truth.ts';
import { workerPids } from './worker-pids.ts';

const PARTITIONS = 3;
const KEYS = 13;
/** Numbers of one request, and the time between two: about 300 a second. */
const BATCH = 30;
const BATCH_EVERY_MS = 100;
const STRIKE_AFTER_MS = { least: 2_000, most: 9_000 };
const UNITS = [
  'worker',
  'worker',
  'worker',
  'sql-executor',
  'kafka',
  'clickhouse',
  'valkey',
  'postgres',
  'ingest',
] as const;
const BACK_WITHIN_MS = 120_000;
const SETTLED_WITHIN_MS = 240_000;
const FIRST_MS = Date.UTC(2026, 0, 1);
/** Event time of one number: a minute holds 3,000. */
const NUMBER_MS = 20;

export interface SoakSettings {
  readonly seconds: number;
  readonly seed: number;
  readonly folder: string;
  readonly say: (text: string) => void;
}

const isoOf = (ms: number): string => new Date(ms).toISOString().slice(0, -1).replace('T', ' ');

/** Tries until it can: what it asks may be down. */
async function patiently<T>(attempt: () => Promise<T>, withinMs = BACK_WITHIN_MS): Promise<T> {
  for (const endMs = performance.now() + withinMs; ; await sleep(200)) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > endMs) throw error;
    }
  }
}

/**
 * SQL jobs with every sink under kill -9 of workers, the service and the servers, for a stated time; then every result beside what is computed from the
 * topics. The result of each comparison is answered.
 */
export async function soak({ seconds, seed, folder, say }: SoakSettings): Promise<readonly Comparison[]> {
  const connectionsFile = join(folder, 'connections.json');
  const filesFolder = join(folder, 'files');
  await mkdir(filesFolder, { recursive: true });
  const hermes = await startHermes({
    dataDir: join(folder, 'data'),
    args: ['--no-demo'],
    environment: { SQL_CONNECTIONS_FILE: connectionsFile, SQL_FILES_DIR: filesFolder },
  });
  const kafka = openKafka({ brokers: hermes.url('KAFKA_BROKERS').split(','), clientId: 'soak' });
  const servers: SoakServers = {
    kafka,
    clickhouse: openClickHouse(hermes.url('CLICKHOUSE_URL')),
    postgres: openPostgres(hermes.url('DATABASE_URL')),
    redis: openRedis(hermes.url('REDIS_URL')),
    filesFolder,
  };
  try {
    await writeFile(
      connectionsFile,
      JSON.stringify({
        shop: { url: hermes.url('DATABASE_URL').replace(/^postgres:/, 'postgresql:'), projects: [PROJECT] },
        cache: { url: hermes.url('REDIS_URL'), projects: [PROJECT] },
      }),
    );
    const project = await makeFreshProject(hermes, {
      id: PROJECT,
      partitions: PARTITIONS,
      eventTypes: {},
      rules: {},
      receivers: [],
    });
    await prepare(servers, project);
    await startJobs(project);
    const endMs = performance.now() + seconds * 1_000;
    const [sent] = await Promise.all([sendUntil(kafka, endMs), strikeUntil(hermes, diceOf(seed), endMs, say)]);
    say(`${String(sent)} numbers are sent; waiting for the results`);
    return await settled(servers, project, say);
  } finally {
    servers.redis.disconnect();
    await Promise.allSettled([kafka.close(), servers.clickhouse.close(), servers.postgres.end()]);
    await hermes.stop();
  }
}

async function prepare({ kafka, postgres, redis }: SoakServers, project: FreshProject): Promise<void> {
  const admin = await kafka.admin();
  await admin.ensureTopics([NUMBERS_TOPIC, MARKS_TOPIC, COPY_TOPIC].map((topic) => jobOutputTopic(topic, PARTITIONS)));
  await admin.close();
  for (const text of TABLES_IN_POSTGRES) await postgres.query(text);
  for (let i = 0; i < CITIES; i++)
    await redis.hset(`soak:city:k${String(i)}`, { k: `k${String(i)}`, city: cityOf(`k${String(i)}`) });
  const last = { name: 'Last', compute: { kind: 'set', writable: { type: 'number' } } } as const;
  await publishFeatures(project, PROJECT, { last_n: last });
  await untilLive(project, PROJECT, ['last_n'], BACK_WITHIN_MS);
}

async function startJobs({ client }: FreshProject): Promise<void> {
  for (const [name, sql] of Object.entries(SOAK_JOBS)) {
    const made = await client.service('sql-executor', 'POST', `projects/${PROJECT}/jobs`, {
      name,
      sql,
      checkpointIntervalMs: 200,
    });
    const { id } = z.object({ id: z.string() }).parse(await made.json());
    await client.service('sql-executor', 'POST', `projects/${PROJECT}/jobs/${id}/start`);
  }
}

/** Sends numbers and their marks in order, each batch until Kafka has it; then an instant in each partition that ends all windows. Answers how many. */
async function sendUntil(kafka: KafkaDriver, endMs: number): Promise<number> {
  const producer = await kafka.producer();
  let n = 0;
  for (; performance.now() < endMs; n += BATCH, await sleep(BATCH_EVERY_MS)) {
    const numbers = Array.from({ length: BATCH }, (_, i) => n + i);
    const records = numbers.flatMap((each) => {
      const k = `k${String(each % KEYS)}`;
      const value = JSON.stringify({ k, n: each, ts: isoOf(FIRST_MS + each * NUMBER_MS) });
      const mark = {
        topic: MARKS_TOPIC,
        key: String(each),
        value: JSON.stringify({ n: each, mark: `m${String(each % 7)}` }),
      };
      return [{ topic: NUMBERS_TOPIC, key: k, value }, ...(each % 3 === 0 ? [mark] : [])];
    });
    await patiently(() => producer.send(records));
  }
  const end = { k: 'end', n: -1, ts: isoOf(FIRST_MS + n * NUMBER_MS + 3_600_000) };
  await patiently(() =>
    producer.send(
      Array.from({ length: PARTITIONS }, (_, partition) => ({
        topic: NUMBERS_TOPIC,
        partition,
        key: 'end',
        value: JSON.stringify(end),
      })),
    ),
  );
  await producer.close();
  return n;
}

async function strikeUntil(hermes: TestHermes, dice: Dice, endMs: number, say: (text: string) => void): Promise<void> {
  const beganMs = performance.now();
  for (;;) {
    await sleep(STRIKE_AFTER_MS.least + dice() * (STRIKE_AFTER_MS.most - STRIKE_AFTER_MS.least));
    if (performance.now() > endMs) return;
    const unit = pick(dice, UNITS);
    const which = dice();
    const struck = unit === 'worker' ? killWorker(hermes, which) : await killUnit(hermes, unit);
    say(
      `  ${((performance.now() - beganMs) / 1_000).toFixed(1).padStart(6)} s  kill -9 of ${unit}${struck ? '' : ': it does not run'}`,
    );
  }
}

function killWorker(hermes: TestHermes, which: number): boolean {
  const service = hermes.record().units['sql-executor'];
  const workers = service === undefined ? [] : workerPids(service.pid);
  const pid = workers[Math.floor(which * workers.length)];
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  return pid !== undefined;
}

async function killUnit(hermes: TestHermes, unit: string): Promise<boolean> {
  const running = hermes.record().units[unit];
  if (running === undefined || !isRunning(running)) return false;
  await hermes.kill9(unit);
  return true;
}

async function compareNow(servers: SoakServers): Promise<readonly Comparison[]> {
  const read = async <T>(topic: string): Promise<T[]> =>
    (await recordsOf(servers.kafka, topic)).map(({ value }) => JSON.parse(value) as T);
  const truth: SoakTruth = soakTruth(
    (await read<NumberRecord>(NUMBERS_TOPIC)).map((each) => ({ ...each, ts: each.ts.replace(' ', 'T') })),
    await read<MarkRecord>(MARKS_TOPIC),
  );
  const found = await observe(servers);
  return [...truth].map(([what, expected]) => compare(what, expected, found.get(what) ?? []));
}

/** Looks until all is equal, or until the time is over; a row too many does not go away, so it is seen in any case. */
async function settled(
  servers: SoakServers,
  project: FreshProject,
  say: (text: string) => void,
): Promise<readonly Comparison[]> {
  for (const endMs = performance.now() + SETTLED_WITHIN_MS; ; await sleep(3_000)) {
    const comparisons = await patiently(() => compareNow(servers));
    if (comparisons.every(isEqual)) return comparisons;
    if (performance.now() < endMs) continue;
    const answer = await project.client.service('sql-executor', 'GET', `projects/${PROJECT}/jobs`);
    say(`the jobs say: ${await answer.text()}`);
    return comparisons;
  }
}
