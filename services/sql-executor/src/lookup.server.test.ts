import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { projectDatabase } from './targets/target-table.ts';
import { dealEvent, sendDeals } from './testing/deals.ts';
import { ScriptedProfileStore } from './testing/profile-store.ts';
import { openRunRoom } from './testing/run-room.ts';
import { RunHarness } from './testing/run-harness.ts';

vi.setConfig({ testTimeout: 90_000 });

const PARTITIONS = 4;
const room = openRunRoom(PARTITIONS);
let store: ScriptedProfileStore;

beforeEach(async () => {
  store = new ScriptedProfileStore();
  await store.open();
  store.features = ['tier', 'showings_7d'].map((id) => ({
    id,
    status: 'live',
    published: { compute: { kind: 'set' } },
  }));
  // Of 37 brokers 30 are known.
  for (let n = 0; n < 30; n++) store.profiles.set(`broker:b-${n}`, { tier: `tier-${n % 3}`, showings_7d: n });
});
afterEach(() => store.close());

const jobOf = (join: string, options = "'lookup.cache' = 'PARTIAL'"): string => `
CREATE TABLE events (id STRING, subject STRING, \`type\` STRING, proctime AS PROCTIME())
WITH ('connector' = 'kafka', 'topic' = '\${project}.events', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
CREATE TABLE brokers (subject STRING NOT NULL, tier STRING, showings_7d BIGINT, PRIMARY KEY (subject) NOT ENFORCED)
WITH ('connector' = 'hermes-profile', ${options});
CREATE TABLE joined (id STRING NOT NULL, tier STRING, showings BIGINT)
WITH ('connector' = 'clickhouse', 'table.create' = 'true', 'table.order-by' = 'id');
INSERT INTO joined SELECT e.id, b.tier, b.showings_7d
FROM events AS e ${join} brokers FOR SYSTEM_TIME AS OF e.proctime AS b ON e.subject = b.subject WHERE e.\`type\` = 'deal.signed';`;

async function open(sql: string): Promise<RunHarness> {
  const harness = await RunHarness.open(room.clickhouse, room.project.id, sql);
  harness.profileStore = store.access;
  return harness;
}

async function found(): Promise<string[]> {
  const answer = await room.clickhouse.query({
    query: `SELECT concat(id, ' ', ifNull(tier, '-'), ' ', ifNull(toString(showings), '-')) AS line FROM ${projectDatabase(room.project.id)}.joined`,
    format: 'JSONEachRow',
  });
  return (await answer.json<{ line: string }>()).map(({ line }) => line).sort();
}

function expected(count: number, isInner: boolean): string[] {
  return Array.from({ length: count }, (_, n) => dealEvent(room.project.id, n))
    .filter(({ type }) => type === 'deal.signed')
    .flatMap(({ id, subject }) => {
      const profile = store.profiles.get(subject);
      if (profile === undefined) return isInner ? [] : [`${id} - -`];
      return [`${id} ${String(profile['tier'])} ${String(profile['showings_7d'])}`];
    })
    .sort();
}

const rows = (count: number, isInner: boolean): Promise<string[]> => {
  const wanted = expected(count, isInner);
  return eventually(
    `${wanted.length} rows`,
    async () => {
      const lines = await found();
      return lines.length >= wanted.length ? lines : undefined;
    },
    60_000,
  );
};

test.each([
  ['JOIN', true],
  ['LEFT JOIN', false],
])('%s: each event has the features of its subject, once, also when the process is killed', async (join, isInner) => {
  const count = 2_000;
  const harness = await open(jobOf(join));
  await sendDeals(room.producer, room.project.id, 0, 500);
  const sending = sendDeals(room.producer, room.project.id, 500, count);
  for (const fault of ['batch-processed:2', 'checkpoint-durable', 'block-inserted'])
    expect(await harness.start(fault).ended).toMatchObject({ kind: 'died' });
  const last = harness.start();
  await sending;
  await rows(count, isInner);
  await last.stop();
  expect(await found()).toEqual(expected(count, isInner));
  // A batch asks for each of its 37 subjects at most once.
  expect(Math.max(...store.asked.map((subjects) => subjects.length))).toBeLessThanOrEqual(37);
  await harness.close();
});

