import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver, KafkaProducer, KafkaRecord } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { openRedis } from '@hermes/connectors/redis/client';
import { buildService, eventually, serverUrl } from '@hermes/service-kit/testing/service-process';
import { makeTestProject, type TestProject, uniqueName } from '@hermes/service-kit/testing/test-project';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RunEnd } from './runs/run-process.ts';
import { RunHarness } from './testing/run-harness.ts';

vi.setConfig({ testTimeout: 120_000 });

const KILLED: RunEnd = { kind: 'died', reason: "the run's process ended with SIGKILL" };
const STOPPED: RunEnd = { kind: 'stopped' };
let kafka: KafkaDriver;
let producer: KafkaProducer;
let clickhouse: ClickHouseClient;
let postgres: Pool;
let redis: ReturnType<typeof openRedis>;
let project: TestProject;
let files: string;
let schema: string;

beforeAll(async () => {
  buildService(new URL('..', import.meta.url));
  kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'outside-test' });
  producer = await kafka.producer();
  clickhouse = openClickHouse(serverUrl('CLICKHOUSE_URL'));
  postgres = openPostgres(serverUrl('DATABASE_URL'));
  redis = openRedis(serverUrl('REDIS_URL'));
});
afterAll(async () => {
  await Promise.all([kafka.close(), clickhouse.close(), postgres.end()]);
  redis.disconnect();
});
beforeEach(async () => {
  project = await makeTestProject(kafka, 3);
  files = await mkdtemp(join(tmpdir(), 'outside-'));
  await mkdir(join(files, project.id));
  schema = uniqueName('s').replaceAll('-', '_');
  await postgres.query(`CREATE SCHEMA ${schema}`);
});
afterEach(async () => {
  await postgres.query(`DROP SCHEMA ${schema} CASCADE`);
  await rm(files, { recursive: true, force: true });
  await project.remove();
});

const server = (url: URL): string => `${url.hostname}:${url.port}`;

async function harnessOf(sql: string): Promise<RunHarness> {
  const harness = await RunHarness.open(clickhouse, project.id, sql);
  const servers = [serverUrl('DATABASE_URL'), serverUrl('REDIS_URL')].map((url) => server(new URL(url)));
  harness.outside = { filesFolder: files, servers, connections: { shop: shopUrl() } };
  return harness;
}

const events = `
  CREATE TABLE deals (k STRING, n INT, seen AS PROCTIME()) WITH (
    'connector' = 'kafka', 'topic' = '\${project}.events', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');`;

const send = (from: number, to: number) =>
  producer.send(
    Array.from({ length: to - from }, (_, i) => {
      const k = `k${(from + i) % 7}`;
      return { topic: `${project.id}.events`, key: k, value: JSON.stringify({ k, n: from + i }) };
    }),
  );

/** As the operator keeps it, with user and password. */
const shopUrl = (): string => serverUrl('DATABASE_URL').replace(/^postgres:/, 'postgresql:');
const jdbcTable = (name: string): string =>
  `'connector' = 'jdbc', 'connection' = 'shop', 'table-name' = '${schema}.${name}'`;
const redisTable = (): string =>
  `'connector' = 'redis', 'url' = '${serverUrl('REDIS_URL')}', 'key-prefix' = '${project.id}:'`;

async function outputLines(folder: string): Promise<string[]> {
  const names = await readdir(join(files, project.id, folder)).catch(() => []);
  const parts = names.filter((name) => !name.startsWith('.')).sort();
  const texts = await Promise.all(parts.map((name) => readFile(join(files, project.id, folder, name), 'utf8')));
  return texts.join('').split('\n').slice(0, -1);
}

