import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ConsoleClient } from '../api/console-client.ts';
import { IngestClient } from '../api/ingest-client.ts';
import { keepKey } from '../api/kept-keys.ts';
import { DEMO_EVENT_TYPES } from './event-types.ts';
import { DEMO_RULES } from './rules.ts';

export const DEMO_PROJECT = 'demo';

/** How the demo project is made when there is none. */
export const DEMO_DRAFT = {
  id: DEMO_PROJECT,
  name: 'Demo city 示范城',
  timeZone: 'Asia/Shanghai',
  currency: 'CNY',
  partitions: 4,
  // The simulator repeats a request within seconds; a day's marks of its events would fill most of a gigabyte of memory.
  dedupWindowMs: 3_600_000,
};

export interface DemoSetting {
  readonly consoleUrl: string;
  readonly adminEmail: string;
  readonly adminPassword: string;
  /** `<SERVICE>_URL` of the services. */
  readonly urls: Readonly<Record<string, string>>;
  /** Where the demo's keys are kept. */
  readonly dataDir: string;
}

export interface DemoKeys {
  /** May send events. */
  readonly writeKey: string;
  /** May read events, profiles and alerts. */
  readonly readKey: string;
}

const RuleList = z.object({ rules: z.array(z.object({ id: z.string() })) });
const JobList = z.object({
  jobs: z.array(z.object({ id: z.string(), name: z.string(), run: z.object({ state: z.string() }).nullable() })),
});

/**
 * Brings the demo project to what it should be: project, keys, event types, rules, SQL jobs. What is there already stays, so it
 * may run at every start; a rule or a job that somebody changed is left as it is.
 */
export async function loadDemo(setting: DemoSetting): Promise<DemoKeys> {
  const client = await ConsoleClient.signIn(setting.consoleUrl, setting.adminEmail, setting.adminPassword);
  await client.ensureProject(DEMO_DRAFT);
  const writeKey = await keepKey(client, setting.dataDir, DEMO_PROJECT, 'demo events', ['events:write']);
  const readKey = await keepKey(client, setting.dataDir, DEMO_PROJECT, 'demo reader', [
    'events:read',
    'profiles:read',
    'alerts:read',
  ]);
  await Promise.all([ensureEventTypes(client), ensureRules(client), ensureJobs(client)]);
  await new IngestClient(setting.urls['INGEST_URL'] ?? '', writeKey).untilKeyWorks(20_000);
  return { writeKey, readKey };
}

/** Event types that differ from the catalogue's become a new version there. */
async function ensureEventTypes(client: ConsoleClient): Promise<void> {
  const known = new Map((await client.eventTypes(DEMO_PROJECT)).map((eventType) => [eventType.type, eventType]));
  const wanted = Object.entries(DEMO_EVENT_TYPES).filter(([type, draft]) => {
    const { version, createdAt } = known.get(type) ?? {};
    return !isDeepStrictEqual(known.get(type), { ...draft, type, version, createdAt });
  });
  await Promise.all(wanted.map(([type, draft]) => client.putEventType(DEMO_PROJECT, type, draft)));
}

async function ensureRules(client: ConsoleClient): Promise<void> {
  const response = await client.service('rule-engine', 'GET', `projects/${DEMO_PROJECT}/rules`);
  const known = new Set(RuleList.parse(await response.json()).rules.map(({ id }) => id));
  for (const { id, draft } of DEMO_RULES) {
    if (!known.has(id)) await client.service('rule-engine', 'PUT', `projects/${DEMO_PROJECT}/rules/${id}`, draft);
  }
}

async function ensureJobs(client: ConsoleClient): Promise<void> {
  const wanted = await demoJobs();
  if (wanted.length === 0) return;
  const response = await client.service('sql-executor', 'GET', `projects/${DEMO_PROJECT}/jobs`);
  const { jobs } = JobList.parse(await response.json());
  for (const { name, sql } of wanted) {
    const known = jobs.find((job) => job.name === name);
    const job = known ?? (await createJob(client, name, sql));
    if (known?.run === null || known === undefined)
      await client.service('sql-executor', 'POST', `projects/${DEMO_PROJECT}/jobs/${job.id}/start`);
  }
}

async function createJob(client: ConsoleClient, name: string, sql: string): Promise<{ readonly id: string }> {
  const response = await client.service('sql-executor', 'POST', `projects/${DEMO_PROJECT}/jobs`, { name, sql });
  return z.object({ id: z.string() }).parse(await response.json());
}

/** The SQL texts beside this file; a job is called as its file. */
async function demoJobs(): Promise<readonly { readonly name: string; readonly sql: string }[]> {
  const folder = join(import.meta.dirname, 'jobs');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (file) => ({ name: file.slice(0, -4), sql: await readFile(join(folder, file), 'utf8') })),
  );
}
