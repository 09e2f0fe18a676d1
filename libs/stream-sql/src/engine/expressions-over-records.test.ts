import { describe, expect, test } from 'vitest';
import { typeName } from '../values/type-name.ts';
import { evaluate, planOf } from '../testing/run-sql.ts';

/** [expression, columns, record, answer]; answers are Flink's, as text. `! code` is a record set aside. */
const cases: [string, string, unknown, unknown][] = [
  ['1 + 2 * 3', 'x INT', {}, '7'],
  ['7 / 2', 'x INT', {}, '3'],
  ['-7 / 2', 'x INT', {}, '-3'],
  ['-7 % 3', 'x INT', {}, '-1'],
  ['x / 0', 'x INT', { x: 1 }, '! division-by-zero'],
  ['x / NULLIF(y, 0)', 'x INT, y INT', { x: 1, y: 0 }, null],
  ['x + 1', 'x INT', { x: 2147483647 }, '-2147483648'],
  ['x + 1', 'x BIGINT', '{"x": 9007199254740993}', '9007199254740994'],
  ['x', 'x BIGINT', '{"x": 9223372036854775807}', '9223372036854775807'],
  ['x * 1.10', 'x DECIMAL(18,2)', '{"x": "3350000.05"}', '3685000.0550'],
  ['x / 3', 'x DECIMAL(10,2)', { x: '10.00' }, '3.3333333333333'],
  ['x + y', 'x DECIMAL(10,2), y DECIMAL(5,4)', { x: '1.05', y: '0.0001' }, '1.0501'],
  ['x + y', 'x DECIMAL(10,2), y INT', { x: '1.05', y: 2 }, '3.05'],
  ['x + y', 'x DECIMAL(10,2), y DOUBLE', { x: '1.25', y: 2 }, '3.25'],
  ['x', 'x DECIMAL(4,2)', { x: '123.45' }, null],
  ['x', 'x DECIMAL(4,2)', { x: '1.235' }, '1.24'],
  ['x', 'x DECIMAL(38,0)', '{"x": 12345678901234567890123456789012345678}', '12345678901234567890123456789012345678'],
  ['CAST(x AS INT)', 'x DOUBLE', { x: -3.99 }, '-3'],
  ['CAST(x AS INT)', 'x STRING', { x: ' 42 ' }, '42'],
  ['CAST(x AS INT)', 'x STRING', { x: 'abc' }, '! cast-failed'],
  ['TRY_CAST(x AS INT)', 'x STRING', { x: 'abc' }, null],
  ['CAST(x AS BOOLEAN)', 'x STRING', { x: 'Yes' }, 'TRUE'],
  ['x', 'x DOUBLE', { x: 1 }, '1.0'],
  ['x', 'x DOUBLE', '{"x": 1e10}', '1.0E10'],
  ['x > 1 OR y IS NULL', 'x INT, y INT', {}, 'TRUE'],
  ['x > 1 AND y IS NOT NULL', 'x INT, y INT', {}, 'FALSE'],
  ['x > 1 AND y IS NULL', 'x INT, y INT', {}, null],
  ['NOT (x = 1)', 'x INT', {}, null],
  ['(x = 1) IS UNKNOWN', 'x INT', {}, 'TRUE'],
  ['(x = 1) IS NOT TRUE', 'x INT', {}, 'TRUE'],
  ['x IS DISTINCT FROM y', 'x INT, y INT', { x: 1 }, 'TRUE'],
  ['x IS NOT DISTINCT FROM y', 'x INT, y INT', {}, 'TRUE'],
  ['x IN (1, 2, NULL)', 'x INT', { x: 3 }, null],
  ['x IN (1, 2, NULL)', 'x INT', { x: 2 }, 'TRUE'],
  ['x NOT IN (1, 2)', 'x INT', { x: 3 }, 'TRUE'],
  ['x BETWEEN 1 AND 3', 'x INT', { x: 3 }, 'TRUE'],
  ['x NOT BETWEEN 1 AND 3', 'x INT', { x: 4 }, 'TRUE'],
  ['x BETWEEN SYMMETRIC 3 AND 1', 'x INT', { x: 2 }, 'TRUE'],
  ["x LIKE 'a_c%'", 'x STRING', { x: 'abcdef' }, 'TRUE'],
  ["x LIKE '10!%' ESCAPE '!'", 'x STRING', { x: '10%' }, 'TRUE'],
  ["x LIKE '.*'", 'x STRING', { x: 'abc' }, 'FALSE'],
  ["CASE WHEN x > 1 THEN 'big' WHEN x = 1 THEN 'one' END", 'x INT', { x: 0 }, null],
  ["CASE x WHEN 1 THEN 'one' ELSE 'other' END", 'x INT', { x: 1 }, 'one'],
  ['CASE WHEN x > 0 THEN 1 ELSE 2.5 END', 'x INT', { x: 1 }, '1.0'],
  ['COALESCE(x, y, 3)', 'x INT, y INT', { y: 2 }, '2'],
  ["IF(x > 1, 'a', 'b')", 'x INT', {}, 'b'],
  ["a || '-' || b", 'a STRING, b STRING', { a: 'x', b: 'y' }, 'x-y'],
  ['a || b', 'a STRING, b STRING', { a: 'x' }, null],
  ['UPPER(a)', 'a STRING', { a: 'abc' }, 'ABC'],
  ['CHAR_LENGTH(a)', 'a STRING', { a: '二手房🏠' }, '4'],
  ['SUBSTRING(a FROM 2 FOR 3)', 'a STRING', { a: 'abcdef' }, 'bcd'],
  ['SUBSTRING(a, -2)', 'a STRING', { a: 'abcdef' }, 'ef'],
  ["TRIM(BOTH 'x' FROM a)", 'a STRING', { a: 'xxaxbxx' }, 'axb'],
  ["POSITION('c' IN a)", 'a STRING', { a: 'abc' }, '3'],
  ["REPLACE(a, 'b', '$&')", 'a STRING', { a: 'abc' }, 'a$&c'],
  ['ABS(x)', 'x INT', { x: -3 }, '3'],
  ['FLOOR(x)', 'x DECIMAL(5,2)', { x: '-1.5' }, '-2'],
  ['CEIL(x)', 'x DECIMAL(5,2)', { x: '-1.5' }, '-1'],
  ['ROUND(x)', 'x DECIMAL(5,2)', { x: '2.50' }, '3'],
  ['-x', 'x INT', { x: 5 }, '-5'],
  ['2 - -1', 'x INT', {}, '3'],
  ['x -1', 'x INT', { x: 5 }, '4'],
  ['t.x', 'x INT', { x: 5 }, '5'],
  ['data.price * 2', 'data ROW<price DECIMAL(18,2)>', { data: { price: '1.50' } }, '3.00'],
  ['data.price', 'data ROW<price DECIMAL(18,2)>', {}, null],
  ['ts', 'ts TIMESTAMP(3)', { ts: '2026-01-02 03:04:05.678' }, '2026-01-02 03:04:05.678'],
  ["ts - INTERVAL '5' SECOND", 'ts TIMESTAMP(3)', { ts: '2026-01-02 03:04:05' }, '2026-01-02 03:04:00.000'],
  ["ts > TIMESTAMP '2026-01-01 00:00:00'", 'ts TIMESTAMP(3)', { ts: '2026-01-02 03:04:05' }, 'TRUE'],
  ['x', 'x STRING', { x: { a: [1, 'b'] } }, '{"a":[1,"b"]}'],
  ['x', 'x STRING', '{"x": 12345678901234567890.10}', '12345678901234567890.10'],
  ['x', 'x INT', { x: '12' }, '12'],
  ['x', 'x INT', { x: 'twelve' }, '! bad-json'],
  ['x', 'x INT', '{"x": 3000000000}', '! bad-json'],
  ['x', 'x INT', 'not json', '! bad-json'],
  ['x', 'x INT', '[1]', '! bad-json'],
  ['x', 'x INT', '{"x":1,"x":2}', '1'],
];

