import { describe, expect, test } from 'vitest';
import { AS_OF, EVENTS, PROFILES } from '../testing/profile-tables.ts';
import { planScript } from './plan-script.ts';

const OUT = `CREATE TABLE o (v STRING) WITH ('connector' = 'clickhouse');\n`;
const problemsOf = (sql: string) => {
  const planned = planScript(sql, { project: 'demo' });
  return planned.kind === 'ok' ? [] : planned.problems;
};
const LINES = (EVENTS + PROFILES + OUT).split('\n').length;

describe('what a lookup join cannot do is refused with its place and what to write instead', () => {
  test.each([
    [`SELECT tier FROM events AS e JOIN profiles AS p ON e.subject = p.subject`, 30, 'a join without FOR SYSTEM_TIME'],
    [`SELECT tier FROM events AS e RIGHT JOIN profiles ${AS_OF}`, 30, 'a RIGHT join'],
    [`SELECT tier FROM events AS e, profiles AS p`, 29, 'a join by a comma'],
    [`SELECT tier FROM events AS e JOIN profiles ${AS_OF} JOIN profiles ${AS_OF}`, 107, 'more than one join'],
    [`SELECT tier FROM events AS e JOIN profiles ${AS_OF.replace('e.proctime', 'PROCTIME()')}`, 66, 'an expression'],
    [
      `SELECT tier FROM events AS e JOIN profiles ${AS_OF.replace('e.proctime', 'e.ts')}`,
      66,
      'a join as of event time',
    ],
    [`SELECT tier FROM events AS e JOIN profiles ${AS_OF.replace('e.proctime', 'e.n')}`, 66, 'e.n is not a processing'],
    [`SELECT tier FROM events AS e JOIN profiles ${AS_OF.replace('= p.subject', '= p.tier')}`, 95, 'the primary key'],
    [`SELECT tier FROM events AS e JOIN profiles ${AS_OF.replace('e.subject =', 'p.tier =')}`, 92, 'the primary key'],
    [
      `SELECT tier FROM events AS e JOIN profiles ${AS_OF.replace('e.subject =', 'e.n =')}`,
      85,
      'a subject is STRING, not INT',
    ],
    [`SELECT tier FROM events AS e JOIN profiles ${AS_OF} AND p.tier = 'gold'`, 107, 'a further condition in ON'],
    [`SELECT tier FROM events AS e JOIN profiles ${AS_OF.replace(/ON.*/, 'USING (subject)')}`, 82, 'USING'],
    [`SELECT tier FROM events AS e JOIN o ${AS_OF}`, 35, 'a lookup join with a clickhouse table'],
    [`SELECT tier FROM events AS p JOIN profiles ${AS_OF.replaceAll('e.', 'p.')}`, 35, 'both tables are called p'],
    [`SELECT subject FROM events AS e JOIN profiles ${AS_OF}`, 8, 'subject is a column of both tables'],
    [`SELECT e.tier FROM events AS e JOIN profiles ${AS_OF}`, 10, 'there is no column tier'],
    [`SELECT tier FROM profiles`, 18, 'SELECT from a hermes-profile table'],
    [`SELECT CAST(PROCTIME() AS STRING) FROM events`, 13, 'PROCTIME() here'],
    [
      `SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(proctime), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end`,
      60,
      'a window of processing time',
    ],
  ])('%s', (query, column, message) => {
    const [problem] = problemsOf(`${EVENTS}${PROFILES}${OUT}INSERT INTO o\n${query}`);
    expect({ line: problem?.line, column: problem?.column, message: problem?.message }).toEqual({
      line: LINES + 1,
      column,
      message: expect.stringContaining(message) as string,
    });
    expect(problem?.hint ?? '').not.toBe('');
  });

  test('a watermark of processing time is refused', () => {
    const sql = EVENTS.replace('WATERMARK FOR ts AS ts', 'WATERMARK FOR proctime AS proctime');
    expect(problemsOf(`${sql}${OUT}INSERT INTO o SELECT subject FROM events`)[0]?.message).toContain(
      'WATERMARK FOR a proc',
    );
  });
});

