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
): Promise<void> => {
  const producer = await kafka.producer();
  await producer.send(Array.from({ length: count }, () => ({ topic, key: `k${sent}`, value: valueOf(sent++) })));
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
