/** Guards, on PostgreSQL: a result is kept whatever events say in it, and an erasure takes everything that it says of a subject. */
import { openPostgres } from '@hermes/connectors/postgres/pool';
import type { BacktestResult, BacktestSample, BacktestSetting } from '@hermes/contracts/rule-backtest';
import type { OpenErasure } from '@hermes/service-kit/erasure-copy';
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
  ruleId: null,
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

test('a run of a rule whose text PostgreSQL cannot unfold is listed, and found, like any other', async () => {
  const candidate = { ...setting.candidate, name: 'a\u0000b' };
  const live = { ...candidate, id: 'r', project: 'odd', version: 7, publishedAt: FROM };
  const odd = { ...setting, project: 'odd', ruleId: 'r', candidate, live };
  const added = await backtests.add('odd', { ruleId: 'r', version: undefined, setting: odd, by: 'me' });
  expect(added).toMatchObject({ liveVersion: 7, from: FROM, to: TO });
  expect(await backtests.list('odd', 'r')).toEqual([added]);
  expect((await backtests.find('odd', added.id))?.backtest).toEqual(added);
  expect((await backtests.claim(randomUUID(), ['odd']))?.setting).toEqual(odd);
});

test('a project that has had no turn for longer comes first, however many runs another has waiting', async () => {
  const ask = async (project: string): Promise<string> =>
    (
      await backtests.add(project, {
        ruleId: undefined,
        version: undefined,
        setting: { ...setting, project },
        by: 'me',
      })
    ).id;
  const many = [await ask('many'), await ask('many'), await ask('many')];
  const few = [await ask('few'), await ask('few')];
  const order: string[] = [];
  for (let i = 0; i < 5; i++) order.push((await backtests.claim(randomUUID(), ['many', 'few']))!.id);
  expect(order).toEqual([many[0], few[0], many[1], few[1], many[2]]);
});

test('an erasure of the key that a rule goes by takes the samples that it decided by it, and one within the run keeps them out', async () => {
  const one = { ...sample(DURING, {}), key: 'device:d-1' };
  const isKeyErased = (who: string): boolean => who === 'device:d-1';
  expect((await kept(one, isKeyErased))?.samples['more']).toEqual([]);
  const before = await kept(one);
  expect(before?.samples['more']).toEqual([one]);
  const store = backtests.store();
  const erasure = {
    id: 'x',
    project: 'p',
    subject: 'device:d-1',
    subjectHash: 'x',
    erasedAt: TO,
    requestedBy: 'me',
  } satisfies OpenErasure;
  expect(await store.count(erasure)).toBe(1);
  await store.remove(erasure);
  expect(await store.count(erasure)).toBe(0);
});

test('of a subject that was erased within the span neither samples nor figures are kept', async () => {
  const erasedAtMs = Date.parse(DURING);
  const result = await kept(sample(FROM, {}), (subject, atMs) => subject === SUBJECT && atMs <= erasedAtMs);
  expect([result?.samples['more'], result?.subjects]).toEqual([[], []]);
});
