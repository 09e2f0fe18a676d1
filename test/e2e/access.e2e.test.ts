/** Guards: who may call what. Every route of every service, called as everybody who could, answers as docs/access.md says. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { REQUEST_HEADER } from '@hermes/contracts/console-api';
import { Problem } from '@hermes/contracts/problem';
import { sharedHermes, type TestHermes } from '@hermes/stack/testing/hermes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Caller, makeCallers, mayCall, STRANGER } from '../access/callers.ts';
import { accessPage, type Route, routesOf } from '../access/routes.ts';
import { type FreshProject, makeFreshProject } from '../scenario/fresh-project.ts';

const SERVICES = ['console', 'ingest', 'sql-executor', 'rule-engine', 'profile-store', 'alerting'] as const;
const PAGE = resolve(import.meta.dirname, '../../docs/access.md');
/** Codes with which a caller is turned away. */
const TURNED_AWAY = new Set(['unauthorized', 'forbidden', 'signed-out']);

const base = mkdtempSync(join(tmpdir(), 'hermes-access-'));
const project = `access-${randomUUID().slice(0, 6)}`;
const other = `${project}-other`;
let hermes: TestHermes;
let routes: readonly Route[];
let callers: readonly Caller[];
let fresh: FreshProject;
/** Stands in everything that the project has. */
const MARKER = `marker-${randomUUID()}`;

const JOB = `CREATE TABLE events (subject STRING) WITH ('connector' = 'kafka', 'topic' = '\${project}.events',
  'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
CREATE TABLE seen (subject STRING) WITH ('connector' = 'blackhole');
INSERT INTO seen SELECT subject FROM events;`;
const EVENT = { specversion: '1.0', id: randomUUID(), source: 'access', type: 'deal.signed', subject: 'deal:d-1' };

const urlOf = (service: string): string => hermes.url(`${service.toUpperCase().replace('-', '_')}_URL`);

beforeAll(async () => {
  hermes = await sharedHermes(join(base, 'data'));
  fresh = await makeFreshProject(hermes, {
    id: project,
    partitions: 1,
    eventTypes: {
      'deal.signed': {
        title: { en: MARKER, zh: MARKER },
        description: { en: MARKER, zh: MARKER },
        schema: { type: 'object', properties: { note: { type: 'string' } } },
        example: { note: MARKER },
      },
    },
    rules: {
      mine: {
        name: MARKER,
        eventTypes: ['deal.signed'],
        conditions: { all: [{ fact: 'event', path: '$.data.note', operator: 'equal', value: MARKER }] },
        event: { type: 'mine' },
        severity: 'warning',
        tests: [{ name: 'mine', event: { data: { note: MARKER } }, fires: true }],
      },
    },
    receivers: [`http://127.0.0.1:9/${MARKER}`],
  });
  await makeFreshProject(hermes, { id: other, partitions: 1, eventTypes: {}, rules: {}, receivers: [] });
  callers = await makeCallers(hermes, project, other);
  routes = (await Promise.all(SERVICES.map((service) => routesOf(service, urlOf(service))))).flat();
});
afterAll(async () => {
  await hermes.stop();
  rmSync(base, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  /** Of a problem; '' for any other answer. */
  readonly code: string;
}

/** Calls a route on things that do not exist: people through the console, keys the service itself. Nothing is sent with it. */
async function call(route: Route, caller: Caller): Promise<Answer> {
  const path = route.path.replace('{p}', project).replace(/\{[^}]+\}/g, 'nothing-of-this-name');
  const direct = caller.kind === 'key' || caller.kind === 'nobody' || route.service === 'console';
  const url = direct ? `${urlOf(route.service)}${path}` : `${urlOf('console')}/api/${route.service}${path}`;
  const response = await fetch(url, {
    method: route.method,
    headers: {
      [REQUEST_HEADER]: '1',
      ...(caller.kind === 'key' ? { authorization: `Bearer ${caller.key}` } : {}),
      ...('cookie' in caller ? { cookie: caller.cookie } : {}),
      ...(route.method === 'GET' || route.method === 'DELETE' ? {} : { 'content-type': 'application/json' }),
    },
    ...(route.method === 'GET' || route.method === 'DELETE' ? {} : { body: '{}' }),
    signal: AbortSignal.timeout(10_000),
  });
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  const code = isProblem ? Problem.parse(await response.json()).code : '';
  // An answer may be a stream without end.
  if (!isProblem) await response.body?.cancel();
  return { status: response.status, code };
}

test('every route says who may call it, and docs/access.md lists them all', () => {
  expect(routes.filter(({ access }) => access === undefined)).toEqual([]);
  const page = accessPage(routes);
  if (process.env['ACCESS_PAGE'] === 'write') writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, 'utf8')).toBe(page);
});

