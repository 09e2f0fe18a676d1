/** Guards, on PostgreSQL: runs and reviews of a build that kept neither spans nor keys apart are there after its migration, whatever their texts hold. */
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { migrate } from '@hermes/service-kit/migrate';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BacktestsRepository } from './backtests.repository.ts';

const MIGRATIONS = new URL('../../migrations/', import.meta.url);
const [FROM, TO] = ['2026-03-01T00:00:00.000Z', '2026-03-10T00:00:00.000Z'];

let database: TestDatabase;
let older: string;

beforeAll(async () => {
  database = await makeTestDatabase();
  older = mkdtempSync(join(tmpdir(), 'older-'));
  for (const name of readdirSync(MIGRATIONS).filter((one) => one < '018'))
    cpSync(new URL(name, MIGRATIONS), join(older, name));
});
afterAll(async () => {
  rmSync(older, { recursive: true });
  await database.drop();
});

test('they are listed with span and live version, and a review with its key', async () => {
  await migrate(database.url, 'rule_engine', pathToFileURL(`${older}/`));
  const pool = openPostgres(database.url);
  const settingOf = (name: string): string =>
    JSON.stringify({ candidate: { name }, live: { name, version: 7 }, features: [], from: FROM, to: TO });
  for (const [i, name] of ['plain', 'a\u0000b', 'a\ud800b'].entries())
    await pool.query(
      `INSERT INTO rule_engine.backtests (project, setting, state, requested_by, requested_at) VALUES ('p', $1, 'done', 'me', now() - $2 * interval '1 hour')`,
      [settingOf(name), i],
    );
  for (const [id, text] of Object.entries({ plain: 'x', odd: 'a\u0000b' }))
    await pool.query(
      `INSERT INTO rule_engine.reviews (project, decision_id, rule_id, rule_version, subject, event_time, received_at, held_at, decision)
       VALUES ('p', $1, 'r', 1, 's:1', now(), now(), now(), $2)`,
      [id, JSON.stringify({ id, key: 'device:d-1', event: { data: { text } } })],
    );
  await migrate(database.url, 'rule_engine', MIGRATIONS);
  const span = { from: FROM, to: TO };
  expect(await new BacktestsRepository(pool).list('p', null)).toMatchObject([
    { ...span, liveVersion: 7 },
    // Of a text that PostgreSQL cannot unfold it is not known.
    { ...span, liveVersion: null },
    { ...span, liveVersion: null },
  ]);
  const { rows } = await pool.query('SELECT decision_id, key FROM rule_engine.reviews ORDER BY 1');
  await pool.end();
  expect(rows).toEqual([
    { decision_id: 'odd', key: null },
    { decision_id: 'plain', key: 'device:d-1' },
  ]);
});
