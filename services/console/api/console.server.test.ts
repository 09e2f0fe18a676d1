import { randomBytes } from 'node:crypto';
import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { Follower, KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import type { NewKey, Transactions } from '@hermes/contracts/console-api';
import { TOKEN_ISSUER } from '@hermes/contracts/control';
import { controlTopic } from '@hermes/service-kit/testing/control-topic';
import { applyControlRecord, emptyControlState, findKey } from '@hermes/service-kit/control-state';
import {
  buildService,
  eventually,
  serverUrl,
  type ServiceProcess,
  startService,
} from '@hermes/service-kit/testing/service-process';
import { createLocalJWKSet, type JWK, jwtVerify } from 'jose';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pictures } from './testing/live-pictures.ts';
import { Upstream } from './testing/upstream.ts';
import { projectDatabase } from './transactions/transactions.service.ts';

const folder = new URL('../', import.meta.url);
const admin = { email: 'operator@test.example', password: 'a long first password' };
const name = `t-${randomBytes(5).toString('hex')}`;
const databaseName = name.replace('-', '_');

let server: Pool;
let database: Pool;
let databaseUrl: string;
let kafka: KafkaDriver;
let follower: Follower;
let upstream: Upstream;
let service: ServiceProcess;
const control = emptyControlState();

const start = (environment: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> => {
  return startService(folder, {
    DATABASE_URL: databaseUrl,
    CLICKHOUSE_ANALYST_URL: process.env['CLICKHOUSE_ANALYST_URL'] ?? serverUrl('CLICKHOUSE_URL'),
    HERMES_ADMIN_EMAIL: admin.email,
    HERMES_ADMIN_PASSWORD: admin.password,
    RULE_ENGINE_URL: upstream.url,
    ALERTING_URL: 'http://127.0.0.1:9',
    INGEST_URL: 'http://127.0.0.1:9',
    ...environment,
  });
};

beforeAll(async () => {
  buildService(folder);
  server = openPostgres(serverUrl('DATABASE_URL'), { maxConnections: 1 });
  await server.query(`CREATE DATABASE ${databaseName}`);
  const url = new URL(serverUrl('DATABASE_URL'));
  url.pathname = `/${databaseName}`;
  databaseUrl = url.href;
  database = openPostgres(databaseUrl, { maxConnections: 2 });
  kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'console-test' });
  upstream = await Upstream.open();
  service = await start();
  follower = await kafka.follow({
    topic: controlTopic(),
    onRecord: ({ key, value }) =>
      void applyControlRecord(control, key?.toString() ?? '', value === null ? null : value.toString()),
  });
  await follower.caughtUp;
});

afterAll(async () => {
  await service.kill('SIGTERM');
  const { rows } = await database.query<{ id: string }>('SELECT id FROM console.signing_keys');
  const ours = [...control.projects.keys()].filter((id) => id.startsWith(name));
  const keys = [...control.keys.values()].filter(({ project }) => ours.includes(project)).map(({ id }) => `key/${id}`);
  const producer = await kafka.producer();
  const gone = [...ours.map((id) => `project/${id}`), ...keys, ...rows.map(({ id }) => `signing-key/${id}`)];
  await producer.send(gone.map((key) => ({ topic: controlTopic(), partition: 0, key, value: null })));
  const clickhouse = openClickHouse(serverUrl('CLICKHOUSE_URL'));
  for (const id of ours) await clickhouse.command({ query: `DROP DATABASE IF EXISTS ${projectDatabase(id)}` });
  await clickhouse.close();
  await follower.close();
  await producer.close();
  await kafka.close();
  upstream?.close();
  await database.end();
  await server.query(`DROP DATABASE ${databaseName} WITH (FORCE)`);
  await server.end();
});

const WRITE = { 'x-hermes-request': '1' };

