import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Alert } from '@hermes/contracts/alert';
import { Profile } from '@hermes/contracts/profile';
import { startHermes, type TestHermes } from '@hermes/stack/testing/hermes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type FreshProject, makeFreshProject } from '../scenario/fresh-project.ts';

const base = mkdtempSync(join(tmpdir(), 'hermes-resilience-'));
const dataDir = join(base, 'data');
const project = 'resilience';
const SUBJECT = 'customer:c-1';

let hermes: TestHermes;
let fresh: FreshProject;

const send = async (): Promise<void> => {
  const event = {
    specversion: '1.0',
    id: randomUUID(),
    source: 'resilience',
    type: 'page.viewed',
    subject: SUBJECT,
    data: { page: 'home' },
  };
  const response = await fetch(`${hermes.url('INGEST_URL')}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${fresh.writeKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(event),
  });
  expect(response.status).toBe(202);
};

/** Views counted for the subject; -1 while profile-store does not answer. */
const views = async (): Promise<number> => {
  const response = await fetch(`${hermes.url('PROFILE_STORE_URL')}/v1/projects/${project}/profiles/${SUBJECT}`, {
    headers: { authorization: `Bearer ${fresh.readKey}` },
  }).catch(() => undefined);
  return response?.ok === true ? (Profile.parse(await response.json()).counts['page.viewed'] ?? 0) : -1;
};

const platformAlerts = async (): Promise<readonly Alert[]> => {
  const response = await fresh.client.service('alerting', 'GET', 'platform/alerts?limit=50');
  return z.object({ alerts: z.array(Alert) }).parse(await response.json()).alerts;
};

/** Processes whose environment or command line names the data folder. */
const processesOf = (folder: string): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8');
        return text.includes(folder)
          ? [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`]
          : [];
      } catch {
        return [];
      }
    });

beforeAll(async () => {
  hermes = await startHermes({ dataDir, args: ['--no-demo'] });
  fresh = await makeFreshProject(hermes, { id: project, partitions: 2, eventTypes: {}, rules: {}, receivers: [] });
}, 240_000);

afterAll(async () => {
  await hermes?.stop();
  rmSync(base, { recursive: true, force: true });
});

test('a service that is killed runs again within 2 s, and what was sent meanwhile is counted once', async () => {
  await send();
  await expect.poll(views, { timeout: 20_000 }).toBe(1);
  const before = hermes.record().units['profile-store']?.pid;
  const killedAtMs = performance.now();
  await hermes.kill9('profile-store');
  await expect
    .poll(() => hermes.record().units['profile-store']?.pid ?? before, { timeout: 2_500, interval: 20 })
    .not.toBe(before);
  expect(performance.now() - killedAtMs).toBeLessThan(2_000);
  await send();
  await expect.poll(views, { timeout: 30_000 }).toBe(2);
});

test('a service that hangs raises an alert within 10 s and resolves it when it goes on', async () => {
  const pid = hermes.record().units['rule-engine']!.pid;
  const mine = (alerts: readonly Alert[]): Alert | undefined =>
    alerts.find((alert) => alert.kind === 'heartbeat' && alert.subject.startsWith('service/rule-engine/'));
  process.kill(pid, 'SIGSTOP');
  try {
    await expect
      .poll(() => platformAlerts().then((alerts) => mine(alerts)?.status), { timeout: 10_000, interval: 200 })
      .toBe('firing');
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await expect
    .poll(() => platformAlerts().then((alerts) => mine(alerts)?.status), { timeout: 10_000, interval: 200 })
    .toBe('resolved');
});

test('kill -9 of the launcher leaves no orphan, and the next start has everything', async () => {
  const counted = await views();
  await send();
  await hermes.kill9Launcher();
  await expect.poll(() => processesOf(dataDir), { timeout: 20_000 }).toEqual([]);
  hermes = await startHermes({ dataDir, args: ['--no-demo'] });
  await expect.poll(views, { timeout: 30_000 }).toBe(counted + 1);
}, 180_000);

test('SIGTERM ends everything in order and leaves no process behind', async () => {
  const counted = await views();
  await hermes.stop();
  expect(processesOf(dataDir)).toEqual([]);
  hermes = await startHermes({ dataDir, args: ['--no-demo'] });
  // Ready is said when the project's features were read: the first read is answered.
  expect(await views()).toBe(counted);
  expect(counted).toBeGreaterThan(0);
}, 180_000);
