import { describe, expect, test } from 'vitest';
import { planScript } from './plan-script.ts';

const TABLES = `CREATE TABLE t (x INT, s STRING, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts) WITH ('connector'='kafka','topic'='demo.events','format'='json','scan.startup.mode'='earliest-offset');
CREATE TABLE o (v STRING) WITH ('connector'='clickhouse');
`;
const problemsOf = (sql: string) => {
  const planned = planScript(sql, { project: 'demo' });
  return planned.kind === 'ok' ? [] : planned.problems;
};

describe('what is not run is refused with its place, its name and what to write instead', () => {
  test.each([
    ['SELECT DISTINCT s FROM t', 1, 22, 'SELECT DISTINCT'],
    ['SELECT t.s FROM t JOIN t AS u ON t.x = u.x', 1, 33, 'a join'],
    ['SELECT s FROM t, t AS u', 1, 30, 'a join'],
    ['SELECT s FROM t ORDER BY ts', 1, 31, 'ORDER BY'],
    ['SELECT s FROM t UNION ALL SELECT s FROM t', 1, 31, 'UNION'],
    ['SELECT s FROM (SELECT s FROM t)', 1, 29, 'a sub-query in FROM'],
    ['SELECT ROW_NUMBER() OVER (PARTITION BY s ORDER BY ts) FROM t', 1, 22, 'OVER'],
    ['SELECT s FROM t GROUP BY s', 1, 40, 'GROUP BY without a window'],
    ['SELECT COUNT(*) FROM t', 1, 22, 'COUNT without a window'],
    ["SELECT s FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '5' MINUTE))", 1, 35, 'HOP'],
    ['SELECT CURRENT_TIMESTAMP FROM t', 1, 22, 'CURRENT_TIMESTAMP'],
    ['SELECT NO_SUCH(s) FROM t', 1, 22, 'NO_SUCH'],
    ['SELECT S FROM t', 1, 22, 'there is no column S'],
    ['SELECT x FROM t', 1, 22, 'INT does not fit the column v STRING'],
    ['SELECT s || x FROM t', 1, 24, '|| does not take'],
    ['SELECT s FROM t WHERE s = 1', 1, 39, '= does not take'],
    ['SELECT s FROM t WHERE x', 1, 37, 'a condition must be BOOLEAN'],
    ['SELECT time FROM t', 1, 22, 'reserved word'],
    ['SELECT s, s FROM t', 1, 15, '2 columns'],
    ['SELECT "s" FROM t', 1, 1 + 21, 'double quotes'],
  ])('%s', (query, line, column, message) => {
    const [problem] = problemsOf(`${TABLES}INSERT INTO o ${query}`);
    if (message === 'double quotes') expect(problem?.message).toContain(message);
    else
      expect({ line: problem?.line, column: problem?.column, message: problem?.message }).toEqual({
        line: line + 2,
        column,
        message: expect.stringContaining(message) as string,
      });
    expect(problem?.hint ?? '').not.toBe('');
  });

  test.each([
    ["CREATE TABLE t (x INT) WITH ('connector'='jdbc')", "'connector' = 'jdbc'"],
    [
      "CREATE TABLE t (x INT) WITH ('connector'='kafka','topic'='other.events','format'='json','scan.startup.mode'='earliest-offset')",
      'does not belong to the project',
    ],
    [
      "CREATE TABLE t (x INT) WITH ('connector'='kafka','topic'='demo.events','format'='json')",
      "lacks the option 'scan.startup.mode'",
    ],
    [
      "CREATE TABLE t (x INT) WITH ('connector'='kafka','topic'='demo.events','format'='json','scan.startup.mode'='latest-offset','properties.bootstrap.servers'='x')",
      "'properties.bootstrap.servers' is not supported",
    ],
    [
      "CREATE TABLE t (x TIMESTAMP(6)) WITH ('connector'='kafka','topic'='demo.events','format'='json','scan.startup.mode'='latest-offset')",
      'TIMESTAMP(6)',
    ],
    ["CREATE TABLE t (x ARRAY<INT>) WITH ('connector'='clickhouse')", 'ARRAY'],
    ["CREATE TABLE t (x DECIMAL(39,2)) WITH ('connector'='clickhouse')", 'between 1 and 38'],
    ['CREATE VIEW v AS SELECT 1', 'CREATE VIEW'],
    ['EXPLAIN SELECT 1', 'EXPLAIN'],
    ["SET 'execution.runtime-mode' = 'batch'", "the setting 'execution.runtime-mode'"],
    ['CREATE TABLE t (x INT', 'is not expected here'],
    ["CREATE TABLE t (x INT) WITH ('a'='b", 'has no end'],
    ['', 'no INSERT INTO'],
  ])('%s', (sql, message) => {
    expect(problemsOf(sql)[0]?.message).toContain(message);
  });

  test('every statement with a mistake is reported, in the order of the text', () => {
    const problems = problemsOf(
      `CREATE TABLE a (x ARRAY<INT>) WITH ('connector'='kafka');\nSET 'no.such' = '1';\nSELECT 1;`,
    );
    expect(problems.map((problem) => problem.line)).toEqual([1, 2, 3]);
  });

  test('the project’s name may stand as a variable', () => {
    const sql = `${TABLES.replace('demo.events', '${project}.events')}INSERT INTO o SELECT s FROM t`;
    expect(problemsOf(sql)).toEqual([]);
  });
});