test('while profile-store is away the job waits, says why, can be stopped, and has lost nothing afterwards', async () => {
  const harness = await open(jobOf('LEFT JOIN', "'lookup.timeout' = '500 ms'"));
  const first = harness.start();
  await sendDeals(room.producer, room.project.id, 0, 300);
  await rows(300, false);
  await store.close();
  await sleep(1_100);
  await sendDeals(room.producer, room.project.id, 300, 600);
  await eventually('the reason', () =>
    harness.trouble?.includes('profile-store has not answered') ? true : undefined,
  );
  await store.open();
  await rows(600, false);
  await eventually('the trouble is over', () => (harness.trouble === null ? true : undefined));

  await store.close();
  await sleep(1_100);
  await sendDeals(room.producer, room.project.id, 600, 900);
  await eventually('it waits again', () => (harness.trouble === null ? undefined : true));
  const stopMs = performance.now();
  await first.stop();
  expect(await first.ended).toEqual({ kind: 'stopped' });
  expect(performance.now() - stopMs).toBeLessThan(5_000);
  // A start while it is away waits as well.
  const second = harness.start();
  await eventually('the next process waits', () => (harness.trouble === null ? undefined : true));
  await store.open();
  await rows(900, false);
  await second.stop();
  expect(await found()).toEqual(expected(900, false));
  await harness.close();
});

test('a row that its table does not take behind a lookup, and one whose profile does not fit, is a dead letter as JSON; the others go on', async () => {
  const sql = jobOf('LEFT JOIN').replace('tier STRING, showings BIGINT)', 'tier STRING NOT NULL, showings BIGINT)');
  const harness = await open(sql);
  await sendDeals(room.producer, room.project.id, 0, 100);
  const unfit = 'broker:b-1';
  store.profiles.set(unfit, { tier: 'tier-1', showings_7d: 'many' });
  const dead: { code: string; from: string; subject: unknown }[] = [];
  const follower = await room.kafka.follow({
    topic: `${room.project.id}.sql-executor.dlq`,
    onRecord: ({ headers, value }) =>
      void dead.push({
        code: String(headers['hermes_code']),
        from: String(headers['hermes_from']),
        subject: (JSON.parse(String(value)) as { subject: unknown }).subject,
      }),
  });
  const running = harness.start();
  const known = expected(100, true).filter((line) => !line.endsWith(' many'));
  const unknown = expected(100, false).filter((line) => !known.includes(line));
  await eventually(`${known.length} rows`, async () => ((await found()).length >= known.length ? true : undefined));
  await eventually('the dead letters', () => (dead.length >= unknown.length ? true : undefined));
  await running.stop();
  expect(await running.ended).toEqual({ kind: 'stopped' });
  expect(await found()).toEqual(known);
  expect(dead).toHaveLength(unknown.length);
  for (const { code, from, subject } of dead) {
    expect(from.startsWith(`job-${room.project.id}/`)).toBe(true);
    expect(code).toBe(subject === unfit ? 'lookup-mismatch' : 'not-null');
    expect(store.profiles.has(subject as string)).toBe(subject === unfit);
  }
  expect(dead.filter(({ subject }) => subject === unfit).length).toBeGreaterThan(0);
  expect(harness.figures).toMatchObject({ badRows: unknown.length, rowsWritten: known.length });
  await follower.close();
  await harness.close();
});

test('a change of a profile is seen when the answer of before has aged, and at once without a cache', async () => {
  for (const [options, waitMs] of [
    ["'lookup.partial-cache.expire-after-write' = '1 s'", 1_100],
    ["'lookup.cache' = 'NONE'", 0],
  ] as const) {
    const harness = await open(jobOf('JOIN', options).replaceAll('joined', `joined_${waitMs}`));
    const tiers = async (): Promise<string[]> => {
      const answer = await room.clickhouse.query({
        query: `SELECT tier FROM ${projectDatabase(room.project.id)}.joined_${waitMs} ORDER BY id`,
        format: 'JSONEachRow',
      });
      return (await answer.json<{ tier: string }>()).map(({ tier }) => tier);
    };
    const from = waitMs === 0 ? 2 : 0;
    store.profiles.set('broker:b-0', { tier: 'old' });
    store.profiles.set('broker:b-1', { tier: 'old' });
    store.profiles.set('broker:b-2', { tier: 'old' });
    const running = harness.start();
    await sendDeals(room.producer, room.project.id, from, from + 1);
    await eventually('the old value', async () => ((await tiers()).includes('old') ? true : undefined));
    for (const n of [0, 1, 2]) store.profiles.set(`broker:b-${n}`, { tier: 'new' });
    await sleep(waitMs);
    await sendDeals(room.producer, room.project.id, from, from + 1);
    await eventually('the new value', async () => ((await tiers()).includes('new') ? true : undefined));
    await running.stop();
    await harness.close();
  }
});

test('an unknown feature ends the run for a person, with what is near; without an address too', async () => {
  store.features = store.features.slice(1);
  const harness = await open(jobOf('JOIN'));
  expect(await harness.start().ended).toMatchObject({
    kind: 'failed',
    code: 'unknown-feature',
    final: true,
    message: expect.stringContaining("No live feature is called 'tier'. Live features: showings_7d") as string,
  });
  harness.profileStore = null;
  expect(await harness.start().ended).toMatchObject({ kind: 'failed', code: 'no-profile-store', final: true });
  await harness.close();
});
