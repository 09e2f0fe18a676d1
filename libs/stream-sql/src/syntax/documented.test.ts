import { describe, expect, test } from 'vitest';
import { NEXMARK, nexmarkScript } from '../planner/testing/nexmark.ts';
import { DOCUMENTED } from '../testing/documented-sql.ts';
import { withoutPlaces } from '../testing/tree-text.ts';
import { parseScript } from './parse.ts';
import { printSql } from './print.ts';

/** Reads a text without a problem, prints each statement, and reads the same tree again. */
function checkText(text: string): void {
  const { statements, problems } = parseScript(text);
  expect(problems).toEqual([]);
  expect(statements).not.toEqual([]);
  const printed = statements.map(printSql).join(';\n');
  expect(withoutPlaces(parseScript(printed).statements)).toEqual(withoutPlaces(statements));
}

describe("what Flink's documentation shows is read", () => {
  test.each(DOCUMENTED)('%s: %s', (_, text) => checkText(text));
});

describe('the Nexmark queries are read', () => {
  test.each(NEXMARK)('%s', (name) => checkText(nexmarkScript(name)));

  test.each([
    [
      'q6',
      `INSERT INTO nexmark_q6 SELECT Q.seller, AVG(Q.final) OVER (PARTITION BY Q.seller ORDER BY Q.\`dateTime\` ROWS BETWEEN 10 PRECEDING AND CURRENT ROW)
       FROM (SELECT MAX(B.price) AS final, A.seller, B.\`dateTime\` FROM auction AS A, bid AS B WHERE A.id = B.auction and B.\`dateTime\` between A.\`dateTime\` and A.expires
       GROUP BY A.id, A.seller) AS Q`,
    ],
    [
      'q10',
      `CREATE TABLE nexmark_q10 (auction BIGINT, dt STRING, hm STRING) PARTITIONED BY (dt, hm) WITH ('connector' = 'filesystem', 'format' = 'csv');
       INSERT INTO nexmark_q10 SELECT auction, DATE_FORMAT(\`dateTime\`, 'yyyy-MM-dd'), DATE_FORMAT(\`dateTime\`, 'HH:mm') FROM bid`,
    ],
    [
      'q13',
      `INSERT INTO nexmark_q13 SELECT B.auction, S.\`value\` FROM (SELECT *, PROCTIME() as p_time FROM bid) B
       JOIN side_input FOR SYSTEM_TIME AS OF B.p_time AS S ON mod(B.auction, 10000) = S.key`,
    ],
    [
      'q14',
      `INSERT INTO nexmark_q14 SELECT 0.908 * price as price, CASE WHEN HOUR(\`dateTime\`) >= 8 AND HOUR(\`dateTime\`) <= 18 THEN 'dayTime'
       WHEN HOUR(\`dateTime\`) <= 6 OR HOUR(\`dateTime\`) >= 20 THEN 'nightTime' ELSE 'otherTime' END AS bidTimeType, count_char(extra, 'c') AS c_counts
       FROM bid WHERE 0.908 * price > 1000000 AND 0.908 * price < 50000000`,
    ],
  ])('%s', (_, text) => checkText(text));

  test("but not q14's own function, which is Java", () => {
    expect(
      parseScript("CREATE FUNCTION count_char AS 'com.github.nexmark.flink.udf.CountChar'").problems,
    ).toMatchObject([{ line: 1, column: 1, endColumn: 16, message: 'CREATE FUNCTION is not supported' }]);
  });
});
