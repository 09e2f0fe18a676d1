import { describe, expect, test } from 'vitest';
import { lookupFeatures, lookupRowReader } from '../formats/lookup-row.ts';
import type { LookupPlan } from '../plan/job-plan.ts';
import { AS_OF, EVENTS, PROFILES } from '../testing/profile-tables.ts';
import { planOf, recordOf, show } from '../testing/run-sql.ts';
import { Job } from './job.ts';
import type { LookupRow } from './lookup.ts';

const TARGET = `CREATE TABLE o (subject STRING, tier STRING, seven BIGINT, spent DECIMAL(18, 2)) WITH ('connector' = 'clickhouse');\n`;
const queryOf = (join: string, where = ''): string =>
  `${EVENTS}${PROFILES}${TARGET}INSERT INTO o SELECT e.subject, tier, showings_7d, spent FROM events AS e ${join} profiles ${AS_OF} ${where}`;
const lookupOf = (sql: string): LookupPlan => {
  const [first] = planOf(sql).operators;
  if (first?.kind !== 'lookup') throw new Error('the plan begins with no lookup');
  return first;
};

/** Runs events through a job whose profiles are these; what is not here is unknown. */
function run(
  sql: string,
  events: readonly unknown[],
  profiles: Readonly<Record<string, Parameters<ReturnType<typeof lookupRowReader>>[0]>>,
) {
  const plan = planOf(sql);
  const job = new Job(plan);
  job.assign([0], 0);
  const reads = job.read(
    events.map((event, i) => recordOf(event, i)),
    0,
  );
  const keys = job.lookupKeys(reads);
  const rowOf = lookupRowReader(lookupOf(sql));
  const found = new Map(
    keys.map((key): [string, LookupRow] => [
      key,
      profiles[key] === undefined ? { kind: 'unknown' } : rowOf(profiles[key]),
    ]),
  );
  const { rows, bad } = job.onRead(reads, 0, found);
  return { keys, rows: show(plan, rows), bad: bad.map(({ code, reason }) => `${code}: ${reason}`), job };
}

const GOLD = { tier: { value: 'gold' }, showings_7d: { value: 3 }, spent: { value: 3350000, exact: '3350000.00' } };

