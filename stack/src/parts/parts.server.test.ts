import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPart, type RunningPart } from './instance.ts';
import type { PartName } from './part.ts';

/** A value written before kill -9 and read after it, in each part's own protocol. */
const memory: Record<PartName, { write(url: string): Promise<void>; read(url: string): Promise<string> }> = {
  valkey: {
    write: (url) => withRedis(url, (redis) => redis.set('kept', 'yes').then(() => undefined)),
    read: (url) => withRedis(url, async (redis) => (await redis.get('kept')) ?? 'no'),
  },
  postgres: {
    write: (url) =>
      withPostgres(url, async (client) => void (await client.query(`CREATE TABLE kept AS SELECT 'yes' AS answer`))),
    read: (url) =>
      withPostgres(
        url,
        async (client) => (await client.query<{ answer: string }>('SELECT answer FROM kept')).rows[0]?.answer ?? 'no',
      ),
  },
  clickhouse: {
    async write(url) {
      await clickhouse(url, 'CREATE DATABASE kept');
      await clickhouse(url, 'CREATE TABLE kept.kept (answer String) ENGINE = MergeTree ORDER BY answer');
      await clickhouse(url, `INSERT INTO kept.kept VALUES ('yes')`);
    },
    read: async (url) => (await clickhouse(url, 'SELECT answer FROM kept.kept')).text.trim(),
  },
  kafka: {
    write: (url) =>
      withKafka(url, async (kafka) => {
        const admin = await kafka.admin();
        await admin.ensureTopics([
          { name: 'kept', partitions: 1, cleanupPolicy: 'delete', retentionMs: 3_600_000, retentionBytes: 1_000_000 },
        ]);
        await (await kafka.producer()).send([{ topic: 'kept', partition: 0, key: null, value: 'yes' }]);
      }),
    read: (url) =>
      withKafka(url, async (kafka) => {
        const seen: string[] = [];
        const follower = await kafka.follow({ topic: 'kept', onRecord: ({ value }) => void seen.push(String(value)) });
        await follower.caughtUp;
        return seen.join();
      }),
  },
};

describe.each(['valkey', 'postgres', 'clickhouse', 'kafka'] as const)('%s', (name) => {
  let dataDir: string;
  let part: RunningPart;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), `t-${name}-`));
    part = await startPart(name, { dataDir });
  });
  afterAll(async () => {
    await part.stop();
    rmSync(dataDir, { recursive: true });
  });

  test('keeps through kill -9 and through a stop what it has acknowledged', async () => {
    await memory[name].write(part.url);
    await part.kill9();
    await expect(memory[name].read(part.url)).rejects.toThrow();
    await part.restart();
    expect(await memory[name].read(part.url)).toBe('yes');
    await part.stop();
    await part.restart();
    expect(await memory[name].read(part.url)).toBe('yes');
  });

  if (name === 'clickhouse') {
    test('the analyst reads every table and writes none, and reads no file and no url', async () => {
      const analyst = part.analystUrl ?? '';
      expect(await clickhouse(analyst, 'SELECT 1')).toMatchObject({ status: 200 });
      for (const forbidden of [
        'CREATE DATABASE mine',
        `INSERT INTO kept.kept VALUES ('no')`,
        'DROP TABLE kept.kept',
        `SELECT * FROM file('/etc/passwd', 'LineAsString')`,
        `SELECT * FROM url('http://127.0.0.1:1', 'CSV', 'a String')`,
        'SELECT 1 SETTINGS max_execution_time = 0',
      ]) {
        const answer = await clickhouse(analyst, forbidden);
        expect([forbidden, answer.status === 200]).toEqual([forbidden, false]);
      }
    });
  }
});

async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

async function withPostgres<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function clickhouse(url: string, sql: string): Promise<{ status: number; text: string }> {
  const { origin, username, password } = new URL(url);
  const response = await fetch(origin, {
    method: 'POST',
    body: sql,
    headers: { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password },
  });
  return { status: response.status, text: await response.text() };
}

async function withKafka<T>(url: string, work: (kafka: ReturnType<typeof openKafka>) => Promise<T>): Promise<T> {
  const kafka = openKafka({ brokers: [url], clientId: 't' });
  try {
    return await Promise.race([
      work(kafka),
      new Promise<never>((_, reject) => setTimeout(() => reject(new Error('Kafka does not answer')), 5_000).unref()),
    ]);
  } finally {
    await kafka.close().catch(() => undefined);
  }
}
