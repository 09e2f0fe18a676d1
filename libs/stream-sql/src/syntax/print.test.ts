import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXPRESSIONS, PRECEDENCES, STATEMENTS } from '../testing/accepted-sql.ts';
import { randomSql } from '../testing/random-sql.ts';
import { withoutPlaces } from '../testing/tree-text.ts';
import { parseExpressionText, parseScript } from './parse.ts';
import { printExpression } from './print-expression.ts';
import { printSql } from './print.ts';
import type { Statement } from './tree.ts';

const statementOf = (text: string): Statement => {
  const { statements, problems } = parseScript(text);
  expect(problems, text).toEqual([]);
  expect(statements, text).toHaveLength(1);
  return statements[0]!;
};

const expressionOf = (text: string) => {
  const parsed = parseExpressionText(text);
  if (parsed.kind === 'refused') throw new Error(`${text}: ${parsed.problem.column} ${parsed.problem.message}`);
  return parsed.expression;
};

describe('what is printed parses to the same tree', () => {
  test.each([...PRECEDENCES, ...EXPRESSIONS])('%s', (text) => {
    const tree = expressionOf(text);
    const printed = printExpression(tree);
    expect(withoutPlaces(expressionOf(printed)), printed).toEqual(withoutPlaces(tree));
  });

  test.each(STATEMENTS)('%s', (text) => {
    for (const statement of parseScript(text).statements) {
      const printed = printSql(statement);
      expect(withoutPlaces(statementOf(printed)), printed).toEqual(withoutPlaces(statement));
    }
  });

  test('of any expression', () => {
    fc.assert(
      fc.property(randomSql.expression, (text) => {
        fc.pre(parseExpressionText(text).kind === 'ok');
        const tree = expressionOf(text);
        expect(withoutPlaces(expressionOf(printExpression(tree)))).toEqual(withoutPlaces(tree));
      }),
      { numRuns: 500 },
    );
  });

  test('of any query', () => {
    fc.assert(
      fc.property(randomSql.query, (text) => {
        fc.pre(parseScript(text).problems.length === 0);
        const tree = statementOf(text);
        const printed = printSql(tree);
        expect(withoutPlaces(statementOf(printed))).toEqual(withoutPlaces(tree));
        expect(printSql(statementOf(printed))).toBe(printed);
      }),
      { numRuns: 250 },
    );
  });
});

describe('a text is printed as people write it', () => {
  test.each([
    [
      'select a.b, count( * ) c from t where not (a = 1 or b = 2)',
      'SELECT a.b, count(*) AS c FROM t WHERE NOT (a = 1 OR b = 2)',
    ],
    ['SELECT ((a + (b * c)) - (d - e))', 'SELECT a + b * c - (d - e)'],
    ['SELECT (a = b) = c, a = (b = c)', 'SELECT a = b = c, a = (b = c)'],
    ['SELECT `a`, `group`, `a b`, `x``y`', 'SELECT a, `group`, `a b`, `x``y`'],
    ["SELECT - -1, -(-1), 'it''s'", "SELECT - -1, - -1, 'it''s'"],
    ['SELECT substring(a from 1), TRIM(both from b)', "SELECT substring(a FROM 1), TRIM(BOTH ' ' FROM b)"],
    ['(SELECT 1) UNION (SELECT 2 INTERSECT SELECT 3)', 'SELECT 1 UNION SELECT 2 INTERSECT SELECT 3'],
    ['SELECT 1 UNION (SELECT 2 UNION SELECT 3)', 'SELECT 1 UNION (SELECT 2 UNION SELECT 3)'],
    ['SELECT * FROM a INNER JOIN (b JOIN c ON TRUE) ON TRUE', 'SELECT * FROM a JOIN (b JOIN c ON TRUE) ON TRUE'],
    ['SELECT 1 LIMIT ALL OFFSET 3 ROWS', 'SELECT 1 OFFSET 3'],
    ["SET 'a'='b'", "SET 'a' = 'b'"],
    [
      "CREATE TABLE t (a INT NOT NULL, b AS a+1, PRIMARY KEY(a) NOT ENFORCED) WITH ('connector'='print','x'='y')",
      "CREATE TABLE t (\n  a INT NOT NULL,\n  b AS a + 1,\n  PRIMARY KEY (a) NOT ENFORCED\n)\nWITH (\n  'connector' = 'print',\n  'x' = 'y'\n)",
    ],
    [
      'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b(x) SELECT 2; END',
      'EXECUTE STATEMENT SET\nBEGIN\nINSERT INTO a SELECT 1;\nINSERT INTO b (x) SELECT 2;\nEND',
    ],
  ])('%s', (text, printed) => expect(printSql(statementOf(text))).toBe(printed));
});
