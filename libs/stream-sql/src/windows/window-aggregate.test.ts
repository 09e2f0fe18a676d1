import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Job } from '../operators/job.ts';
import { planOf, recordOf, show } from '../testing/run-sql.ts';

const SQL = `
CREATE TABLE deals (
  line STRING,
  price DECIMAL(18, 2),
  n INT,
  ts TIMESTAMP_LTZ(3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'kafka', 'topic' = 'demo.events', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset', 'json.timestamp-format.standard' = 'ISO-8601');
CREATE TABLE minutes (window_start TIMESTAMP_LTZ(3), line STRING, deals BIGINT, total DECIMAL(38, 2), average DECIMAL(38, 6), average_n INT, least INT, most INT, rich BIGINT)
WITH ('connector' = 'clickhouse');
INSERT INTO minutes
SELECT window_start, line, COUNT(*), SUM(price), AVG(price), AVG(n), MIN(n), MAX(n), COUNT(*) FILTER (WHERE price > 100)
FROM TABLE(TUMBLE(TABLE deals, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, line`;
interface EventOf {
  readonly partition: number;
  readonly line: string | null;
  readonly cents: bigint | null;
  readonly second: number;
}
const at = (s: number): string => new Date(Date.UTC(2026, 0, 1) + s * 1000).toISOString();

describe('a TUMBLE window', () => {
  test('comes out when the watermark passes its end, with COUNT, SUM, AVG, MIN, MAX and FILTER', () => {
    const plan = planOf(SQL);
    const job = new Job(plan);
    job.assign([0], 0);
    const before = job.onBatch(
      [
        recordOf({ line: 'rental', price: '100.00', n: 1, ts: at(1) }),
        recordOf({ line: 'rental', price: '100.01', n: 2, ts: at(59) }),
        recordOf({ line: 'rental', price: null, n: null, ts: at(30) }),
        recordOf({ line: null, price: '3.00', n: -3, ts: at(30) }),
        recordOf({ line: 'rental', price: '1.00', n: 9, ts: at(64.998) }),
      ],
      0,
    );
    expect(before.rows).toEqual([]);
    const { rows } = job.onBatch([recordOf({ line: 'x', ts: at(65) })], 0);
    expect(show(plan, rows)).toEqual([
      ['2026-01-01T00:00:00.000Z', 'rental', '3', '200.01', '100.005000', 1, 1, 2, '1'],
      ['2026-01-01T00:00:00.000Z', null, '1', '3.00', '3.000000', -3, -3, -3, '0'],
    ]);
  });

  test('a row behind the watermark is late: counted, in no window', () => {
    const job = new Job(planOf(SQL));
    job.assign([0], 0);
    job.onBatch([recordOf({ line: 'a', price: '1', ts: at(200) })], 0);
    expect(job.onBatch([recordOf({ line: 'a', price: '1', ts: at(10) })], 0).rows).toEqual([]);
    expect(job.counts.late).toBe(1);
  });

  test('an idle partition stops holding the watermark back after the idle timeout, and not before', () => {
    const job = new Job(planOf(`SET 'table.exec.source.idle-timeout' = '5 s';${SQL}`));
    job.assign([0, 1], 0);
    expect(
      job.onBatch([recordOf({ line: 'a', price: '1', ts: at(0) }), recordOf({ line: 'a', ts: at(100) })], 1_000).rows,
    ).toHaveLength(0);
    expect(job.onTime(4_999)).toHaveLength(0);
    expect(job.onTime(5_000)).toHaveLength(1);
  });

  test('without an idle timeout the least partition decides', () => {
    const job = new Job(planOf(SQL));
    job.assign([0, 1], 0);
    job.onBatch([recordOf({ line: 'a', ts: at(0) }), recordOf({ line: 'a', ts: at(1000) })], 0);
    expect(job.onTime(1e9)).toHaveLength(0);
    expect(job.onBatch([recordOf({ line: 'a', ts: at(65) }, 0, 1)], 0).rows).toHaveLength(1);
  });

  test('a row whose time is NULL is set aside', () => {
    const job = new Job(planOf(SQL));
    job.assign([0], 0);
    expect(job.onBatch([recordOf({ line: 'a' })], 0).bad[0]?.code).toBe('null-time');
  });

  const event = fc.record({
    partition: fc.integer({ min: 0, max: 2 }),
    line: fc.constantFrom('rental', 'new-home', null),
    cents: fc.option(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), { nil: null }),
    second: fc.integer({ min: 0, max: 600 }),
  });
  const batches = fc.array(fc.array(event, { minLength: 1, maxLength: 8 }), { maxLength: 25 });
  const encoded = (events: EventOf[], partition: number) =>
    events
      .filter((each) => each.partition === partition)
      .map((each) =>
        recordOf(
          `{"line":${JSON.stringify(each.line)},"price":${each.cents === null ? 'null' : `${each.cents}e-2`},"ts":"${at(each.second)}"}`,
          0,
          partition,
        ),
      );

  test('counts and sums as a simple model does, and the same after a snapshot and a restore at any point', () => {
    fc.assert(
      fc.property(batches, fc.nat(25), (input, cut) => {
        const plan = planOf(SQL);
        const straight = new Job(plan);
        let broken = new Job(plan);
        for (const job of [straight, broken]) job.assign([0, 1, 2], 0);
        const rows: unknown[] = [];
        const again: unknown[] = [];
        const model = new Map<string, { deals: number; cents: bigint | null }>();
        const marks = [-Infinity, -Infinity, -Infinity];
        let late = 0;
        input.forEach((events, i) => {
          if (i === cut) {
            const bytes = broken.snapshot();
            broken = new Job(plan);
            broken.restore(bytes, 0);
          }
          for (const partition of [0, 1, 2]) {
            const mine = events.filter((each) => each.partition === partition);
            const passed = Math.min(...marks);
            for (const { line, second, cents } of mine) {
              const end = (Math.floor(second / 60) + 1) * 60;
              if (end - 0.001 <= passed) late++;
              else {
                const key = `${end - 60} ${String(line)}`;
                const sum = model.get(key) ?? { deals: 0, cents: null };
                model.set(key, { deals: sum.deals + 1, cents: cents === null ? sum.cents : (sum.cents ?? 0n) + cents });
              }
            }
            marks[partition] = Math.max(marks[partition]!, ...mine.map((each) => each.second - 5));
            rows.push(...show(plan, straight.onBatch(encoded(events, partition), 0).rows));
            again.push(...show(plan, broken.onBatch(encoded(events, partition), 0).rows));
          }
        });
        const end = [0, 1, 2].map((partition) => recordOf({ ts: at(10_000) }, 0, partition));
        for (const last of end) {
          rows.push(...show(plan, straight.onBatch([last], 0).rows));
          again.push(...show(plan, broken.onBatch([last], 0).rows));
        }
        expect(again).toEqual(rows);
        expect(straight.counts.late).toBe(late);
        const found = new Map(
          (rows as string[][]).map(([start, line, deals, total]) => [
            `${(Date.parse(start!) - Date.UTC(2026, 0, 1)) / 1000} ${String(line)}`,
            { deals: Number(deals), cents: total === null ? null : BigInt(total!.replace('.', '')) },
          ]),
        );
        expect(found).toEqual(model);
        expect(rows).toHaveLength(found.size);
      }),
      { numRuns: 150 },
    );
  });
});

