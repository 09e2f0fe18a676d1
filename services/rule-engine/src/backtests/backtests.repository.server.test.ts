/** Guards, on PostgreSQL: a result is kept whatever events say in it, and an erasure takes everything that it says of a subject. */
import { openPostgres } from '@hermes/connectors/postgres/pool';
import type { BacktestResult, BacktestSample, BacktestSetting } from '@hermes/contracts/rule-backtest';
import { migrate } from '@hermes/service-kit/migrate';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BacktestsRepository } from './backtests.repository.ts';

const SUBJECT = 'broker:b-1';
const [FROM, DURING, TO] = ['2026-03-01T00:00:00.000Z', '2026-03-05T00:00:00.000Z', '2026-03-10T00:00:00.000Z'];

let database: TestDatabase;
let pool: ReturnType<typeof openPostgres>;
let backtests: BacktestsRepository;

beforeAll(async () => {
  database = await makeTestDatabase();
  await migrate(database.url, 'rule_engine', new URL('../../migrations', import.meta.url));
  pool = openPostgres(database.url);
  backtests = new BacktestsRepository(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const setting: BacktestSetting = {
  project: 'p',
  timeZone: 'UTC',
  partitions: 1,
  candidate: {
    name: 'Any',
    eventTypes: ['a'],
    conditions: { all: [] },
    event: { type: 'any' },
    severity: 'info',
    alert: false,
  },
  live: null,
  features: [],
  lookups: [],
  from: FROM,
  to: TO,
};

const sample = (time: string, data: BacktestSample['event']['data']): BacktestSample => ({
  at: time,
  subject: SUBJECT,
  event: { id: 'e', source: '/t', type: 'a', time, data },
  liveDecision: null,
  trace: [],
  other: [],
  otherSuppressed: false,
});

/** A run that ended with this sample. Answers what is kept of it. */
async function kept(one: BacktestSample, isErased = (_subject: string, _atMs: number): boolean => false) {
  await backtests.add('p', { ruleId: undefined, version: undefined, setting, by: 'me' });
  const owner = randomUUID();
  const claimed = await backtests.claim(owner, ['p']);
  const result: BacktestResult = {
    from: FROM,
    to: TO,
    candidate: { hits: 1, suppressed: 0, undecided: 0 },
    live: null,
    difference: { more: 1, fewer: 0, same: 0 },
    per: 'day',
    overTime: [],
    subjects: [{ subject: SUBJECT, candidate: 1, live: 0 }],
    samples: { more: [one], fewer: [], same: [] },
    events: { read: 1, lookedAt: 1 },
    seconds: 1,
    eventsPerSecond: 1,
    notes: [],
  };
  await backtests.end(claimed!, owner, { kind: 'done', result }, isErased);
  return (await backtests.find('p', claimed!.id))?.result;
}

test.each([
  ['a character that PostgreSQL does not know', 'a\u0000b'],
  ['half a character', 'a\ud800b'],
])('%s in an event is kept as it is', async (_, text) => {
  const one = sample(DURING, { text });
  expect((await kept(one))?.samples['more']).toEqual([one]);
});

test('of a subject that was erased within the span neither samples nor figures are kept', async () => {
  const erasedAtMs = Date.parse(DURING);
  const result = await kept(sample(FROM, {}), (subject, atMs) => subject === SUBJECT && atMs <= erasedAtMs);
  expect([result?.samples['more'], result?.subjects]).toEqual([[], []]);
});
