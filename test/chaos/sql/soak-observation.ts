import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { EVENT_HEADERS } from '@hermes/contracts/event';
import { eventsTopic } from '@hermes/contracts/topics';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import type { Entries } from '../comparison.ts';
import { COPY_TOPIC, PROJECT, SCHEMA } from './soak-jobs.ts';
import { numbered } from './soak-truth.ts';

export interface SoakServers {
  readonly kafka: KafkaDriver;
  readonly clickhouse: ClickHouseClient;
  readonly postgres: Pool;
  readonly redis: Redis;
  readonly filesFolder: string;
}

/** All records of a topic as a reader of committed records sees them. */
export async function recordsOf(kafka: KafkaDriver, topic: string) {
  const records: { readonly value: string; readonly name: string }[] = [];
  const follower = await kafka.follow({
    topic,
    maxWaitMs: 100,
    onRecord: ({ value, headers }) =>
      void records.push({
        value: value?.toString() ?? '',
        name: `${String(headers[EVENT_HEADERS.source])} ${String(headers[EVENT_HEADERS.id])}`,
      }),
  });
  await follower.caughtUp;
  await follower.close();
  return records;
}

/** What is there now, under the names of `soakTruth`. */
export async function observe({
  kafka,
  clickhouse,
  postgres,
  redis,
  filesFolder,
}: SoakServers): Promise<ReadonlyMap<string, Entries>> {
  const select = async (query: string): Promise<[string, string][]> =>
    (await clickhouse.query({ query: query.replace('$', `project_${PROJECT}`), format: 'JSONCompactEachRow' })).json<
      [string, string]
    >();
  const ask = async (query: string): Promise<[string, string][]> =>
    (await postgres.query<[string, string]>({ text: query.replace('$', SCHEMA), rowMode: 'array' })).rows;
  const firsts = (rows: readonly [string, string][]): Entries => numbered(rows.map(([first]) => first));
  const copies = (await recordsOf(kafka, COPY_TOPIC)).map(({ value }) =>
    String((JSON.parse(value) as { n: number }).n),
  );
  const keys = await redis.keys('soak:total:*');
  const hashes = await Promise.all(keys.map((key) => redis.hgetall(key)));
  return new Map([
    ['kafka: copies', numbered(copies)],
    ['files: rows', numbered(await numbersInFiles(join(filesFolder, PROJECT, 'files')))],
    ['clickhouse: rows', firsts(await select('SELECT toString(n) FROM $.soak_rows'))],
    ['postgres: rows', firsts(await ask('SELECT n::text FROM $.rows_appended'))],
    [
      'clickhouse: windows of a minute',
      await select(
        `SELECT concat(replaceOne(substring(toString(toTimeZone(began, 'UTC')), 1, 16), ' ', 'T'), ' ', ifNull(k, '')), concat(toString(number), ' ', toString(total)) FROM $.soak_minutes`,
      ),
    ],
    [
      'clickhouse: joined with marks',
      firsts(await select(`SELECT concat(toString(n), ' ', ifNull(mark, '-')) FROM $.soak_marked`)),
    ],
    ['redis: totals', hashes.map(({ k = '', number = '', total = '' }): [string, string] => [k, `${number} ${total}`])],
    ['postgres: totals', await ask(`SELECT k, number || ' ' || total FROM $.totals_of_k`)],
    ['postgres: top three', await ask(`SELECT k || ' ' || place, n::text FROM $.highest`)],
    [
      'clickhouse: looked up in redis',
      firsts(await select(`SELECT concat(toString(n), ' ', ifNull(city, '-')) FROM $.soak_cities`)),
    ],
    ['profiles: attributes set', numbered(await attributes(kafka))],
  ]);
}

async function numbersInFiles(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.'));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line !== '')
    .map((line) => String((JSON.parse(line) as { n: number }).n));
}

/** The events behind ingest; an outbox may send one again, which every reader drops by its source and id. */
async function attributes(kafka: KafkaDriver): Promise<string[]> {
  const events = new Map((await recordsOf(kafka, eventsTopic(PROJECT))).map(({ name, value }) => [name, value]));
  return [...events.values()].flatMap((value) => {
    const { type, subject, data } = JSON.parse(value) as {
      type: string;
      subject: string;
      data: { attributes?: { last_n?: number } };
    };
    return type === 'hermes.attributes_set' ? [`${subject} ${String(data.attributes?.last_n)}`] : [];
  });
}
