import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { AttributesSet } from '@hermes/contracts/attributes';
import { HermesEvent } from '@hermes/contracts/event';
import { FeatureView } from '@hermes/contracts/feature-api';
import { Job, type SqlProblem } from '@hermes/contracts/job';
import { ProfileFeatures } from '@hermes/contracts/profile';
import { eventually, serverUrl, type ServiceProcess, startService } from '@hermes/service-kit/testing/service-process';
import { makeTestProject, type TestProject, uniqueName } from '@hermes/service-kit/testing/test-project';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

// Three services and several processes of jobs; on a busy machine each start takes seconds.
vi.setConfig({ testTimeout: 180_000 });

const workspace = new URL('../../', import.meta.url);
const NAMES = ['ingest', 'profile-store', 'sql-executor'] as const;
type Name = (typeof NAMES)[number];
const services = new Map<Name, ServiceProcess>();
const environment: Record<string, string> = {
  HERMES_SERVICE_SECRET: 'a secret of tests, long enough for the schema',
};
let kafka: KafkaDriver;
let clickhouse: ClickHouseClient;
let project: TestProject;
let token: string;
let writeKey: string;
let dropDatabase: () => Promise<void>;

const urlOf = (name: Name): string => `${services.get(name)!.url}/v1/projects/${project.id}/`;
async function start(name: Name): Promise<void> {
  const service = await startService(new URL(`services/${name}/`, workspace), environment);
  services.set(name, service);
  environment[`${name.toUpperCase().replace('-', '_')}_URL`] = service.url;
}

beforeAll(async () => {
  for (const name of NAMES)
    execFileSync(process.execPath, ['tools/build-service.ts', `services/${name}`], { cwd: workspace });
  kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'sql-profiles-test' });
  clickhouse = openClickHouse(serverUrl('CLICKHOUSE_URL'));
  project = await makeTestProject(kafka, 2);
  token = await project.token('editor');
  writeKey = await project.key(['events:write']);
  const server = openPostgres(serverUrl('DATABASE_URL'), { maxConnections: 1 });
  const name = uniqueName().replace('-', '_');
  await server.query(`CREATE DATABASE ${name}`);
  dropDatabase = async () => {
    await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await server.end();
  };
  const database = new URL(serverUrl('DATABASE_URL'));
  database.pathname = `/${name}`;
  environment['DATABASE_URL'] = database.href;
  environment['HERMES_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'sql-profiles-'));
  for (const each of NAMES) await start(each);
  for (const type of ['showing.checked_in', 'deal.signed'])
    await call('ingest', 'PUT', `event-types/${type}`, {
      title: { en: type, zh: type },
      description: { en: type, zh: type },
      schema: { type: 'object' },
      example: {},
    });
}, 180_000);
afterAll(async () => {
  await Promise.all([...services.values()].map((service) => service.kill('SIGTERM')));
  await clickhouse?.command({ query: `DROP DATABASE IF EXISTS project_${project.id.replaceAll('-', '_')}` });
  await project?.remove();
  await Promise.all([kafka?.close(), clickhouse?.close(), dropDatabase?.()]);
  await rm(environment['HERMES_DATA_DIR'] ?? '', { recursive: true, force: true });
}, 60_000);

