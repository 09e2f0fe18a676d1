import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { DEAD_LETTER_HEADERS } from '@hermes/contracts/event';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isRowError, type LandingOptions, landTopic, type RunningLanding } from './land-topic.ts';
import { eventually, fromEnvironment, logTopic, openTestKafka, uniqueName } from './testing/servers.ts';

interface Row {
  readonly id: string;
  readonly amount: string;
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const clickhouse = openClickHouse(fromEnvironment('CLICKHOUSE_URL'));
let name: string;
let topic: string;
let kafka: KafkaDriver;
let landings: RunningLanding[];
let sent: number;

beforeEach(async () => {
  name = uniqueName();
  topic = `${name}.log`;
  landings = [];
  sent = 0;
  kafka = openTestKafka(name);
  const admin = await kafka.admin();
  await admin.ensureTopics([logTopic(topic, 3), logTopic(`${name}.dlq`, 1)]);
  await clickhouse.command({
    query: `CREATE TABLE \`${name}\` (id String, amount UInt32) ENGINE = ReplacingMergeTree ORDER BY id`,
  });
});
afterEach(async () => {
  await Promise.all(landings.map((landing) => landing.close()));
  await clickhouse.command({ query: `DROP TABLE IF EXISTS \`${name}\`` });
  await (await kafka.admin()).deleteTopics([topic, `${name}.dlq`]);
  await kafka.close();
});

const insert = async (rows: readonly Row[]): Promise<void> => {
  await clickhouse.insert({ table: `\`${name}\``, values: rows, format: 'JSONEachRow' });
};
const start = async (overrides: Partial<LandingOptions<Row>> = {}): Promise<RunningLanding> => {
  const landing = await landTopic<Row>({
    kafka,
    topics: [topic],
    groupId: `${name}.landing`,
    toRow: (record) => JSON.parse(record.value!.toString()) as Row,
    insert,
    deadLetterTopic: `${name}.dlq`,
    maxDelayMs: 100,
    sessionTimeoutMs: 6_000,
    logger: quiet,
    ...overrides,
  });
  landings.push(landing);
  return landing;
};
const send = async (
  count: number,
  valueOf = (i: number): string => JSON.stringify({ id: `e${i}`, amount: String(i) }),
  partition?: number,
): Promise<void> => {
  const producer = await kafka.producer();
  const place = partition === undefined ? { topic } : { topic, partition };
  await producer.send(Array.from({ length: count }, () => ({ ...place, key: `k${sent}`, value: valueOf(sent++) })));
  await producer.close();
};
const found = async (): Promise<{ rows: string; sum: string }> => {
  const answer = await clickhouse.query({
    query: `SELECT toString(count()) AS rows, toString(sum(amount)) AS sum FROM \`${name}\` FINAL`,
    format: 'JSONEachRow',
  });
  return (await answer.json<{ rows: string; sum: string }>())[0]!;
};
const rowsAre = (rows: number): Promise<true> =>
  eventually(`${rows} rows`, async () => ((await found()).rows === String(rows) ? true : undefined));
const deadLetters = async (): Promise<string[]> => {
  const texts: string[] = [];
  const follower = await kafka.follow({
    topic: `${name}.dlq`,
    onRecord: ({ headers, value }) =>
      void texts.push(`${headers[DEAD_LETTER_HEADERS.code]!.toString()} ${value!.toString()}`),
  });
  await follower.caughtUp;
  await follower.close();
  return texts;
};

describe('landing a topic in a table', () => {
  test('every record lands, within the delay and also in the middle of a stream', async () => {
    await start();
    await send(2_000);
    await rowsAre(2_000);
    await send(1);
    await rowsAre(2_001);
    expect((await found()).sum).toBe(String((2_000 * 2_001) / 2));
  });

  test('offsets are committed after the insert: the next process goes on where this one stopped', async () => {
    const first = await start();
    await send(500);
    await rowsAre(500);
    await first.close();
    let again = 0;
    await start({
      insert: async (rows) => {
        again += rows.length;
        await insert(rows);
      },
    });
    await send(20);
    await rowsAre(520);
    expect(again).toBe(20);
  });

  test('a table that is away holds the landing up and loses nothing', async () => {
    let away = true;
    await start({
      maxRows: 100,
      insert: async (rows) => {
        if (away) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
        await insert(rows);
      },
    });
    await send(700);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect((await found()).rows).toBe('0');
    away = false;
    await rowsAre(700);
    expect(await deadLetters()).toEqual([]);
  });

  test.each([
    { held: 'in the insert that fails', maxRows: 5_000 },
    { held: 'partly behind the insert that fails', maxRows: 100 },
  ])(
    'a landing that is closed while its table is away commits nothing of what it holds ($held)',
    async ({ maxRows }) => {
      let away = false;
      let refused = 0;
      const first = await start({
        maxRows,
        insert: async (rows) => {
          if (!away) return insert(rows);
          refused++;
          throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
        },
      });
      await send(200);
      await rowsAre(200);
      away = true;
      await send(300, (i) => (i === 250 ? '{' : JSON.stringify({ id: `e${i}`, amount: String(i) })));
      await eventually('a refused insert', () => (refused > 0 ? true : undefined));
      await first.close();
      expect((await found()).rows).toBe('200');
      await start();
      await rowsAre(499);
      expect((await found()).sum).toBe(String((499 * 500) / 2 - 250));
      await eventually('the dead letter', async () =>
        (await deadLetters()).includes('not-a-row {') ? true : undefined,
      );
    },
  );

  test('a landing that is closed while an insert hangs does not wait for it, and commits nothing even if it ends well', async () => {
    const hung = Promise.withResolvers<void>();
    let asked = 0;
    const first = await start({
      insert: () => {
        asked++;
        return hung.promise;
      },
    });
    await send(50);
    await eventually('an insert', () => (asked > 0 ? true : undefined));
    const closingMs = performance.now();
    await first.close();
    expect(performance.now() - closingMs).toBeLessThan(9_000);
    hung.resolve();
    await start();
    await rowsAre(50);
  });

  test('partitions whose first records come while the table is away land too, once it is back', async () => {
    let away = true;
    const landing = await start({
      maxRows: 50,
      insert: async (rows) => {
        if (away) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
        await insert(rows);
      },
    });
    // One flush hangs, and as many rows as fit wait behind it.
    await send(60, undefined, 0);
    await eventually('taken over', () => (landing.lag() === 60 ? true : undefined));
    await send(60, undefined, 0);
    await eventually('waiting', () => (landing.lag() === 120 ? true : undefined));
    await send(10, undefined, 1);
    await send(10, undefined, 2);
    // Longer than a handler waits, so that both partitions were refused.
    await new Promise((resolve) => setTimeout(resolve, 6_500));
    expect(landing.lag()).toBe(140);
    away = false;
    await rowsAre(140);
    await eventually('nothing is left', () => (landing.lag() === 0 ? true : undefined));
  });

  test('a partition that stopped before its first record was seen goes on from the committed place', async () => {
    const admin = await kafka.admin();
    const first = await start();
    await send(30, undefined, 0);
    await rowsAre(30);
    await first.close();
    await send(12, undefined, 0);
    const again: string[] = [];
    let questions = 0;
    // The driver gives partition 0 up before it delivers anything; the first question for the committed place fails.
    await start({
      insert: async (rows) => {
        again.push(...rows.map(({ id }) => id));
        await insert(rows);
      },
      kafka: {
        ...kafka,
        name: kafka.name,
        producer: () => kafka.producer(),
        groupConsumer: (options) =>
          kafka.groupConsumer({
            ...options,
            handlers: {
              ...options.handlers,
              onAssigned: (partition) =>
                partition.partition === 0
                  ? Promise.reject(new Error('the offset cannot be resolved'))
                  : options.handlers.onAssigned(partition),
            },
          }),
        admin: async () => ({
          ...admin,
          close: () => admin.close(),
          offsets: (name) => admin.offsets(name),
          committed: (groupId, name) =>
            questions++ === 0 ? Promise.reject(new Error('not now')) : admin.committed(groupId, name),
        }),
      },
    });
    await rowsAre(42);
    expect(questions).toBe(2);
    expect(again.sort()).toEqual(Array.from({ length: 12 }, (_, i) => `e${30 + i}`));
  });

  test("a fault of the server that is no row's fault is waited out: nobody is dead-lettered for it", async () => {
    await clickhouse.command({ query: `RENAME TABLE \`${name}\` TO \`${name}-away\`` });
    await start();
    await send(50);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await clickhouse.command({ query: `RENAME TABLE \`${name}-away\` TO \`${name}\`` });
    await rowsAre(50);
    expect(await deadLetters()).toEqual([]);
  });

  test('rows that the table cannot take and records that are no rows go to the dead-letter topic; all others land', async () => {
    await start();
    await send(300, (i) =>
      i === 17 ? '{' : JSON.stringify({ id: `e${i}`, amount: i === 133 || i === 134 ? 'much' : String(i) }),
    );
    await rowsAre(297);
    await eventually('three dead letters', async () => ((await deadLetters()).length === 3 ? true : undefined));
    expect((await deadLetters()).sort()).toEqual([
      'not-a-row {',
      'not-insertable {"id":"e133","amount":"much"}',
      'not-insertable {"id":"e134","amount":"much"}',
    ]);
  });

  test('a second process takes over what a leaving one had, and the table shows each row once', async () => {
    const first = await start();
    await send(300);
    await start();
    await send(300);
    await first.close();
    await send(300);
    await rowsAre(900);
  });
});

test("ClickHouse names its reasons: only those about a row's content are the row's", () => {
  const named = (type: string): Error => Object.assign(new Error(type), { type });
  expect(isRowError(named('CANNOT_PARSE_INPUT_ASSERTION_FAILED'))).toBe(true);
  expect(isRowError(named('UNKNOWN_TABLE'))).toBe(false);
  expect(isRowError(named('TOO_MANY_PARTS'))).toBe(false);
  expect(isRowError(new Error('socket hang up'))).toBe(false);
});