interface Call {
  readonly method?: string;
  readonly cookie?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const call = (path: string, { method = 'GET', cookie, body, headers = WRITE }: Call = {}): Promise<Response> =>
  fetch(`${service.url}${path}`, {
    method,
    headers: {
      ...headers,
      ...(cookie === undefined ? {} : { cookie }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const signIn = async (email: string, password: string): Promise<string> => {
  const answer = await call('/api/session', { method: 'POST', body: { email, password } });
  expect(answer.status).toBe(200);
  return answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
};
const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as { code: string }).code;

let projects = 0;
async function makeProject(cookie: string): Promise<string> {
  const id = `${name}-${String(++projects)}`;
  const answer = await call('/api/projects', { method: 'POST', cookie, body: { id, name: 'Test city' } });
  expect(answer.status).toBe(201);
  return id;
}

describe('signing in', () => {
  test('the cookie cannot be read by scripts nor sent by other sites, and the token is not in the database', async () => {
    const answer = await call('/api/session', { method: 'POST', body: admin });
    const cookie = answer.headers.getSetCookie()[0] ?? '';
    expect(cookie).toMatch(/^hermes_session=[\w-]{43}; .*HttpOnly; SameSite=Strict/);
    const token = /=([\w-]{43})/.exec(cookie)?.[1] ?? '';
    const { rows } = await database.query('SELECT * FROM console.sessions');
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  test('a wrong password and an unknown e-mail get the same answer; too many tries wait', async () => {
    const wrong = await call('/api/session', { method: 'POST', body: { ...admin, password: 'wrong' } });
    const unknown = await call('/api/session', { method: 'POST', body: { email: 'no@body.example', password: 'x' } });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(await wrong.text()).toBe(await unknown.text());
    const tries = Array.from({ length: 12 }, () =>
      call('/api/session', { method: 'POST', body: { email: 'guess@body.example', password: 'x' } }),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(8);
    expect(statuses.filter((status) => status === 429)).toHaveLength(4);
  });

  test('signing out ends the session on the server, and nobody is signed in without a cookie', async () => {
    const cookie = await signIn(admin.email, admin.password);
    expect((await call('/api/session', { cookie })).status).toBe(200);
    expect((await call('/api/session', { method: 'DELETE', cookie })).status).toBe(204);
    expect((await call('/api/session', { cookie })).status).toBe(204);
    expect((await call('/api/projects', { cookie })).status).toBe(401);
  });

  test('a write that another site could cause is refused', async () => {
    const cookie = await signIn(admin.email, admin.password);
    const body = { id: `${name}-x`, name: 'X' };
    const without = await call('/api/projects', { method: 'POST', cookie, body, headers: {} });
    const foreign = await call('/api/projects', {
      method: 'POST',
      cookie,
      body,
      headers: { ...WRITE, 'sec-fetch-site': 'cross-site' },
    });
    expect([await codeOf(without), await codeOf(foreign)]).toEqual(['cross-site', 'cross-site']);
  });
});

describe('what the console says on hermes.control', () => {
  test('a project and a key are there when the answer is; the key as a hash only; a revoked key dies within 1 s', async () => {
    const cookie = await signIn(admin.email, admin.password);
    const project = await makeProject(cookie);
    const answer = await call(`/api/projects/${project}/keys`, {
      method: 'POST',
      cookie,
      body: { name: 'sender', scopes: ['events:write'] },
    });
    const made = (await answer.json()) as NewKey;
    await eventually('the key is known', () => findKey(control, made.key), 1_000);
    expect(control.projects.get(project)).toMatchObject({ timeZone: 'Asia/Shanghai', currency: 'CNY', partitions: 4 });
    expect(JSON.stringify([...control.keys.values()])).not.toContain(made.key);
    const list = await (await call(`/api/projects/${project}/keys`, { cookie })).text();
    expect(list).toContain(made.id);
    expect(list).not.toContain(made.key);

    const before = performance.now();
    expect((await call(`/api/projects/${project}/keys/${made.id}`, { method: 'DELETE', cookie })).status).toBe(204);
    await eventually('the key is dead', () => (findKey(control, made.key) === undefined ? true : undefined), 1_000);
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  test('a key limited to features and reads a minute is so in the answer, the list, the topic and the audit, and after a restart', async () => {
    const cookie = await signIn(admin.email, admin.password);
    const project = await makeProject(cookie);
    const limits = { features: ['showings_7d', 'tier'], readsPerMinute: 1_200 };
    const path = `/api/projects/${project}/keys`;
    const make = (body: object): Promise<Response> =>
      call(path, { method: 'POST', cookie, body: { name: 'app', scopes: ['profiles:read'], ...body } });
    const made = (await (await make({ ...limits, features: ['showings_7d', 'tier', 'tier'] })).json()) as NewKey;
    const free = (await (await make({})).json()) as NewKey;
    expect(made).toMatchObject(limits);
    await eventually('both keys are known', () => findKey(control, free.key) && findKey(control, made.key), 1_000);
    expect(control.keys.get(made.id)).toMatchObject(limits);
    expect(Object.keys(control.keys.get(free.id) ?? {})).not.toContain('features');
    const { keys } = (await (await call(path, { cookie })).json()) as { keys: readonly object[] };
    expect(keys).toEqual([
      expect.objectContaining(limits),
      expect.not.objectContaining({ features: expect.anything() }),
    ]);
    const { rows } = await database.query('SELECT detail FROM console.audit WHERE target = $1', [made.id]);
    expect(rows).toMatchObject([{ detail: limits }]);
    const refused = await make({ scopes: ['events:write'], features: ['tier'] });
    expect([refused.status, ((await refused.json()) as { detail: string }).detail]).toEqual([
      400,
      expect.stringContaining('give it the scope "profiles:read" or "profiles:write" too'),
    ]);
    await service.kill('SIGKILL');
    const published = control.keys.get(made.id);
    service = await start();
    expect(control.keys.get(made.id), 'what agrees is not said again').toBe(published);
  });

  test('what a crash left between commit and publishing is said at the next start; the signing key stays the same', async () => {
    const cookie = await signIn(admin.email, admin.password);
    const project = await makeProject(cookie);
    const answer = await call(`/api/projects/${project}/keys`, {
      method: 'POST',
      cookie,
      body: { name: 'k', scopes: ['events:read'] },
    });
    const { id, key } = (await answer.json()) as NewKey;
    await eventually('the key is known', () => findKey(control, key), 1_000);
    await service.kill('SIGKILL');
    // The states that a crash can leave: a change in the database without its message.
    const lost = `${name}-lost`;
    await database.query(
      `INSERT INTO console.projects (id, name, time_zone, currency, partitions, dedup_window_ms) VALUES ($1, 'Lost', 'UTC', 'CNY', 1, 60000)`,
      [lost],
    );
    await database.query('UPDATE console.keys SET revoked_at = now() WHERE id = $1', [id]);
    const { rows: signingKeys } = await database.query('SELECT id FROM console.signing_keys');
    service = await start();
    await eventually('the project is told', () => control.projects.get(lost), 5_000);
    await eventually('the key is withdrawn', () => (control.keys.has(id) ? undefined : true), 5_000);
    expect((await database.query('SELECT id FROM console.signing_keys')).rows).toEqual(signingKeys);
    expect((await call('/api/session', { cookie })).status, 'sessions survive a restart').toBe(200);
  });

  test('each write stands in the audit, without a secret', async () => {
    const cookie = await signIn(admin.email, admin.password);
    const project = await makeProject(cookie);
    const body = { role: 'viewer', password: 'first password of a viewer' };
    await call(`/api/projects/${project}/members/Viewer@Test.example`, { method: 'PUT', cookie, body });
    const { rows } = await database.query<{ action: string; actor: string }>(
      'SELECT * FROM console.audit WHERE project = $1 ORDER BY id',
      [project],
    );
    expect(rows.map(({ action }) => action)).toEqual(['project.created', 'member.set']);
    expect(rows.every(({ actor }) => actor === admin.email)).toBe(true);
    expect(JSON.stringify(rows)).not.toContain(body.password);
  });
});

test('a member sees the own project only, and may do what the role allows', async () => {
  const cookie = await signIn(admin.email, admin.password);
  const [own, other] = [await makeProject(cookie), await makeProject(cookie)];
  const password = 'first password of an editor';
  const put = await call(`/api/projects/${own}/members/editor@test.example`, {
    method: 'PUT',
    cookie,
    body: { role: 'editor', password },
  });
  expect(put.status).toBe(204);
  const editor = await signIn('editor@test.example', password);
  const { projects: seen } = (await (await call('/api/projects', { cookie: editor })).json()) as {
    projects: readonly { id: string; role: string }[];
  };
  expect(seen.map(({ id, role }) => [id, role])).toEqual([[own, 'editor']]);
  const status = async (path: string, method = 'GET', body?: unknown): Promise<number> =>
    (await call(path, { method, cookie: editor, ...(body === undefined ? {} : { body }) })).status;
  expect(await status(`/api/projects/${own}/transactions`)).toBe(200);
  expect(await status(`/api/projects/${other}/transactions`)).toBe(404);
  expect(await status(`/api/projects/${other}/live`)).toBe(404);
  expect(await status(`/api/projects/${own}/keys`)).toBe(403);
  expect(await status('/api/projects', 'POST', { id: `${name}-e`, name: 'E' })).toBe(403);
  expect(await status(`/api/projects/${own}/members/editor@test.example`, 'DELETE')).toBe(403);
});

describe('the proxy', () => {
  test('a service sees a fresh token of the person and never the cookie; body, query and answer pass as they are', async () => {
    const cookie = await signIn(admin.email, admin.password);
    const project = await makeProject(cookie);
    upstream.answer = (response) => response.writeHead(418, { 'content-type': 'application/json' }).end('{"tea":true}');
    const answer = await call(`/api/rule-engine/v1/projects/${project}/rules?limit=2&subject=broker%3Ab-1`, {
      method: 'POST',
      cookie,
      body: { name: '规则' },
    });
    expect([answer.status, await answer.json()]).toEqual([418, { tea: true }]);
    expect(upstream.path).toBe(`/v1/projects/${project}/rules?limit=2&subject=broker%3Ab-1`);
    expect(JSON.parse(upstream.body)).toEqual({ name: '规则' });
    expect(upstream.headers.cookie).toBeUndefined();
    const keys = createLocalJWKSet({ keys: [...control.signingKeys.values()].map(({ jwk }) => jwk as JWK) });
    const token = upstream.headers.authorization?.replace('Bearer ', '') ?? '';
    const { payload } = await jwtVerify(token, keys, { issuer: TOKEN_ISSUER });
    expect(payload).toMatchObject({ email: admin.email, operator: true, roles: {} });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
  });

  test('server-sent events pass as they come, and end at the service when the browser leaves', async () => {
    const cookie = await signIn(admin.email, admin.password);
    const left = Promise.withResolvers<void>();
    upstream.answer = (response) => {
      response.once('close', left.resolve);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n');
    };
    const reader = (await call('/api/rule-engine/v1/x', { cookie, method: 'POST', body: {} })).body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: first\n\n');
    await Promise.all([reader.cancel(), left.promise]);
  });

  test('a stopped service is told in a sentence, and nobody passes signed out or across sites', async () => {
    const cookie = await signIn(admin.email, admin.password);
    const stopped = await call('/api/ingest/v1/projects/x/event-types', { cookie });
    expect(stopped.status).toBe(503);
    expect(stopped.headers.get('content-type')).toContain('application/problem+json');
    expect(await stopped.json()).toMatchObject({ code: 'service-stopped', service: 'ingest' });
    expect((await call('/api/rule-engine/v1/rules')).status).toBe(401);
    const foreign = await call('/api/rule-engine/v1/rules', { method: 'POST', cookie, headers: {} });
    expect(await codeOf(foreign)).toBe('cross-site');
  });
});

describe('the live figures', () => {
  const deal = (id: string, line: string, price: string, time: Date) => ({
    event_id: id,
    subject: `customer:${id}`,
    line,
    district: 'riverside',
    price_cny: price,
    area_m2: 80,
    time: time.toISOString().replace('T', ' ').replace('Z', ''),
  });

  test('without a table the answer says why; then the figures are exact, to the cent, and a new deal is pushed', async () => {
    const cookie = await signIn(admin.email, admin.password);
    const project = await makeProject(cookie);
    const read = async (query: string): Promise<Transactions> =>
      (await (await call(`/api/projects/${project}/transactions?${query}`, { cookie })).json()) as Transactions;
    expect(await read('minutes=60')).toMatchObject({ ready: false, reason: 'no-table', buckets: [] });

    const clickhouse = openClickHouse(serverUrl('CLICKHOUSE_URL'));
    const db = projectDatabase(project);
    await clickhouse.command({ query: `CREATE DATABASE ${db}` });
    await clickhouse.command({
      query: `CREATE TABLE ${db}.deals (event_id String, subject String, line String, district String,
                price_cny Decimal(18, 2), area_m2 Float64, time DateTime64(3)) ENGINE = MergeTree ORDER BY time`,
    });
    const insert = (...values: ReturnType<typeof deal>[]) =>
      clickhouse.insert({ table: `${db}.deals`, values, format: 'JSONEachRow' });
    const now = Date.now();
    await insert(
      deal('a', 'second-hand', '3350000.10', new Date(now - 60_000)),
      deal('b', 'rental', '9000.20', new Date(now - 70 * 60_000)),
      deal('c', 'rental', '9000.30', new Date(now - 40 * 86_400_000)),
    );
    const hour = await read('minutes=60');
    expect(hour).toMatchObject({
      ready: true,
      unit: 'minute',
      lastHour: { deals: 1, value: '3350000.1' },
      hourBefore: { deals: 1, value: '9000.2' },
    });
    expect(hour.buckets).toHaveLength(60);
    expect(hour.series.map(({ line, deals }) => [line, deals.reduce((a, b) => a + b)])).toEqual([['second-hand', 1]]);
    const all = await read('days=18250');
    expect(all).toMatchObject({ unit: 'month', total: { deals: 3, value: '3368000.6' } });
    expect(all.buckets.length).toBeLessThanOrEqual(3);
    const days = await read('days=7');
    expect(
      days.buckets.every((bucket) => bucket.endsWith('T16:00:00.000Z')),
      'days begin at midnight in Shanghai',
    ).toBe(true);

    const stream = await call(`/api/projects/${project}/live?minutes=60`, { cookie });
    const heard = pictures(stream);
    await eventually('the first picture', () => heard.pictures.find(({ lastHour }) => lastHour.deals === 1), 3_000);
    await insert(deal('d', 'new-home', '1.00', new Date()));
    const pushed = await eventually(
      'the new deal',
      () => heard.pictures.find(({ lastHour }) => lastHour.deals === 2),
      3_000,
    );
    expect(pushed.lastHour.value).toBe('3350001.1');
    await heard.close();
    await clickhouse.close();
  });
});
