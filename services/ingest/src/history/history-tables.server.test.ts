import type { ClickHouseClient } from '@clickhouse/client';
import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import { serverUrl } from '@hermes/service-kit/testing/service-process';
import { uniqueName } from '@hermes/service-kit/testing/test-project';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeTables } from './history-tables.ts';

/** As the build before the places made it. */
const oldTable = (name: string): string => `
CREATE TABLE ${name}
(
  project LowCardinality(String),
  type LowCardinality(String),
  subject String,
  time DateTime64(3, 'UTC'),
  source LowCardinality(String),
  id String,
  received_at DateTime64(3, 'UTC'),
  accepted_at DateTime64(3, 'UTC'),
  data String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (project, type, subject, time, source, id)
TTL toDateTime(received_at) + INTERVAL 90 DAY
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000`;

let database: string;
let clickhouse: ClickHouseClient;
beforeEach(async () => {
  database = uniqueName().replace('-', '_');
  clickhouse = openClickHouse(serverUrl('CLICKHOUSE_URL'), { requestTimeoutMs: 60_000 });
  await run(`CREATE DATABASE ${database}`);
});
afterEach(async () => {
  await run(`DROP DATABASE ${database} SYNC`);
  await clickhouse.close();
});

const run = (query: string): Promise<unknown> => clickhouse.command({ query });
const make = (): Promise<void> =>
  makeTables({ clickhouse, keepDays: 90, signal: new AbortController().signal, database });

const DAY_MS = 86_400_000;
/** Received over the last two months, so that they lie in several parts. */
const rows = Array.from({ length: 600 }, (_, i) => {
  const at = new Date(Date.now() - i * 0.1 * DAY_MS).toISOString();
  return {
    project: 'demo',
    type: 'deal.signed',
    subject: `broker:b-${i % 7}`,
    time: at,
    source: 'app',
    id: `e-${i}`,
    received_at: at,
    accepted_at: at,
    data: `{"n":${i}}`,
  };
});

async function oldLog(name = 'event_log'): Promise<void> {
  await run(oldTable(`${database}.${name}`));
  await clickhouse.insert({ table: `${database}.${name}`, values: rows, format: 'JSONEachRow' });
}

interface Found {
  id: string;
  data: string;
  events_partition: number;
  events_offset: string;
}

async function found(): Promise<readonly Found[]> {
  const query = `SELECT id, data, events_partition, events_offset FROM ${database}.event_log FINAL ORDER BY time DESC, id`;
  return (await clickhouse.query({ query, format: 'JSONEachRow' })).json<Found>();
}

async function tables(): Promise<readonly string[]> {
  const query = `SELECT name FROM system.tables WHERE database = '${database}' ORDER BY name`;
  return (await (await clickhouse.query({ query, format: 'JSONEachRow' })).json<{ name: string }>()).map((t) => t.name);
}

const expectEverything = async (): Promise<void> => {
  expect(await tables()).toEqual(['dead_letter', 'event_log']);
  expect((await found()).map(({ id, data }) => ({ id, data }))).toEqual(rows.map(({ id, data }) => ({ id, data })));
};

test('of copies of an event the row with the lowest offset stays, in whatever order they land', async () => {
  await make();
  for (const offset of [7, 3, 5]) {
    const row = { ...rows[0], events_partition: 1, events_offset: offset };
    await clickhouse.insert({ table: `${database}.event_log`, values: [row], format: 'JSONEachRow' });
  }
  expect(await found()).toEqual([expect.objectContaining({ id: 'e-0', events_partition: 1, events_offset: '3' })]);
  await run(`OPTIMIZE TABLE ${database}.event_log FINAL`);
  expect(await found()).toEqual([expect.objectContaining({ id: 'e-0', events_offset: '3' })]);
});

test('the rows of an older build are brought over, marked as having no place; once more changes nothing', async () => {
  await oldLog();
  await make();
  await expectEverything();
  expect(new Set((await found()).map((row) => row.events_partition))).toEqual(new Set([65_535]));
  await make();
  await expectEverything();
});

test('a bringing over that ended after the old table was put aside, or in the middle of the copy, is taken up', async () => {
  await oldLog('event_log_before_places');
  await make();
  await expectEverything();

  await oldLog('event_log_before_places');
  await run(`TRUNCATE TABLE ${database}.event_log`);
  const values = rows.slice(0, 250);
  await clickhouse.insert({ table: `${database}.event_log`, values, format: 'JSONEachRow' });
  await make();
  await expectEverything();
});

test('three processes that bring it over at the same time lose nothing', async () => {
  await oldLog();
  await Promise.all([make(), make(), make()]);
  await expectEverything();
});

test('what a process of the older build lands meanwhile is there too, without a place', async () => {
  await make();
  await clickhouse.insert({ table: `${database}.event_log`, values: rows, format: 'JSONEachRow' });
  await expectEverything();
  expect(new Set((await found()).map((row) => row.events_partition))).toEqual(new Set([65_535]));
});