describe('a lookup join', () => {
  test('an inner join leaves out rows without a profile, a left join gives them NULLs', () => {
    const events = [{ subject: 'customer:c-1' }, { subject: 'customer:c-2' }, { subject: null }, { subject: 'none' }];
    const known = ['customer:c-1', 'gold', '3', '3350000.00'];
    const inner = run(queryOf('JOIN'), events, { 'customer:c-1': GOLD });
    expect(inner.rows).toEqual([known]);
    const left = run(queryOf('LEFT JOIN'), events, { 'customer:c-1': GOLD });
    expect(left.rows).toEqual([
      known,
      ['customer:c-2', null, null, null],
      [null, null, null, null],
      ['none', null, null, null],
    ]);
    expect([inner.bad, left.bad]).toEqual([[], []]);
  });

  test('each subject is asked for once, and only for rows that pass what WHERE asks of the left table', () => {
    const events = [1, 1, 2, 3].map((n) => ({ subject: `customer:c-${n}`, n }));
    const { keys, rows } = run(queryOf('LEFT JOIN', "WHERE e.n < 3 AND tier = 'gold'"), events, {
      'customer:c-1': GOLD,
    });
    expect(keys).toEqual(['customer:c-1', 'customer:c-2']);
    expect(rows).toHaveLength(2);
  });

  test('only the features that the query uses are asked for, and one when it uses none', () => {
    expect(lookupFeatures(lookupOf(queryOf('JOIN')))).toEqual(['tier', 'showings_7d', 'spent']);
    const one = queryOf('JOIN', 'WHERE showings_7d > 1').replace('tier, showings_7d, spent FROM', "'', 1, 1 FROM");
    expect(lookupFeatures(lookupOf(one))).toEqual(['showings_7d']);
    const none = queryOf('JOIN').replace('tier, showings_7d, spent FROM', 'p.subject, 1, 1 FROM');
    expect(lookupFeatures(lookupOf(none))).toEqual(['tier']);
    expect(run(none, [{ subject: 'customer:c-1' }], { 'customer:c-1': {} }).rows).toEqual([
      ['customer:c-1', 'customer:c-1', '1', '1.00'],
    ]);
  });

  test('values become columns as those of the kafka source do; a list or an object is its JSON', () => {
    const one = run(queryOf('JOIN'), [{ subject: 'customer:c-1' }], {
      'customer:c-1': {
        tier: { value: ['a', { b: 1 }] },
        showings_7d: { value: '12' },
        spent: { value: 0.1, exact: '9007199254740993.10' },
      },
    });
    expect(one.rows).toEqual([['customer:c-1', '["a",{"b":1}]', '12', '9007199254740993.10']]);
  });

  test('a value that does not fit its column makes its record a dead letter, and no other', () => {
    const events = [{ subject: 'customer:c-1' }, { subject: 'customer:c-2' }];
    const { rows, bad } = run(queryOf('JOIN'), events, {
      'customer:c-1': GOLD,
      'customer:c-2': { showings_7d: { value: 'many' } },
    });
    expect(rows).toHaveLength(1);
    expect(bad).toEqual([expect.stringContaining('lookup-mismatch: the profile does not fit: the field showings_7d')]);
  });

  test('a window is aggregated over joined columns', () => {
    const sql = `${EVENTS}${PROFILES}CREATE TABLE o (minute_start TIMESTAMP_LTZ(3), tier STRING, events BIGINT, most BIGINT) WITH ('connector' = 'clickhouse');
      INSERT INTO o SELECT window_start, p.tier, COUNT(*), MAX(p.showings_7d)
      FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) AS e LEFT JOIN profiles ${AS_OF}
      WHERE n > 0 AND (tier IS NULL OR tier <> 'blocked') GROUP BY window_start, window_end, p.tier`;
    const at = (second: number): string => new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString();
    const events = [
      { subject: 'customer:c-1', n: 1, ts: at(1) },
      { subject: 'customer:c-1', n: 1, ts: at(2) },
      { subject: 'customer:c-2', n: 1, ts: at(3) },
      { subject: 'customer:c-3', n: 1, ts: at(4) },
      { subject: 'customer:c-1', n: 0, ts: at(5) },
      { subject: 'customer:c-1', n: 0, ts: at(60) },
    ];
    const { rows } = run(sql, events, { 'customer:c-1': GOLD, 'customer:c-3': { tier: { value: 'blocked' } } });
    expect(rows).toEqual([
      ['2026-01-01T00:00:00.000Z', 'gold', '2', '3'],
      ['2026-01-01T00:00:00.000Z', null, '1', null],
    ]);
  });

  test('what was read may be processed later: reading counts nothing and moves no watermark', () => {
    const { job } = run(queryOf('JOIN'), [{ subject: 'customer:c-1' }], {});
    job.read([recordOf({ subject: 'customer:c-1', ts: '2026-01-01T00:00:00Z' }, 1)], 0);
    expect(job.counts.read).toBe(1);
    expect(job.watermarkMs).toBe(Number.NEGATIVE_INFINITY);
  });
});

test('processing time is the instant that the caller brings', () => {
  const plan = planOf(`${EVENTS}CREATE TABLE o (seen TIMESTAMP_LTZ(3)) WITH ('connector' = 'clickhouse');
    INSERT INTO o SELECT proctime FROM events`);
  const job = new Job(plan);
  job.assign([0], 0);
  expect(show(plan, job.onBatch([recordOf({})], 1_000).rows)).toEqual([['1970-01-01T00:00:01.000Z']]);
});
