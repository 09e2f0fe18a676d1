import { describe, expect, test } from 'vitest';
import { problemText } from '../testing/problem-text.ts';
import { treeText } from '../testing/tree-text.ts';
import { parseScript } from './parse.ts';

describe('what is wrong or not run in a statement is refused with its place, its name and what to write instead', () => {
  test.each<[string, string[]]>([
    [
      'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELEC 1; INSERT INTO b SELECT FROM; SELECT 1; END; SELECT 1',
      [
        '1:43-1:48 SELEC is not expected here | expected: SELECT or VALUES: what is inserted',
        '1:73-1:77 FROM is not expected here | expected: an expression; a name is `FROM` in back-ticks',
        '1:79-1:85 SELECT is not expected here | expected: INSERT INTO or END: a statement set has nothing else',
      ],
    ],
    [
      'EXECUTE STATEMENT SET BEGIN END',
      ['1:1-1:32 the statement set is empty | write at least one INSERT INTO between BEGIN and END'],
    ],
    [
      'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1;',
      ['1:52-1:52 the end of the text is not expected here | expected: END after the inserts of the statement set'],
    ],
    [
      "SHOW JOBS; SHOW TABLES FROM db; SHOW FOO; USE x; ALTER TABLE a RENAME TO b; CREATE FUNCTION f AS 'x'; CREATE FOO; DROP DATABASE x; SELEC 1; ADD JAR 'x'; UPDATE t SET a = 1; CALL f()",
      [
        '1:6-1:10 SHOW JOBS is not supported | the console lists the jobs',
        '1:24-1:28 a database in SHOW is not supported | leave it out: a job has one database of its own',
        '1:38-1:41 FOO is not expected here | expected: TABLES, VIEWS, FUNCTIONS, COLUMNS FROM, CREATE TABLE or CREATE VIEW after SHOW',
        '1:43-1:46 USE is not supported | leave it out: a job has one database of its own',
        '1:50-1:61 ALTER TABLE is not supported | change the CREATE statement in the text: a job has no tables beside its text',
        '1:77-1:92 CREATE FUNCTION is not supported | write the expression out, or a view with it',
        '1:110-1:113 FOO is not expected here | expected: TABLE or VIEW after CREATE',
        '1:115-1:128 DROP DATABASE is not supported | leave it out',
        '1:132-1:137 SELEC is not expected here | expected: a statement: CREATE TABLE, CREATE VIEW, INSERT INTO, SELECT, EXECUTE STATEMENT SET, SET, EXPLAIN, SHOW, ...',
        '1:141-1:148 ADD JAR is not supported | leave it out: connectors and formats are built in',
        '1:154-1:160 UPDATE is not supported | write INSERT INTO a table with a PRIMARY KEY: a row replaces the one with its key',
        '1:174-1:178 CALL is not supported | leave it out: there are no procedures',
      ],
    ],
    [
      "SET; SET 'a' = 'b'; RESET; RESET 'a'; SET a = b; SET 'a'",
      [
        "1:43-1:44 a is not expected here | expected: 'key' = 'value' after SET, both in quotes",
        "1:57-1:57 the end of the text is not expected here | expected: = in 'key' = 'value'",
      ],
    ],
    [
      'WITH RECURSIVE a AS (SELECT 1) SELECT 1',
      ['1:6-1:15 WITH RECURSIVE is not supported | write the levels out, one WITH for each'],
    ],
    [
      'SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY a)',
      [
        '1:17-1:32 MATCH_RECOGNIZE is not supported | compare a row with earlier ones by LAG(...) OVER, or join the stream with itself by time',
      ],
    ],
    [
      'SELECT * FROM a JOIN b WHERE x',
      [
        '1:24-1:29 WHERE is not expected here | expected: ON condition after the joined table, or CROSS JOIN for a join without a condition',
      ],
    ],
    [
      'SELECT * FROM a LEFT SEMI JOIN b ON 1=1',
      ['1:17-1:21 LEFT SEMI JOIN is not supported | write WHERE [NOT] EXISTS (SELECT ...) or [NOT] IN (SELECT ...)'],
    ],
    [
      'SELECT a FROM t LIMIT 1, 2',
      ['1:24-1:25 , is not expected here | expected: OFFSET; LIMIT start, count is LIMIT count OFFSET start'],
    ],
    [
      'SELECT a value FROM t',
      ['1:10-1:15 value is not expected here | expected: ; after the statement; a name is `value` in back-ticks'],
    ],
    [
      'SELECT count FROM t',
      ['1:8-1:13 count is a reserved word and cannot be an expression as it stands | write `count` in back-ticks'],
    ],
    [
      'CREATE TABLE t (a INT) DISTRIBUTED BY HASH(a) INTO 4 BUCKETS',
      [
        '1:24-1:35 DISTRIBUTED BY is not supported | leave it out: how rows are spread belongs to the Kafka topic or the table behind the connector',
      ],
    ],
    [
      'CREATE TABLE t AS SELECT 1',
      [
        '1:16-1:18 CREATE TABLE ... AS SELECT is not supported | write the columns out, and INSERT INTO ... SELECT as a statement of its own',
      ],
    ],
    [
      'CREATE TABLE order (a INT)',
      ['1:14-1:19 order is not expected here | expected: a table; a name is `order` in back-ticks'],
    ],
    [
      'CREATE TABLE t (a INT, a2 STRNG(3,) WITH ()',
      ['1:35-1:36 ) is not expected here | expected: the precision or scale'],
    ],
    [
      'CREATE TABLE t (timestamp TIMESTAMP(3), b INT DEFAULT 4)',
      ['1:17-1:26 timestamp is a reserved word and cannot be a column as it stands | write `timestamp` in back-ticks'],
    ],
    [
      "CREATE TABLE t (a INT) WITH ('a' = 'b', 'a' = 'c')",
      ["1:41-1:44 the option 'a' stands here twice | leave one of them out"],
    ],
    [
      'INSERT OVERWRITE t SELECT 1',
      [
        '1:8-1:17 INSERT OVERWRITE is not supported | write INSERT INTO; a table with a PRIMARY KEY replaces rows by their key',
      ],
    ],
    [
      'INSERT INTO t PARTITION (a = 1) SELECT 1',
      ['1:15-1:24 INSERT INTO ... PARTITION is not supported | write the value into the SELECT list'],
    ],
    [
      'SELECT 1 SELECT 2; INSERT t SELECT 1',
      [
        '1:10-1:16 SELECT is not expected here | expected: ; after the statement before it',
        '1:27-1:28 t is not expected here | expected: INTO after INSERT',
      ],
    ],
    [
      'SELECT a, FROM t',
      ['1:11-1:15 FROM is not expected here | expected: an expression; a name is `FROM` in back-ticks'],
    ],
    ["SELECT * FROM t WHERE a = 'x", ["1:27-1:29 the string that begins here has no end | close it with '"]],
    ['VALUES (1, 2), (3)', ['1:17-1:18 this row of VALUES has 1 values, the first has 2 | write as many in each row']],
    ['SELECT a FROM t GROUP BY', ['1:25-1:25 the end of the text is not expected here | expected: an expression']],
    ['SELECT CASE WHEN a THEN b FROM t', ['1:27-1:31 FROM is not expected here | expected: END after CASE']],
    [
      'SELECT SUM(a) OVER (PARTITION BY b ORDER BY c ROWS 3) FROM t',
      ['1:53-1:54 ) is not expected here | expected: PRECEDING or FOLLOWING'],
    ],
    [
      'SELECT * FROM t AS d FOR SYSTEM_TIME AS OF x',
      [
        '1:22-1:25 FOR is not expected here | expected: FOR SYSTEM_TIME AS OF before the alias: table FOR SYSTEM_TIME AS OF time AS alias',
      ],
    ],
    ['SELECT a.* b FROM t', ['1:12-1:13 b is not expected here | expected: ; after the statement']],
    [
      'SELECT f(x).* FROM t',
      [
        '1:12-1:13 .* of an expression is not supported | write the fields out, or select the row and take its fields in an outer query',
      ],
    ],
    [
      'SELECT MAX(a) AS max FROM t',
      ['1:18-1:21 max is a reserved word and cannot be a name for the column as it stands | write `max` in back-ticks'],
    ],
    [
      "SELECT a AS 'x' FROM t",
      ["1:13-1:16 'x' is not expected here | expected: a name; in back-ticks it may have any characters: `x`"],
    ],
    ['CREATE TABLE t ()', ['1:17-1:18 ) is not expected here | expected: a column']],
    [
      'CREATE TABLE t (a INTERVAL DAY)',
      [
        '1:19-1:27 a column or field of an INTERVAL type is not supported | write BIGINT and keep the milliseconds or months in it',
      ],
    ],
    [
      'EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1 END',
      ['1:52-1:55 END is not expected here | expected: ; after each INSERT INTO'],
    ],
    [
      'SELECT * FROM t OFFSET 2 LIMIT 3',
      ['1:26-1:31 LIMIT is not expected here | expected: the end of the query; LIMIT stands before OFFSET'],
    ],
    ['SELECT 1 WHERE TRUE', ['1:10-1:15 WHERE is not expected here | expected: ; after the statement']],
    [
      'SELECT * FROM (t)',
      ['1:17-1:18 ) is not expected here | expected: JOIN: only joins and queries stand in parentheses'],
    ],
    [
      'SELECT * FROM (a, b)',
      ['1:17-1:18 , is not expected here | expected: JOIN: only joins and queries stand in parentheses'],
    ],
    [
      'SELECT * FROM LATERAL f(1)',
      ['1:24-1:25 ( is not expected here | expected: TABLE(function(...)) or a query in parentheses after LATERAL'],
    ],
    [
      "SHOW TABLES ILIKE 'x'",
      ['1:13-1:18 ILIKE is not expected here | expected: ; after the statement; a name is `ILIKE` in back-ticks'],
    ],
    [
      'SELECT * FROM a CROSS JOIN b ON TRUE',
      ['1:17-1:22 CROSS JOIN has no condition | write JOIN ... ON, or put the condition into WHERE'],
    ],
    [
      'SELECT * FROM a NATURAL JOIN b USING (x)',
      ['1:17-1:24 NATURAL JOIN has no condition of its own | leave out NATURAL, or the condition'],
    ],
  ])('%s', (text, problems) => {
    expect(parseScript(text).problems.map(problemText)).toEqual(problems);
  });
});