describe('a table over profiles is checked where it is declared and where it is written', () => {
  const table = (columns: string, options = ''): string =>
    `CREATE TABLE p (${columns}) WITH ('connector' = 'hermes-profile'${options});`;
  test.each([
    [table('tier STRING, PRIMARY KEY (tier) NOT ENFORCED'), 'lacks the column subject'],
    [table('subject STRING, tier STRING'), 'the primary key of a hermes-profile table is subject'],
    [table('subject STRING, tier STRING, PRIMARY KEY (subject, tier) NOT ENFORCED'), 'the primary key'],
    [table('subject INT, tier STRING, PRIMARY KEY (subject) NOT ENFORCED'), 'subject is STRING, not INT'],
    [table('subject STRING, PRIMARY KEY (subject) NOT ENFORCED'), 'names no feature'],
    [table('subject STRING, Tier STRING, PRIMARY KEY (subject) NOT ENFORCED'), 'Tier cannot be a feature'],
    [table('subject STRING, t AS subject, PRIMARY KEY (subject) NOT ENFORCED'), 'a computed column'],
    ...[
      ["'lookup.cache' = 'FULL'", "'lookup.cache' = 'FULL' is not supported"],
      ["'lookup.partial-cache.expire-after-write' = 'soon'", "'soon' is not a duration"],
      ["'lookup.partial-cache.max-rows' = '0'", "'0' is not a number of rows"],
      ["'lookup.timeout' = '1 ms'", 'from 100 ms'],
      ["'lookup.max-retries' = '3'", "'lookup.max-retries' is not supported"],
      ["'lookup.cache.ttl' = '1 s'", "'lookup.cache.ttl' is not supported"],
    ].map(([option, message]) => [
      table('subject STRING, tier STRING, PRIMARY KEY (subject) NOT ENFORCED', `, ${option}`),
      message!,
    ]),
  ])('%s', (sql, message) => {
    const [problem] = problemsOf(sql!);
    expect(problem?.message).toContain(message);
    expect(problem?.hint ?? '').not.toBe('');
  });

  test.each([
    ['price DECIMAL(16, 2)', "SELECT subject, CAST('1' AS DECIMAL(16, 2)) FROM events", 'more digits than a number'],
    ['seen TIMESTAMP_LTZ(3)', 'SELECT subject, ts FROM events', 'an attribute of type TIMESTAMP_LTZ(3)'],
    ['place ROW<x DOUBLE>', 'SELECT subject, ts FROM events', 'an attribute of type ROW'],
    ['tier STRING', 'SELECT subject, n FROM events', 'INT does not fit the column tier'],
    ['tier STRING', 'SELECT subject FROM events', 'the query has 1 columns'],
  ])('%s cannot be written: %s', (column, query, message) => {
    const sql = `${EVENTS}${table(`subject STRING, ${column}, PRIMARY KEY (subject) NOT ENFORCED`)}INSERT INTO p ${query}`;
    expect(problemsOf(sql)[0]?.message).toContain(message);
  });

  test('INSERT INTO with columns names subject, and what the table has', () => {
    const into = (columns: string) =>
      problemsOf(`${EVENTS}${PROFILES}INSERT INTO profiles (${columns}) SELECT subject FROM events`)[0];
    expect(into('tier')?.message).toContain('does not name subject');
    expect(into('subject')?.message).toContain('names no attribute');
    expect(into('teir')).toMatchObject({
      message: expect.stringContaining('no column teir') as string,
      hint: expect.stringContaining('spent') as string,
    });
  });

  test('a table may be looked up and written in one job, and an option of lookups on one that is only written is refused', () => {
    const profiles = PROFILES.replace("'hermes-profile')", "'hermes-profile', 'lookup.cache' = 'NONE')");
    const both = `${EVENTS}${profiles}INSERT INTO profiles (subject, tier) SELECT e.subject, 'seen' FROM events AS e JOIN profiles ${AS_OF}`;
    expect(problemsOf(both)).toEqual([]);
    const written = `${EVENTS}${profiles}INSERT INTO profiles (subject, tier) SELECT subject, 'seen' FROM events`;
    expect(problemsOf(written)[0]?.message).toContain('an option of lookups');
  });

  test('Flink’s names for the lookup options are read', () => {
    const planned = planScript(
      `${EVENTS}${OUT}${PROFILES.replace(
        "'hermes-profile')",
        "'hermes-profile', 'lookup.cache' = 'PARTIAL', 'lookup.partial-cache.expire-after-write' = '2 min', 'lookup.partial-cache.max-rows' = '7', 'lookup.partial-cache.cache-missing-key' = 'false', 'lookup.timeout' = '2 s')",
      )}INSERT INTO o SELECT tier FROM events AS e JOIN profiles ${AS_OF}`,
      { project: 'demo' },
    );
    expect(planned.kind === 'ok' && planned.plan.operators[0]).toMatchObject({
      settings: { cache: { expireMs: 120_000, maxRows: 7, cacheMissingKey: false }, timeoutMs: 2_000 },
    });
  });
});
