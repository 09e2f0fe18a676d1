import { describe, expect, test } from 'vitest';
import { treeText } from '../testing/tree-text.ts';
import { MAX_NESTING } from './cursor.ts';
import { MAX_DEPTH } from './depth.ts';
import { MAX_PROBLEMS, MAX_TEXT_LENGTH, parseScript } from './parse.ts';
import { printSql } from './print.ts';

const repeat = (text: string, times: number): string => text.repeat(times);

describe('no nesting overflows the stack', () => {
  test.each([
    ['parentheses', `SELECT ${repeat('(', 10_000)}1${repeat(')', 10_000)}`],
    ['parentheses without an end', `SELECT ${repeat('(', 10_000)}`],
    ['parentheses before a statement', repeat('(', 10_000)],
    ['NOT', `SELECT ${repeat('NOT ', 10_000)}a`],
    ['signs', `SELECT ${repeat('- ', 10_000)}a`],
    ['calls', `SELECT ${repeat('f(', 10_000)}`],
    ['special calls', `SELECT ${repeat('TRIM(', 10_000)}`],
    ['JSON calls', `SELECT ${repeat('JSON_ARRAY(', 10_000)}`],
    ['CASE', `SELECT ${repeat('CASE WHEN ', 10_000)}`],
    ['CAST', `SELECT ${repeat('CAST(', 10_000)}`],
    ['arrays', `SELECT ${repeat('ARRAY[', 10_000)}`],
    ['types', `SELECT CAST(a AS ${repeat('ARRAY<', 10_000)}`],
    ['rows in types', `SELECT CAST(a AS ${repeat('ROW<a ', 10_000)}`],
    ['sub-queries', `SELECT ${repeat('(SELECT ', 10_000)}`],
    ['sub-queries in FROM', `SELECT * FROM ${repeat('(SELECT * FROM ', 10_000)}`],
    ['joins in parentheses', `SELECT * FROM ${repeat('(', 10_000)}`],
    ['EXISTS', `SELECT ${repeat('EXISTS (SELECT ', 10_000)}`],
    ['IN', `SELECT a ${repeat('IN (a ', 10_000)}`],
    ['OVER', `SELECT ${repeat('f(x) OVER (ORDER BY ', 10_000)}`],
    ['grouping sets', `SELECT 1 FROM t GROUP BY ${repeat('GROUPING SETS (', 10_000)}`],
    ['WITH', `${repeat('WITH a AS (', 10_000)}`],
    ['BETWEEN', `SELECT ${repeat('a BETWEEN ', 10_000)}`],
    ['items', `SELECT a${repeat('[a', 10_000)}`],
  ])('10,000 levels of %s are a problem with a place', (_, text) => {
    const { problems } = parseScript(text);
    expect(problems[0]?.message).toBe(`more than ${MAX_NESTING} levels within each other`);
  });

  test.each([
    ['+', `SELECT 1${repeat(' + 1', 20_000)}`],
    ['UNION', `SELECT 1${repeat(' UNION SELECT 1', 20_000)}`],
    ['JOIN', `SELECT * FROM a${repeat(' JOIN b ON TRUE', 20_000)}`],
    ['commas in FROM', `SELECT * FROM a${repeat(', b', 20_000)}`],
    ['[1]', `SELECT a${repeat('[1]', 20_000)}`],
    ['IS NULL', `SELECT a${repeat(' IS NULL', 20_000)}`],
  ])('a chain of 20,000 %s is a problem with a place', (_, text) => {
    const { statements, problems } = parseScript(text);
    expect(statements).toEqual([]);
    expect(problems.map(({ message }) => message)).toEqual([
      `the statement has more than ${MAX_DEPTH} levels within each other here`,
    ]);
  });

  test('what is just below the limits is read and printed', () => {
    const deep = parseScript(`SELECT ${repeat('(a + ', MAX_NESTING / 2 - 5)}1${repeat(')', MAX_NESTING / 2 - 5)}`);
    expect(deep.problems).toEqual([]);
    const chain = parseScript(`SELECT 1${repeat(' + 1', MAX_DEPTH - 10)}`);
    expect(chain.problems).toEqual([]);
    for (const { statements } of [deep, chain]) {
      const again = parseScript(printSql(statements[0]!));
      expect(treeText(again.statements[0])).toBe(treeText(statements[0]));
    }
  });

  test('long lists are no depth', () => {
    const text = `SELECT a IN (${Array.from({ length: 20_000 }, (_, i) => i).join(', ')})`;
    expect(parseScript(text).problems).toEqual([]);
  });
});

describe('a large text takes time in proportion to its length', () => {
  const line =
    "INSERT INTO t SELECT a.b, COUNT(DISTINCT c) FILTER (WHERE x > 1.5) AS n, 'x' || y FROM t WHERE a IN (1, 2) GROUP BY a.b;\n";
  // Processor time, since the machine may have other work; 0.6 s on two cores of 2024.
  test('1 MB of statements', () => {
    const before = process.cpuUsage().user;
    const { statements, problems } = parseScript(repeat(line, Math.floor(MAX_TEXT_LENGTH / line.length)));
    const ms = (process.cpuUsage().user - before) / 1000;
    expect([problems, statements.length > 8_000]).toEqual([[], true]);
    expect(ms).toBeLessThan(3_000);
  });

  test.each([
    ['one list', `SELECT ${repeat('1,', 500_000)}1`],
    ['one string', `SELECT '${repeat('x', 1_000_000)}'`],
    ['one comment', `/*${repeat('*', 1_000_000)}`],
    ['quotes', repeat("'", 1_000_000)],
    ['one name', `SELECT ${repeat('a.', 500_000)}b`],
    ['wrong statements', repeat('x;', 500_000)],
    ['lines', repeat('\n', 1_000_000)],
  ])('1 MB of %s', (_, text) => {
    const before = process.cpuUsage().user;
    expect(parseScript(text).problems.length).toBeLessThanOrEqual(MAX_PROBLEMS);
    expect((process.cpuUsage().user - before) / 1000).toBeLessThan(3_000);
  });

  test('more is refused', () => {
    const { statements, problems } = parseScript(repeat(' ', MAX_TEXT_LENGTH + 1));
    expect(statements).toEqual([]);
    expect(problems[0]?.message).toBe('the text has 1048577 characters, the limit is 1048576');
  });
});
