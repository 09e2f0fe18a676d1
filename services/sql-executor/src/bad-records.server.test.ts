import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { expect, test, vi } from 'vitest';
import { openRunRoom } from './testing/run-room.ts';
import { RunHarness } from './testing/run-harness.ts';

vi.setConfig({ testTimeout: 90_000 });

const room = openRunRoom(1, ['good']);

const bytes = (...parts: readonly (string | number)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));

/** What comes of each record: `row` with what it has, or a dead letter. Where Flink's answer is known it is the same; `either`: one of both. */
const RECORDS: readonly (readonly [Buffer | null, 'row' | 'dead' | 'either'])[] = [
  [bytes('{"n":1,"s":"a","d":1.5,"r":{"x":1},"l":[1]}'), 'row'],
  [bytes('{"n":2,"s":"b'), 'dead'],
  [bytes('{"n":3,"s":"', 0xff, 0xfe, '"}'), 'either'],
  [bytes('{"n":4,"s":"', 0xed, 0xa0, 0x80, '"}'), 'either'],
  [bytes(0xef, 0xbb, 0xbf, '{"n":5}'), 'either'],
  [bytes('{"n":99999999999999999999}'), 'dead'],
  [bytes('{"n":2147483648}'), 'dead'],
  [bytes('{"d":1e400}'), 'either'],
  [bytes(`{"n":${'9'.repeat(10_000)}}`), 'dead'],
  [bytes(`{"d":0.${'3'.repeat(10_000)}}`), 'either'],
  [bytes('['.repeat(100_000)), 'dead'],
  [bytes(`{"other":${'['.repeat(50_000)}${']'.repeat(50_000)},"n":12}`), 'either'],
  [bytes(`{"other":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)},"n":13}`), 'either'],
  [bytes('{"n":14,"n":15}'), 'row'],
  [bytes('{"n":null,"s":null,"d":null,"r":null,"l":null}'), 'row'],
  [bytes('{"n":"text"}'), 'dead'],
  [bytes('{"n":{}}'), 'dead'],
  [bytes('{"r":[1]}'), 'dead'],
  [bytes('{"l":{"a":1}}'), 'dead'],
  [bytes('{"s":{"a":[1,2]}}'), 'row'],
  [bytes(`{"n":21,"s":"${'x'.repeat(900_000)}"}`), 'row'],
  [null, 'either'],
  [bytes(''), 'either'],
  [bytes(' '), 'either'],
  [bytes('null'), 'either'],
  [bytes('[]'), 'either'],
  [bytes('5'), 'either'],
  [bytes('{}'), 'row'],
  [bytes('{"n":29} {"n":30}'), 'either'],
  [bytes('{"n":31}garbage'), 'either'],
  [bytes('{"__proto__":{"n":1},"constructor":1,"n":32}'), 'row'],
  [bytes("{'n':33}"), 'dead'],
  [bytes('{"n":01}'), 'dead'],
  [bytes('{"n":+1}'), 'dead'],
  [bytes('{"n":NaN}'), 'dead'],
  [bytes('{"":36}'), 'row'],
  [bytes(0, 0, 0, 0), 'dead'],
  [Buffer.from(Array.from({ length: 2_000 }, (_, i) => (i * 7919) % 256)), 'dead'],
  [bytes('{"n":39,"s":"\\u0000\\ud800"}'), 'row'],
  [bytes('{"n":40,"s":"last"}'), 'row'],
];

const job = (options: string): string => `
  CREATE TABLE numbers (n INT, s STRING, d DOUBLE, r ROW<x INT>, l ARRAY<INT>, at_offset BIGINT METADATA FROM 'offset' VIRTUAL) WITH (
    'connector' = 'kafka', 'topic' = '\${project}.events', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset'${options});
  CREATE TABLE good (at_offset BIGINT, n INT, s INT, x INT, l INT, d DOUBLE) WITH ('connector' = 'kafka', 'topic' = '\${project}.good', 'format' = 'json',
    'sink.delivery-guarantee' = 'exactly-once');
  INSERT INTO good SELECT at_offset, n, CHAR_LENGTH(s), r.x, CARDINALITY(l), d FROM numbers;`;

async function recordsOf(topic: string): Promise<readonly KafkaRecord[]> {
  const admin = await room.kafka.admin();
  const isThere = (await admin.describeTopic(topic)) !== undefined;
  await admin.close();
  if (!isThere) return [];
  const records: KafkaRecord[] = [];
  const follower = await room.kafka.follow({ topic, maxWaitMs: 100, onRecord: (record) => void records.push(record) });
  await follower.caughtUp;
  await follower.close();
  return records;
}
const rowsOf = async (): Promise<readonly { at_offset: number; n: number | null; s: number | null }[]> =>
  (await recordsOf(`${room.project.id}.good`)).map(({ value }) => JSON.parse(String(value)) as never);