test('windows of TIMESTAMP_LTZ follow the wall clock of table.local-time-zone, over a change of daylight saving', () => {
  const plan = planOf(`SET 'table.local-time-zone' = 'America/New_York';
    CREATE TABLE t (ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts) WITH ('connector'='kafka','topic'='demo.events','format'='json','scan.startup.mode'='earliest-offset','json.timestamp-format.standard'='ISO-8601');
    CREATE TABLE o (s TIMESTAMP(3), e TIMESTAMP(3), n BIGINT) WITH ('connector'='clickhouse');
    INSERT INTO o SELECT window_start, window_end, COUNT(*) FROM TUMBLE(DATA => TABLE t, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '1' DAY) GROUP BY window_start, window_end`);
  const job = new Job(plan);
  job.assign([0], 0);
  const ts = [
    '2026-03-08T04:59:59Z',
    '2026-03-08T05:00:00Z',
    '2026-03-09T03:59:59Z',
    '2026-03-09T04:00:00Z',
    '2026-03-11T00:00:00Z',
  ];
  const { rows } = job.onBatch(
    ts.map((each) => recordOf({ ts: each })),
    0,
  );
  expect(show(plan, rows)).toEqual([
    ['2026-03-07 00:00:00.000', '2026-03-08 00:00:00.000', '1'],
    ['2026-03-08 00:00:00.000', '2026-03-09 00:00:00.000', '2'],
    ['2026-03-09 00:00:00.000', '2026-03-10 00:00:00.000', '1'],
  ]);
});
