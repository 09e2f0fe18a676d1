import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import pg from 'pg';
import { isRunning } from '../process/process-identity.ts';
import { waitUntil } from '../process/wait.ts';
import { startHermes, type TestHermes } from '../testing/hermes.ts';
import { answersReady } from './stack-services.ts';

const folder = mkdtempSync(join(tmpdir(), 't-launch-'));
const dataDir = join(folder, 'data');
let hermes: TestHermes;

beforeAll(async () => {
  hermes = await startHermes({ dataDir, args: ['--no-demo'] });
});
afterAll(async () => {
  await hermes.stop();
  rmSync(folder, { recursive: true });
});

const query = async (sql: string): Promise<unknown[]> => {
  const client = new pg.Client(hermes.url('DATABASE_URL'));
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};

test('a killed service and a killed server are running again within 2 s, and ready soon after', async () => {
  const names = ['ingest', 'valkey'];
  const before = names.map((name) => hermes.record().units[name]!);
  await Promise.all(names.map((name) => hermes.kill9(name)));
  const back = (): boolean =>
    names.every((name, i) => {
      const now = hermes.record().units[name];
      return now !== undefined && now.pid !== before[i]!.pid && isRunning(now);
    });
  expect(await waitUntil(back, { withinMs: 2_000, everyMs: 20 })).toBe(true);
  expect(await waitUntil(() => answersReady(hermes.record().ports.ingest), { withinMs: 30_000 })).toBe(true);
});

test('kill -9 of the launcher leaves no process, and the next start goes on with the data', async () => {
  await query('CREATE TABLE IF NOT EXISTS public.kept AS SELECT 1 AS one');
  const { units } = hermes.record();
  await hermes.kill9Launcher();
  expect(Object.values(units).filter(isRunning)).toEqual([]);
  hermes = await startHermes({ dataDir, args: ['--no-demo'] });
  expect(await query('SELECT one FROM public.kept')).toEqual([{ one: 1 }]);
});

test('a second start in the same data folder is told that Hermes runs there', async () => {
  await expect(startHermes({ dataDir, args: ['--no-demo'] })).rejects.toThrow('Hermes already runs in');
});