describe('an expression has Flink’s answer', () => {
  test.each(cases)('%s (%s) of %j is %j', (expression, columns, record, answer) => {
    expect(evaluate(expression, columns, record)).toEqual(answer);
  });
});

/** The type of an expression over columns, as the planner settles it before the cast of INSERT INTO. */
const typeOf = (expression: string, columns: string): string => {
  const plan =
    planOf(`CREATE TABLE t (${columns}) WITH ('connector'='kafka','topic'='demo.events','format'='json','scan.startup.mode'='earliest-offset');
    CREATE TABLE s (v STRING) WITH ('connector'='clickhouse'); INSERT INTO s SELECT CAST(${expression} AS STRING) FROM t`);
  const calc = plan.nodes.find(({ kind }) => kind === 'calc');
  const cast = calc?.kind === 'calc' ? calc.projections[0] : undefined;
  if (cast?.kind !== 'cast') throw new Error('no cast');
  return typeName(cast.operand.type);
};

describe('decimal arithmetic has Flink’s result types', () => {
  test.each([
    ['a + b', 'a DECIMAL(10,2), b DECIMAL(5,4)', 'DECIMAL(13, 4)'],
    ['a * b', 'a DECIMAL(10,2), b DECIMAL(5,4)', 'DECIMAL(16, 6)'],
    ['a / b', 'a DECIMAL(10,2), b DECIMAL(5,4)', 'DECIMAL(20, 8)'],
    ['a % b', 'a DECIMAL(10,2), b DECIMAL(5,4)', 'DECIMAL(5, 4)'],
    ['a * b', 'a DECIMAL(38,10), b DECIMAL(38,10)', 'DECIMAL(38, 6)'],
    ['a + b', 'a DECIMAL(18,2), b INT', 'DECIMAL(19, 2)'],
    ['a + b', 'a DECIMAL(18,2), b DOUBLE', 'DOUBLE'],
    ['a + b', 'a INT, b BIGINT', 'BIGINT'],
  ])('%s of %s is %s', (expression, columns, type) => expect(typeOf(expression, columns)).toBe(type));
});
