import { describe, expect, test } from 'vitest';
import { EXPRESSIONS, PRECEDENCES, STATEMENTS } from '../testing/accepted-sql.ts';
import { treeText } from '../testing/tree-text.ts';
import { parseExpressionText, parseScript } from './parse.ts';

const treeOf = (text: string) => {
  const parsed = parseExpressionText(text);
  return parsed.kind === 'ok' ? treeText(parsed.expression) : parsed.problem;
};

describe("operators bind and are grouped as Flink's parser does it", () => {
  test.each(PRECEDENCES)('%s', (text, tree) => expect(treeOf(text)).toBe(tree));
});

describe('an expression has the tree of what is written', () => {
  test.each(EXPRESSIONS)('%s', (text, tree) => expect(treeOf(text)).toBe(tree));
});

describe('a text has the trees of its statements', () => {
  test.each(STATEMENTS)('%s', (text, trees) => {
    const { statements, problems } = parseScript(text);
    expect(problems).toEqual([]);
    expect(statements.map(treeText)).toEqual(trees);
  });
});

describe('comments and blanks change nothing', () => {
  test.each([
    ['SELECT a -- the end\n FROM t', 'SELECT a FROM t'],
    ['SELECT/* b */a/**/FROM/* * / */t;-- c', 'SELECT a FROM t'],
    ['// c\nSELECT\ta\r\nFROM\nt', 'SELECT a FROM t'],
    ["SELECT '-- no comment', '/* nor this */' FROM t", "SELECT '-- no comment' , '/* nor this */' FROM t"],
    ["SELECT 'a'\n  'b'", "SELECT 'ab'"],
    ['select Distinct a frOm t', 'SELECT DISTINCT a FROM t'],
    [';;SELECT 1;;;', 'SELECT 1'],
  ])('%j', (text, plain) => {
    const parsed = parseScript(text);
    expect(parsed.problems).toEqual([]);
    expect(parsed.statements.map(treeText)).toEqual(parseScript(plain).statements.map(treeText));
  });
});