describe('after a problem the next statements are read', () => {
  test('each statement has its own first problem, and the good ones have trees', () => {
    const text = 'SELECT 1;\nSELECT FROM t;\nDROP VIEW v;\nSELECT (1;\nSELECT 2';
    const { statements, problems } = parseScript(text);
    expect(statements.map((statement) => `${statement.at.line} ${statement.kind}`)).toEqual([
      '1 query',
      '3 drop',
      '5 query',
    ]);
    expect(problems.map(({ line, column }) => [line, column])).toEqual([
      [2, 8],
      [4, 10],
    ]);
  });

  test('a string without an end is a problem of its own statement', () => {
    const { statements, problems } = parseScript("SELECT 1; SELECT 'a; SELECT 2");
    expect(statements).toHaveLength(1);
    expect(problems.map(problemText)).toEqual(["1:18-1:30 the string that begins here has no end | close it with '"]);
  });

  test('a missing semicolon is one problem, and both statements are read', () => {
    const { statements, problems } = parseScript('DROP VIEW v\nINSERT INTO t SELECT 1');
    expect(statements.map((statement) => statement.kind)).toEqual(['drop', 'insert']);
    expect(problems.map(problemText)).toEqual([
      '2:1-2:7 INSERT is not expected here | expected: ; after the statement before it',
    ]);
  });

  test('the inserts of a statement set are read after a wrong one, and END is no problem', () => {
    const { statements, problems } = parseScript(
      'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT (1; INSERT INTO b SELECT 2; END; SELECT 3',
    );
    expect(statements.map(treeText)).toEqual([
      '(statement-set :inserts [(insert :table b :query (select :items [2]))])',
      '(query :query (select :items [3]))',
    ]);
    expect(problems).toHaveLength(1);
  });
});