test('every caller is let in exactly where the description says so, and no route breaks', async () => {
  const wrong: string[] = [];
  for (const caller of callers) {
    await Promise.all(
      routes.map(async (route) => {
        // A session that is ended here is needed for the next route.
        if (route.path === '/api/session' && route.method === 'DELETE') return;
        const { status, code } = await call(route, caller);
        const said = `${caller.name}: ${route.service} ${route.method} ${route.path} -> ${String(status)} ${code}`;
        const turnedAway = TURNED_AWAY.has(code) || (route.service === 'console' && code === 'not-found');
        if (status >= 500 && status !== 503) wrong.push(said);
        else if (mayCall(route, caller) ? TURNED_AWAY.has(code) : !turnedAway) wrong.push(said);
      }),
    );
  }
  expect(wrong).toEqual([]);
}, 120_000);

/** Which routes to GET tell the marker: those of `of`, called by the named caller, with each of the names in the place of every other parameter. */
async function routesThatTell(of: string, callerName: string, names: readonly string[]): Promise<readonly string[]> {
  const caller = callers.find(({ name }) => name === callerName);
  if (caller?.kind !== 'person') throw new Error(`nobody is called ${callerName}`);
  const paths = routes
    // A stream has no end.
    .filter(({ method, path }) => method === 'GET' && path.includes('{p}') && !/\/(changes|live|stream)$/.test(path))
    .flatMap(({ service, path }) => {
      const own = `${service === 'console' ? '' : `/api/${service}`}${path.replace('{p}', of)}`;
      return [...new Set(names.map((name) => own.replace(/\{[^}]+\}/g, encodeURIComponent(name))))];
    });
  const told = await Promise.all(
    paths.map(async (path) => {
      const response = await fetch(`${urlOf('console')}${path}?from=2020-01-01T00:00:00.000Z`, {
        headers: { cookie: caller.cookie },
        signal: AbortSignal.timeout(20_000),
      });
      return (await response.text()).includes(MARKER) ? path : undefined;
    }),
  );
  return told.filter((path) => path !== undefined);
}

test("an owner of another project reads nothing of this one, with its ids in their own project's paths either", async () => {
  const job = await fresh.client.service('sql-executor', 'POST', `projects/${project}/jobs`, {
    name: MARKER,
    sql: `-- ${MARKER}\n${JOB}`,
  });
  const { id: jobId } = z.object({ id: z.string() }).parse(await job.json());
  await fetch(`${urlOf('ingest')}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${fresh.writeKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...EVENT, data: { note: MARKER } }),
  });
  const Decisions = z.object({ decisions: z.array(z.object({ id: z.string() })) });
  const decisions = async (): Promise<readonly string[]> => {
    const answer = await fresh.client.service('rule-engine', 'GET', `projects/${project}/decisions`);
    return Decisions.parse(await answer.json()).decisions.map(({ id }) => id);
  };
  await expect.poll(decisions, { timeout: 30_000 }).toHaveLength(1);
  const names = [jobId, ...(await decisions()), 'mine', 'deal.signed', EVENT.subject];

  const told = await routesThatTell(project, 'owner', names);
  for (const room of ['ingest', 'sql-executor', 'rule-engine', 'alerting'])
    expect(told.filter((path) => path.startsWith(`/api/${room}/`))).not.toEqual([]);
  expect(await routesThatTell(project, STRANGER, names)).toEqual([]);
  expect(await routesThatTell(other, STRANGER, names)).toEqual([]);
}, 120_000);