test('datagen to kafka: a sequence is there once, from start to end, over a kill; the run ends by itself', async () => {
  const topic = `${project.id}.numbers`;
  const harness = await harnessOf(`
    CREATE TABLE s (id BIGINT, word STRING) WITH ('connector' = 'datagen', 'rows-per-second' = '300',
      'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '3000', 'fields.word.length' = '6');
    CREATE TABLE t (id BIGINT, word STRING) WITH ('connector' = 'kafka', 'topic' = '${topic}', 'format' = 'json',
      'sink.delivery-guarantee' = 'exactly-once');
    INSERT INTO t SELECT * FROM s;`);
  expect(await harness.start('records-committed:2').ended).toEqual(KILLED);
  expect(await harness.start('checkpoint-durable:2').ended).toEqual(KILLED);
  expect(await harness.start().ended).toEqual(STOPPED);
  const records: KafkaRecord[] = [];
  const follower = await kafka.follow({ topic, onRecord: (record) => void records.push(record), maxWaitMs: 100 });
  await follower.caughtUp;
  await follower.close();
  const rows = records.map(({ value }) => JSON.parse(String(value)) as { id: number; word: string });
  expect(rows.map(({ id }) => id).sort((a, b) => a - b)).toEqual(Array.from({ length: 3_000 }, (_, i) => i + 1));
  expect(rows.every(({ word }) => /^[0-9a-f]{6}$/.test(word))).toBe(true);
  const admin = await kafka.admin();
  await admin.deleteTopics([topic]);
  await harness.close();
});

