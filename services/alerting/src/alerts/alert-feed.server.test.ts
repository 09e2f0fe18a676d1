import { alertOfDecision } from '@hermes/alerts/decision-alert';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import type { Alert } from '@hermes/contracts/alert';
import pg, { type Pool } from 'pg';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { sampleDecision } from '../testing/sample-decision.ts';
import { type TestDatabase, makeDatabase, uniqueName } from '../testing/test-database.ts';
import { eventually } from '../testing/test-receiver.ts';
import { AlertFeed } from './alert-feed.ts';
import { raiseAlerts } from './raise.repository.ts';

const logger = pino({ level: 'silent' });
let database: TestDatabase;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await makeDatabase();
});
afterAll(() => database.drop());
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function pool(maxConnections: number): Pool {
  const db = openPostgres(database.url, { maxConnections });
  closing.push(() => db.end());
  return db;
}

function feedOn(db: Pool): AlertFeed {
  const feed = new AlertFeed(db, logger);
  closing.push(() => feed.close());
  return feed;
}

test('a LISTEN that fails gives its connection back', async () => {
  const db = pool(1);
  const feed = feedOn(db);
  const query = vi.spyOn(pg.Client.prototype, 'query').mockRejectedValueOnce(new Error('out of memory') as never);
  await feed.start();
  query.mockRestore();
  // With one connection in the pool this rejects when the failed try still holds it.
  expect((await db.query('SELECT 1')).rowCount).toBe(1);
});

test('a notice that is none of ours ends nothing, and alerts go on to open pages', async () => {
  const feed = feedOn(pool(4));
  await feed.start();
  const project = uniqueName();
  const shown: Alert[] = [];
  let isOver = false;
  feed.of(project).subscribe({ next: (alert) => void shown.push(alert), complete: () => (isOver = true) });
  for (const payload of ['nonsense', '', '{}', 'null', '{"project":1,"ids":"x"}']) {
    await database.db.query('SELECT pg_notify($1, $2)', ['hermes_alerting', payload]);
  }
  const raised = alertOfDecision(sampleDecision(project, uniqueName()), new Date().toISOString())!;
  const { alertIds } = await raiseAlerts(database.db, [raised]);
  feed.announce(project, alertIds);
  await eventually('the page shows the alert', () => shown.length === 1);
  expect(shown).toEqual([raised.alert]);
  expect(isOver).toBe(false);
});