/** Calls a service as a person with the role editor. */
async function call(name: Name, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${urlOf(name)}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

let sent = 0;
async function send(type: string, subject: string, ...data: readonly Record<string, unknown>[]): Promise<string> {
  const events = data.map((each) => ({
    specversion: '1.0',
    id: `e-${++sent}`,
    source: '/test',
    type,
    subject,
    data: each,
  }));
  const answer = await fetch(`${services.get('ingest')!.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${writeKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return `e-${sent}`;
}

/** The attributes that history has, with who wrote them. */
async function history(): Promise<
  readonly { readonly source: string; readonly attributes: AttributesSet['attributes'] }[]
> {
  const answer = await fetch(`${urlOf('ingest')}events?type=hermes.attributes_set`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return (await answer.text())
    .split('\n')
    .filter((line) => line.includes('attributes'))
    .map((line) => HermesEvent.parse(JSON.parse(line)))
    .map(({ source, data }) => ({ source, attributes: AttributesSet.parse(data).attributes }));
}

/** Publishes a feature, and waits until it is answered. */
async function publish(id: string, draft: Record<string, unknown>): Promise<void> {
  await call('profile-store', 'PUT', `features/${id}`, { name: id, ...draft });
  await call('profile-store', 'POST', `features/${id}/publish`);
  await eventually(
    `${id} is live`,
    async () =>
      FeatureView.parse(await call('profile-store', 'GET', `features/${id}`)).status === 'live' ? true : undefined,
    60_000,
  );
}

const featureOf = async (subject: string, id: string): Promise<unknown> =>
  ProfileFeatures.parse(await call('profile-store', 'GET', `profiles/${encodeURIComponent(subject)}?features=${id}`))
    .features[id]?.value;

async function run(name: string, sql: string): Promise<string> {
  const { id } = Job.parse(await call('sql-executor', 'POST', 'jobs', { name, sql, checkpointIntervalMs: 200 }));
  await call('sql-executor', 'POST', `jobs/${id}/start`);
  await eventually('the job runs', async () => ((await runOf(id))?.state === 'running' ? true : undefined), 60_000);
  return id;
}
const runOf = async (id: string): Promise<Job['run']> => Job.parse(await call('sql-executor', 'GET', `jobs/${id}`)).run;

const EVENTS = `CREATE TABLE events (id STRING, subject STRING, \`type\` STRING, data ROW<line STRING, dealId STRING>, proctime AS PROCTIME())
WITH ('connector' = 'kafka', 'topic' = '\${project}.events', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');`;
const CUSTOMERS = `CREATE TABLE customers (subject STRING NOT NULL, tier STRING, showings BIGINT, PRIMARY KEY (subject) NOT ENFORCED)
WITH ('connector' = 'hermes-profile');`;

test('an attribute that a job writes is in the profile and in history, and a feature is read by a lookup join, also over kill -9 of profile-store', async () => {
  await publish('tier', { compute: { kind: 'set', writable: { type: 'string', allowed: ['gold', 'silver'] } } });
  await publish('showings', { eventTypes: ['showing.checked_in'], compute: { kind: 'count' } });

  const writing = await run(
    'tiers',
    `${EVENTS} ${CUSTOMERS}
INSERT INTO customers (subject, tier) SELECT subject, data.line FROM events WHERE \`type\` = 'deal.signed'`,
  );
  await send('deal.signed', 'customer:c-1', { line: 'gold', dealId: 'd-1' });
  await send('deal.signed', 'customer:c-2', { line: 'bronze', dealId: 'd-2' });
  await send('deal.signed', 'customer:c-2', { line: 'silver', dealId: 'd-3' });
  await eventually('the first tier', async () =>
    (await featureOf('customer:c-1', 'tier')) === 'gold' ? true : undefined,
  );
  await eventually('the second tier', async () =>
    (await featureOf('customer:c-2', 'tier')) === 'silver' ? true : undefined,
  );
  // NULL takes it back; what is written later wins.
  await send('deal.signed', 'customer:c-2', { dealId: 'd-4' });
  await eventually('the tier is taken back', async () =>
    (await featureOf('customer:c-2', 'tier')) === null ? true : undefined,
  );
  await call('sql-executor', 'POST', `jobs/${writing}/stop`);
  // A value that the attribute does not take has become a dead letter; history has the rest.
  await eventually('history has the writes', async () => ((await history()).length >= 3 ? true : undefined));
  const written = (await history()).map(({ source, attributes }) => `${source} ${String(attributes['tier'])}`);
  expect(written.sort()).toEqual(['gold', 'null', 'silver'].map((tier) => `/sql/${writing} ${tier}`));

  for (let n = 0; n < 3; n++) await send('showing.checked_in', 'customer:c-1', {});
  await eventually('three showings', async () =>
    (await featureOf('customer:c-1', 'showings')) === 3 ? true : undefined,
  );
  const reading = await run(
    'enriched',
    `${EVENTS} ${CUSTOMERS}
CREATE TABLE enriched (id STRING NOT NULL, subject STRING, tier STRING, showings BIGINT)
WITH ('connector' = 'clickhouse', 'table.create' = 'true', 'table.order-by' = 'id');
INSERT INTO enriched SELECT e.id, e.subject, c.tier, c.showings
FROM events AS e LEFT JOIN customers FOR SYSTEM_TIME AS OF e.proctime AS c ON e.subject = c.subject
WHERE e.\`type\` = 'deal.signed' AND e.data.dealId IN ('d-1', 'd-9')`,
  );
  const found = async (): Promise<unknown[]> => {
    const answer = await clickhouse.query({
      query: `SELECT id, subject, tier, toInt32(showings) AS showings FROM project_${project.id.replaceAll('-', '_')}.enriched ORDER BY toInt32(substring(id, 3))`,
      format: 'JSONEachRow',
    });
    return answer.json();
  };
  const first = { id: 'e-1', subject: 'customer:c-1', tier: 'gold', showings: 3 };
  await eventually('the first row', async () => ((await found()).length > 0 ? true : undefined), 60_000);
  expect(await found()).toEqual([first]);

  await services.get('profile-store')!.kill('SIGKILL');
  // What the cache has may be used for a second.
  await sleep(1_100);
  const ids = [
    await send('deal.signed', 'customer:c-1', { dealId: 'd-9' }),
    await send('deal.signed', 'customer:c-3', { dealId: 'd-9' }),
  ];
  await eventually(
    'the run says why it waits',
    async () => ((await runOf(reading))?.reason?.includes('profile-store has not answered') ? true : undefined),
    60_000,
  );
  expect(await found()).toEqual([first]);
  await restartProfileStore();
  await eventually('the rows', async () => ((await found()).length >= 3 ? true : undefined), 60_000);
  expect(await found()).toEqual([
    first,
    { id: ids[0], subject: 'customer:c-1', tier: 'gold', showings: 3 },
    // The event makes its own profile known: the join sees it from before or after.
    { id: ids[1], subject: 'customer:c-3', tier: null, showings: expect.toBeOneOf([null, 0]) as null },
  ]);
  await eventually('the reason is gone', async () => ((await runOf(reading))?.reason === null ? true : undefined));
  await call('sql-executor', 'POST', `jobs/${reading}/stop`);
});

test('rows of a job whose service is killed again and again are in history once each, and the last one is in the profile', async () => {
  const count = 2_000;
  await publish('last_deal', { compute: { kind: 'set', writable: { type: 'string' } } });
  const id = await run(
    'last-deals',
    `${EVENTS} CREATE TABLE deals (subject STRING NOT NULL, last_deal STRING, PRIMARY KEY (subject) NOT ENFORCED)
WITH ('connector' = 'hermes-profile');
INSERT INTO deals SELECT subject, data.dealId FROM events WHERE \`type\` = 'deal.signed' AND data.line = 'rental'`,
  );
  const sending = (async () => {
    for (let n = 0; n < count; n += 100) {
      const deals = Array.from({ length: 100 }, (_, i) => ({ line: 'rental', dealId: `d-${n + i}` }));
      await send('deal.signed', `customer:k-${(n / 100) % 4}`, ...deals);
      await sleep(100);
    }
  })();
  for (let kill = 0; kill < 3; kill++) {
    await sleep(200 + Math.random() * 1_000);
    await services.get('sql-executor')!.kill('SIGKILL');
    await start('sql-executor');
  }
  await sending;
  const found = async (): Promise<string[]> =>
    (await history())
      .filter(({ source }) => source === `/sql/${id}`)
      .map(({ attributes }) => String(attributes['last_deal']));
  await eventually('all rows', async () => ((await found()).length >= count ? true : undefined), 60_000);
  expect((await found()).sort()).toEqual(Array.from({ length: count }, (_, n) => `d-${n}`).sort());
  for (let k = 0; k < 4; k++)
    await eventually(`the last deal of customer ${k}`, async () =>
      (await featureOf(`customer:k-${k}`, 'last_deal')) === `d-${count - 301 + 100 * k}` ? true : undefined,
    );
  await call('sql-executor', 'POST', `jobs/${id}/stop`);
});

/** Under the address of before: the jobs know that one. */
async function restartProfileStore(): Promise<void> {
  const { port } = new URL(environment['PROFILE_STORE_URL']!);
  services.set(
    'profile-store',
    await startService(new URL('services/profile-store/', workspace), { ...environment, PORT: port }),
  );
}

test('validation knows the project’s features', async () => {
  const problems = async (sql: string): Promise<readonly SqlProblem[]> =>
    ((await call('sql-executor', 'POST', 'validate', { sql })) as { problems: SqlProblem[] }).problems;
  const into = `${EVENTS} ${CUSTOMERS} INSERT INTO customers SELECT subject, data.line, 1 FROM events`;
  expect(await problems(into)).toMatchObject([
    { message: 'showings is computed from events (count) and cannot be written' },
  ]);
  expect(
    await problems(into.replace('showings BIGINT, ', 'teir STRING, ').replace(', 1 FROM', ", '' FROM")),
  ).toMatchObject([{ message: 'there is no attribute teir', hint: 'did you mean "tier"?' }]);
});
