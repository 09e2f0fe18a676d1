import { describe, expect, test } from 'vitest';
import { AS_OF, EVENTS, PROFILES } from '../testing/profile-tables.ts';
import { planOf, SqlRun } from '../testing/run-sql.ts';
import type { Row } from '../values/data-type.ts';

const TARGET = `CREATE TABLE o (subject STRING, tier STRING, seven BIGINT, spent DECIMAL(18, 2)) WITH ('connector' = 'clickhouse');\n`;
const queryOf = (join: string, where = ''): string =>
  `${EVENTS}${PROFILES}${TARGET}INSERT INTO o SELECT e.subject, tier, showings_7d, spent FROM events AS e ${join} profiles ${AS_OF} ${where}`;
/** The features that are asked for. */
function askedOf(sql: string): string[] {
  const join = planOf(sql).nodes.find((node) => node.kind === 'lookup-join')!;
  return join.table.columns.flatMap(({ name }, i) => (name === 'subject' || join.unread.includes(i) ? [] : [name]));
}

/** Runs events through a job whose profiles are these; what is not here is unknown. */
function run(sql: string, events: readonly unknown[], profiles: Readonly<Record<string, Row>>) {
  const job = new SqlRun(sql);
  job.send(events);
  const asked = job.job.pendingLookups();
  const keys = asked.map(({ values }) => values[0] as string);
  job.job.onLookedUp(
    asked.map(({ node, key }, i) => {
      const found = profiles[keys[i]!];
      return { node, key, rows: found === undefined ? [] : [found] };
    }),
    0,
  );
  return { keys, rows: job.texts(), bad: job.bad };
}

const GOLD: Row = ['customer:c-1', 'gold', 3, 335_000_000];

describe('a lookup join over records', () => {
  test('an inner join leaves out rows without a profile, a left join gives them NULLs', () => {
    const events = [{ subject: 'customer:c-1' }, { subject: 'customer:c-2' }, { subject: null }];
    const known = ['customer:c-1', 'gold', '3', '3350000.00'];
    expect(run(queryOf('JOIN'), events, { 'customer:c-1': GOLD }).rows).toEqual([known]);
    expect(run(queryOf('LEFT JOIN'), events, { 'customer:c-1': GOLD }).rows).toEqual([
      known,
      ['customer:c-2', null, null, null],
      [null, null, null, null],
    ]);
  });

  test('each subject is asked for once, and only for rows that pass what WHERE asks of the left table', () => {
    const events = [1, 1, 2, 3].map((n) => ({ subject: `customer:c-${n}`, n }));
    const { keys, rows } = run(queryOf('LEFT JOIN', "WHERE e.n < 3 AND tier = 'gold'"), events, {
      'customer:c-1': GOLD,
    });
    expect(keys).toEqual(['customer:c-1', 'customer:c-2']);
    expect(rows).toHaveLength(2);
  });

  test('only the features that the query uses are asked for', () => {
    expect(askedOf(queryOf('JOIN'))).toEqual(['tier', 'showings_7d', 'spent']);
    const one = queryOf('JOIN', 'WHERE showings_7d > 1').replace('tier, showings_7d, spent FROM', "'', 1, 1 FROM");
    expect(askedOf(one)).toEqual(['showings_7d']);
    const none = queryOf('JOIN').replace('tier, showings_7d, spent FROM', 'p.subject, 1, 1 FROM');
    expect(askedOf(none)).toEqual([]);
    expect(run(none, [{ subject: 'customer:c-1' }], { 'customer:c-1': GOLD }).rows).toEqual([
      ['customer:c-1', 'customer:c-1', '1', '1.00'],
    ]);
  });

  test('a window is aggregated over joined columns', () => {
    const sql = `${EVENTS}${PROFILES}CREATE TABLE o (minute_start TIMESTAMP(3), tier STRING, events BIGINT, most BIGINT) WITH ('connector' = 'clickhouse');
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
    const { rows } = run(sql, events, {
      'customer:c-1': GOLD,
      'customer:c-3': ['customer:c-3', 'blocked', null, null],
    });
    expect(new Set(rows.map((row) => row.join()))).toEqual(
      new Set(['2026-01-01 00:00:00.000,gold,2,3', '2026-01-01 00:00:00.000,,1,']),
    );
  });
});

test('processing time is the instant that the caller brings', () => {
  const job = new SqlRun(`${EVENTS}CREATE TABLE o (seen TIMESTAMP_LTZ(3)) WITH ('connector' = 'clickhouse');
    INSERT INTO o SELECT proctime FROM events`);
  job.send([{}], 1_000);
  expect(job.texts()).toEqual([['1970-01-01 00:00:01.000']]);
});