test.each(['checkpoint-durable:3', 'before-checkpoint:3', 'delivered:3'])(
  'kafka to redis: a hash by key of an aggregate is right after a kill at %s, and expires',
  async (point) => {
    const harness = await harnessOf(`${events}
      CREATE TABLE totals (k STRING, total BIGINT, largest INT, PRIMARY KEY (k) NOT ENFORCED) WITH (${redisTable()}, 'ttl' = '1 h');
      INSERT INTO totals SELECT k, SUM(n), MAX(n) FROM deals GROUP BY k;`);
    const first = harness.start(point);
    // Rows that come while it runs, over several checkpoints.
    await eventually('the run', async () => harness.figures);
    const sending = (async () => {
      for (let n = 0; n < 2_000; n += 100) {
        await send(n, n + 100);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    expect(await first.ended).toEqual(KILLED);
    await sending;
    const last = harness.start();
    const expected = Array.from({ length: 7 }, (_, k) => {
      const of = Array.from({ length: 2_000 }, (__, n) => n).filter((n) => n % 7 === k);
      return { k: `k${k}`, total: String(of.reduce((sum, n) => sum + n, 0)), largest: String(of.at(-1)) };
    });
    const found = () => Promise.all(expected.map(({ k }) => redis.hgetall(`${project.id}:${k}`)));
    await eventually('the totals', async () =>
      JSON.stringify(await found()) === JSON.stringify(expected) ? true : undefined,
    ).catch(() => undefined);
    expect(await found()).toEqual(expected);
    expect(await redis.pttl(`${project.id}:k0`)).toBeGreaterThan(3_000_000);
    await last.stop();
    await harness.close();
  },
);

test('redis: a key goes when its row goes, a NULL takes its field, and one column beside the key is a string', async () => {
  const harness = await harnessOf(`${events}
    CREATE TABLE h (k STRING, n INT, odd INT, PRIMARY KEY (k) NOT ENFORCED) WITH (${redisTable()});
    CREATE TABLE s (k STRING, last_n INT, PRIMARY KEY (k) NOT ENFORCED) WITH (${redisTable()}, 'data-structure' = 'string');
    CREATE TEMPORARY VIEW latest AS SELECT k, LAST_VALUE(n) AS n FROM deals GROUP BY k;
    EXECUTE STATEMENT SET BEGIN
      INSERT INTO h SELECT k, n, CASE WHEN MOD(n, 2) = 1 THEN n END FROM latest WHERE n < 100;
      INSERT INTO s SELECT k || '/s', n FROM latest;
    END;`);
  const running = harness.start();
  await send(1, 4);
  await eventually('the rows', async () => ((await redis.get(`${project.id}:k3/s`)) === '3' ? true : undefined));
  expect(await redis.hgetall(`${project.id}:k1`)).toEqual({ k: 'k1', n: '1', odd: '1' });
  await send(8, 9);
  await eventually('NULL', async () => ((await redis.hget(`${project.id}:k1`, 'odd')) === null ? true : undefined));
  await send(7 * 20 + 2, 7 * 20 + 3);
  await eventually('gone', async () => ((await redis.exists(`${project.id}:k2`)) === 0 ? true : undefined));
  expect(await redis.get(`${project.id}:k2/s`)).toBe('142');
  await running.stop();
  await harness.close();
});

describe('csv files to postgres', () => {
  const people = `
    CREATE TABLE people (id INT, name STRING, born DATE, seen TIMESTAMP_LTZ(3), price DECIMAL(10, 2), tags ARRAY<STRING>) WITH (
      'connector' = 'filesystem', 'path' = 'people', 'format' = 'csv', 'csv.null-literal' = 'null');`;
  const csv = (count: number): string =>
    Array.from({ length: count }, (_, id) =>
      id % 10 === 9
        ? `${id},null,null,null,null,null`
        : `${id},"name, ""${id}""",2000-01-31,2026-01-31 10:20:30.5Z,${id}.25,a;b`,
    ).join('\n');

  test.each(['block-inserted', 'checkpoint-durable:2'])('rows are appended once, killed at %s', async (point) => {
    await mkdir(join(files, project.id, 'people'));
    await writeFile(join(files, project.id, 'people', '1.csv'), csv(30_000));
    await postgres.query(
      `CREATE TABLE ${schema}.people (id int, name varchar(40), born date, seen timestamptz, price numeric(10, 2), tags text[])`,
    );
    const harness = await harnessOf(`${people}
      CREATE TABLE t (id INT, name STRING, born DATE, seen TIMESTAMP_LTZ(3), price DECIMAL(10, 2), tags ARRAY<STRING>)
      WITH (${jdbcTable('people')});
      INSERT INTO t SELECT * FROM people;`);
    expect(await harness.start(point).ended).toEqual(KILLED);
    expect(await harness.start().ended).toEqual(STOPPED);
    const { rows } = await postgres.query(
      `SELECT count(*)::int AS count, count(DISTINCT id)::int AS ids, count(name)::int AS names, sum(price)::text AS price FROM ${schema}.people`,
    );
    expect(rows).toEqual([{ count: 30_000, ids: 30_000, names: 27_000, price: expect.any(String) as string }]);
    const one = await postgres.query(
      `SELECT id, name, born::text, seen, price, tags FROM ${schema}.people WHERE id = 12`,
    );
    expect(one.rows).toEqual([
      {
        id: 12,
        name: 'name, "12"',
        born: '2000-01-31',
        seen: new Date('2026-01-31T10:20:30.500Z'),
        price: '12.25',
        tags: ['a', 'b'],
      },
    ]);
    await harness.close();
  });

  test('rows replace each other by the key, and go when they are taken back', async () => {
    await postgres.query(`CREATE TABLE ${schema}.latest (k text PRIMARY KEY, n int, extra text DEFAULT 'kept')`);
    const harness = await harnessOf(`${events}
      CREATE TABLE t (k STRING, n INT, PRIMARY KEY (k) NOT ENFORCED) WITH (${jdbcTable('latest')});
      INSERT INTO t SELECT k, n FROM (SELECT k, LAST_VALUE(n) AS n FROM deals GROUP BY k) WHERE n < 100;`);
    const running = harness.start();
    const rows = async () => (await postgres.query(`SELECT k, n FROM ${schema}.latest ORDER BY k`)).rows as unknown[];
    await send(1, 3);
    await eventually('two rows', async () => ((await rows()).length === 2 ? true : undefined));
    await postgres.query(`UPDATE ${schema}.latest SET extra = 'mine'`);
    await send(8, 9);
    await send(142, 143);
    await eventually('one row', async () => ((await rows()).length === 1 ? true : undefined));
    expect((await postgres.query(`SELECT * FROM ${schema}.latest`)).rows).toEqual([{ k: 'k1', n: 8, extra: 'mine' }]);
    await running.stop();
    await harness.close();
  });
});

describe('lookups', () => {
  const output = `CREATE TABLE out_file (n INT, city STRING, rent DECIMAL(10, 2)) WITH (
    'connector' = 'filesystem', 'path' = 'out', 'format' = 'json');`;

  test('postgres: every matching row, of a key that is no primary key too; none leaves NULLs', async () => {
    await postgres.query(`CREATE TABLE ${schema}.homes (k text, city varchar(20), rent numeric(10, 2))`);
    await postgres.query(
      `INSERT INTO ${schema}.homes VALUES ('k1', 'Beijing', 12.5), ('k1', 'Tianjin', NULL), ('k2', '天津', 7)`,
    );
    const harness = await harnessOf(`${events} ${output}
      CREATE TABLE homes (k STRING, city STRING, rent DECIMAL(10, 2)) WITH (${jdbcTable('homes')});
      INSERT INTO out_file SELECT n, city, rent FROM deals LEFT JOIN homes FOR SYSTEM_TIME AS OF deals.seen AS h ON deals.k = h.k;`);
    await send(1, 4);
    const running = harness.start();
    await eventually('rows', async () => ((await outputLines('out')).length >= 4 ? true : undefined)).catch(
      () => undefined,
    );
    expect((await outputLines('out')).sort()).toEqual([
      '{"n":1,"city":"Beijing","rent":12.50}',
      '{"n":1,"city":"Tianjin","rent":null}',
      '{"n":2,"city":"天津","rent":7.00}',
      '{"n":3,"city":null,"rent":null}',
    ]);
    await running.stop();
    await harness.close();
  });

  test.each(['hash', 'string'])('redis %s: the row of a key, as a sink writes it', async (structure) => {
    if (structure === 'hash') await redis.hset(`${project.id}:k1`, { k: 'k1', city: 'Beijing', rent: '12.50' });
    else await redis.set(`${project.id}:k1`, '{"city":"Beijing","rent":12.5}');
    const harness = await harnessOf(`${events} ${output}
      CREATE TABLE homes (k STRING, city STRING, rent DECIMAL(10, 2), PRIMARY KEY (k) NOT ENFORCED)
      WITH (${redisTable()}, 'data-structure' = '${structure}', 'lookup.cache' = 'PARTIAL', 'lookup.partial-cache.max-rows' = '10');
      INSERT INTO out_file SELECT n, city, rent FROM deals JOIN homes FOR SYSTEM_TIME AS OF deals.seen AS h ON deals.k = h.k;`);
    await send(1, 16);
    const running = harness.start();
    await eventually('rows', async () => ((await outputLines('out')).length >= 3 ? true : undefined)).catch(
      () => undefined,
    );
    expect((await outputLines('out')).sort()).toEqual(
      [1, 15, 8].map((n) => `{"n":${n},"city":"Beijing","rent":12.50}`),
    );
    await running.stop();
    await harness.close();
  });
});

test('a value of a lookup table that does not fit its column, and a key that it cannot have, are dead letters; the other rows go on', async () => {
  await postgres.query(`CREATE TABLE ${schema}.odd (k text, size bigint, code int)`);
  await postgres.query(
    `INSERT INTO ${schema}.odd VALUES ('k1', 5, 1), ('k1', 3000000000, 2), ('k2', 7, 3), ('k6', 8, 60)`,
  );
  await redis.hset(`${project.id}:k2`, { k: 'k2', rent: '12.50' });
  await redis.hset(`${project.id}:k3`, { k: 'k3', rent: 'much' });
  await redis.set(`${project.id}:k4`, 'no hash');
  const table = (name: string) =>
    `CREATE TABLE ${name}_file (n INT, found STRING) WITH ('connector' = 'filesystem', 'path' = '${name}', 'format' = 'json');`;
  const harness = await harnessOf(`${events} ${table('sizes')} ${table('rents')} ${table('codes')}
    CREATE TABLE sizes (k STRING, size INT) WITH (${jdbcTable('odd')});
    CREATE TABLE codes (code STRING, k STRING) WITH (${jdbcTable('odd')});
    CREATE TABLE rents (k STRING, rent DECIMAL(10, 2), PRIMARY KEY (k) NOT ENFORCED) WITH (${redisTable()});
    EXECUTE STATEMENT SET BEGIN
      INSERT INTO sizes_file SELECT n, CAST(size AS STRING) FROM deals JOIN sizes FOR SYSTEM_TIME AS OF deals.seen AS s ON deals.k = s.k;
      INSERT INTO rents_file SELECT n, CAST(rent AS STRING) FROM deals JOIN rents FOR SYSTEM_TIME AS OF deals.seen AS r ON deals.k = r.k;
      INSERT INTO codes_file SELECT n, s.k FROM deals JOIN codes FOR SYSTEM_TIME AS OF deals.seen AS s
        ON CASE WHEN n = 6 THEN '60' ELSE deals.k END = s.code WHERE n < 7;
    END;`);
  const reasons: string[] = [];
  const follower = await kafka.follow({
    topic: `${project.id}.sql-executor.dlq`,
    maxWaitMs: 100,
    onRecord: ({ headers, value }) =>
      void reasons.push(
        `${String(headers['hermes_code'])} ${(JSON.parse(String(value)) as { k: string }).k} ${String(headers['hermes_reason'])}`,
      ),
  });
  await send(1, 7);
  const running = harness.start();
  await eventually('the dead letters', () => (reasons.length >= 8 ? true : undefined));
  await running.stop();
  expect(await running.ended).toEqual(STOPPED);
  await follower.caughtUp;
  expect((await outputLines('sizes')).sort()).toEqual(['{"n":2,"found":"7"}', '{"n":6,"found":"8"}']);
  expect(await outputLines('rents')).toEqual(['{"n":2,"found":"12.50"}']);
  expect(await outputLines('codes')).toEqual(['{"n":6,"found":"k6"}']);
  expect(reasons.filter((reason) => reason.includes('size of the PostgreSQL table'))).toEqual([
    expect.stringMatching(/^lookup-mismatch k1 .* has a value that is no INT$/),
  ]);
  expect(reasons.filter((reason) => reason.includes('of redis')).sort()).toEqual([
    expect.stringMatching(/^lookup-mismatch k3 the key .*:k3 of redis does not fit the table rents/),
    expect.stringMatching(/^lookup-mismatch k4 .* it is no hash$/),
  ]);
  expect(
    reasons
      .filter((reason) => reason.includes('is none that'))
      .map((reason) => reason.split(' ')[1])
      .sort(),
  ).toEqual(['k1', 'k2', 'k3', 'k4', 'k5']);
  expect(reasons).toHaveLength(8);
  await follower.close();
  await harness.close();
});

test('a connection that the project does not have, and one to another kind of server, end a run without its password', async () => {
  const harness = await harnessOf(`${events}
    CREATE TABLE t (k STRING, n INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'redis', 'connection' = 'shop');
    INSERT INTO t SELECT k, n FROM deals;`);
  const ends = [await harness.start().ended];
  harness.outside = { ...harness.outside, connections: {} };
  ends.push(await harness.start().ended);
  expect(ends).toMatchObject([
    { kind: 'failed', final: true, code: 'bad-connection' },
    { kind: 'failed', final: true, code: 'no-connection' },
  ]);
  expect(JSON.stringify(ends)).not.toContain(new URL(shopUrl()).password || 'no password here');
  await harness.close();
});

test('a server that the operator has not named, a path out of the folder, and no folder at all, end a run with a sentence', async () => {
  const harness = await harnessOf(`${events}
    CREATE TABLE t (k STRING, n INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'redis', 'url' = 'redis://10.0.0.1:6379');
    INSERT INTO t SELECT k, n FROM deals;`);
  expect(await harness.start().ended).toMatchObject({ kind: 'failed', final: true, code: 'server-not-allowed' });
  await harness.close();
  const outside = await harnessOf(`
    CREATE TABLE f (n INT) WITH ('connector' = 'filesystem', 'path' = '../other', 'format' = 'json');
    CREATE TABLE b (n INT) WITH ('connector' = 'blackhole');
    INSERT INTO b SELECT n FROM f;`);
  expect(await outside.start().ended).toMatchObject({ kind: 'failed', final: true, code: 'path-outside' });
  outside.outside = { filesFolder: null, servers: [], connections: {} };
  expect(await outside.start().ended).toMatchObject({ kind: 'failed', final: true, code: 'no-files' });
  await outside.close();
});
