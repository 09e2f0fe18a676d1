import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STATEMENTS } from '../testing/accepted-sql.ts';
import { DOCUMENTED } from '../testing/documented-sql.ts';
import { randomSql } from '../testing/random-sql.ts';
import { treeText } from '../testing/tree-text.ts';
import { format } from './format.ts';
import { tokenize } from './lexer.ts';
import { parseScript } from './parse.ts';

/** The same words, literals and comments; the same trees; and formatted again it stays. */
function check(text: string): void {
  const formatted = format(text);
  const words = (of: string) =>
    tokenize(of).map(({ kind, text: value, source }) => (kind === 'word' ? value : source.trimEnd()));
  expect(words(formatted)).toEqual(words(text));
  expect(parseScript(formatted).statements.map(treeText)).toEqual(parseScript(text).statements.map(treeText));
  expect(parseScript(formatted).problems.length).toBe(parseScript(text).problems.length);
  expect(format(formatted)).toBe(formatted);
}

describe('formatting changes nothing but blanks and the case of keywords, and what is formatted stays', () => {
  test.each([...STATEMENTS.map(([text]) => text), ...DOCUMENTED.map(([, text]) => text)])('%j', check);

  test('of any query', () => {
    fc.assert(fc.property(randomSql.query, check), { numRuns: 150 });
  });

  test('of any words, symbols and comments', () => {
    const piece = fc.constantFrom(
      'SELECT', 'a', 'FROM', 'JOIN', 'ON', 'WHERE', 'AND', '(', ')', ',', ';', '-', '- ', '+', '<', '>', 'ARRAY', '/* b */', '-- c\n', '\n', '.', "'x'", 'CREATE', 'TABLE', 'WITH', 'BEGIN', 'SET', 'END', 'OVER', '[', ']', 'CASE', 'BETWEEN', '/*+ H */', '1', '1.5', '=', '*', '/', '<=', '||', '{', '?', ':', 'E', 'X', '`q`',
    ); // prettier-ignore
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(' ')),
        check,
      ),
      { numRuns: 500 },
    );
  });

  test.each(["SELECT 'x", 'SELECT (1', 'SELECT 1)', 'SELECT [1)', '', '/* c'])('%j stays as it is', (text) =>
    expect(format(text)).toBe(text),
  );
});

describe('the layout', () => {
  test.each([
    ['select a,b from t where x=1', 'SELECT a, b\nFROM t\nWHERE x = 1\n'],
    [
      "set 'a'='b';set 'c'='d';select count( * ) c from t;",
      "SET 'a' = 'b';\nSET 'c' = 'd';\n\nSELECT COUNT(*) c\nFROM t;\n",
    ],
    [
      "create table t(a int not null,b as a*-1,ts timestamp(3) metadata from 'x' virtual,w map<string,array<int>>,primary key(a) not enforced)with('connector'='print')",
      "CREATE TABLE t (\n  a INT NOT NULL,\n  b AS a * -1,\n  ts TIMESTAMP(3) METADATA FROM 'x' VIRTUAL,\n  w MAP<STRING, ARRAY<INT>>,\n  PRIMARY KEY (a) NOT ENFORCED\n)\nWITH (\n  'connector' = 'print'\n)\n",
    ],
    [
      'insert into o(a,b) select x,y from(select * from t)q left join u on q.a=u.a and q.b=u.b order by a desc',
      'INSERT INTO o (a, b)\nSELECT x, y\nFROM (\n  SELECT *\n  FROM t\n) q\nLEFT JOIN u ON q.a = u.a AND q.b = u.b\nORDER BY a DESC\n',
    ],
    [
      'SELECT a -- first\n  , b /* second */ FROM t -- where\nWHERE c;\n-- the end',
      'SELECT a -- first\n, b /* second */\nFROM t -- where\nWHERE c;\n-- the end\n',
    ],
    [
      'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT 2; END; SELECT 3',
      'EXECUTE STATEMENT SET\nBEGIN\n  INSERT INTO a\n  SELECT 1;\n  INSERT INTO b\n  SELECT 2;\nEND;\n\nSELECT 3\n',
    ],
    [
      'SELECT ROW_NUMBER() OVER (PARTITION BY aaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbb ORDER BY cccccccccccccccccccccccccc DESC, d) AS n FROM t',
      'SELECT\n  ROW_NUMBER() OVER (\n    PARTITION BY aaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbb\n    ORDER BY cccccccccccccccccccccccccc DESC, d\n  ) AS n\nFROM t\n',
    ],
    [
      "INSERT INTO o SELECT CASE WHEN HOUR(aaaaaaaaaaaaaaaaaa) >= 8 AND HOUR(aaaaaaaaaaaaaaaaaa) <= 18 THEN 'day' ELSE 'night' END AS a FROM t",
      "INSERT INTO o\nSELECT\n  CASE\n    WHEN HOUR(aaaaaaaaaaaaaaaaaa) >= 8 AND HOUR(aaaaaaaaaaaaaaaaaa) <= 18 THEN 'day'\n    ELSE 'night'\n  END AS a\nFROM t\n",
    ],
    [
      'with a as(select 1),b as(select 2)select * from a,b',
      'WITH a AS (\n  SELECT 1\n),\nb AS (\n  SELECT 2\n)\nSELECT *\nFROM a, b\n',
    ],
  ])('%s', (text, formatted) => expect(format(text)).toBe(formatted));
});