const deadLetters = () => recordsOf(`${room.project.id}.sql-executor.dlq`);

test.each([
  ['', false],
  [", 'json.ignore-parse-errors' = 'true'", true],
])(
  'every record of garbage is a row or a dead letter with a reason, and the run goes on (%s)',
  async (options, ignores) => {
    const harness = await RunHarness.open(room.clickhouse, room.project.id, job(options));
    const running = harness.start();
    for (const [value] of RECORDS)
      await room.producer.send([{ topic: `${room.project.id}.events`, partition: 0, key: 'k', value }]);
    await eventually('the last row', async () =>
      (await rowsOf()).some(({ at_offset: offset }) => offset === RECORDS.length - 1) ? true : undefined,
    );
    await running.stop();
    expect(await running.ended).toEqual({ kind: 'stopped' });
    const rows = await rowsOf();
    const dead = await deadLetters();
    const offsetsOfDead = dead.map(({ headers }) => Number(String(headers['hermes_from']).split('/')[2]));
    const found = RECORDS.map((_, offset) =>
      [
        ...rows.filter(({ at_offset: at }) => at === offset).map(() => 'row'),
        ...offsetsOfDead.filter((at) => at === offset).map(() => 'dead'),
      ].join(' and '),
    );
    const wrong = RECORDS.flatMap(([value, expected], offset) => {
      const is = found[offset]!;
      const isRight = ignores
        ? is === 'row' || (is === '' && expected !== 'row')
        : expected === 'either'
          ? is === 'row' || is === 'dead'
          : is === expected;
      return isRight ? [] : [`${String(value?.subarray(0, 40))}: ${is}`];
    });
    expect(wrong).toEqual([]);
    expect(harness.figures).toMatchObject({ rowsRead: RECORDS.length, badRows: dead.length });
    for (const { headers, value } of dead) {
      expect(String(headers['hermes_reason']).length).toBeGreaterThan(5);
      expect(String(headers['hermes_reason']).length).toBeLessThan(1_000);
      expect(RECORDS.some(([bytesOf]) => bytesOf === null || bytesOf.equals(value ?? Buffer.alloc(0)))).toBe(true);
    }
    await harness.close();
  },
);

test("rows that come too late are dead letters where 'hermes.late-rows' says so, and counted in any case", async () => {
  const sql = (keep: string) => `SET 'hermes.late-rows' = '${keep}';
    CREATE TABLE deals (n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH (
      'connector' = 'kafka', 'topic' = '\${project}.events', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset', 'json.timestamp-format.standard' = 'ISO-8601');
    CREATE TABLE good (at_offset BIGINT, n INT) WITH ('connector' = 'blackhole');
    INSERT INTO good SELECT COUNT(*), MAX(n) FROM TABLE(TUMBLE(TABLE deals, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;`;
  const deal = (n: number, minute: number) =>
    room.producer.send([
      {
        topic: `${room.project.id}.events`,
        partition: 0,
        key: null,
        value: `{"n":${n},"ts":"2026-01-01T00:0${minute}:00"}`,
      },
    ]);
  for (const keep of ['keep', 'drop'] as const) {
    const before = (await deadLetters()).length;
    const harness = await RunHarness.open(room.clickhouse, room.project.id, sql(keep));
    const running = harness.start();
    const count = await eventually('it reads', () => harness.figures?.rowsRead);
    await deal(1, 1);
    await deal(2, 3);
    await eventually('the watermark', () => ((harness.figures?.rowsRead ?? 0) >= count + 2 ? true : undefined));
    await deal(3, 1);
    await deal(4, 5);
    await eventually('the late row', () => ((harness.figures?.rowsRead ?? 0) >= count + 4 ? true : undefined));
    await running.stop();
    const late = (await deadLetters()).slice(before);
    expect(late.map(({ headers }) => String(headers['hermes_code']))).toEqual(keep === 'keep' ? ['late-row'] : []);
    if (keep === 'keep') {
      expect(JSON.parse(String(late[0]!.value))).toMatchObject({ n: 3 });
      expect(harness.figures).toMatchObject({ lateRows: 1, badRows: 0 });
    } else expect(harness.figures!.lateRows).toBeGreaterThan(0);
    await harness.close();
  }
});
