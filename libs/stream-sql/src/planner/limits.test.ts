import { expect, test } from 'vitest';
import { planScript } from './plan-script.ts';

const tables = `CREATE TABLE t (a INT, b INT, c INT, s STRING) WITH ('connector' = 'datagen');
CREATE TABLE target (a BIGINT) WITH ('connector' = 'blackhole');`;
const doubled = (count: number, made: (i: number, of: string) => string): string[] =>
  Array.from({ length: count }, (_, i) => made(i, i === 0 ? 't' : `v${i - 1}`));
const union = (of: string): string => `SELECT a FROM ${of} UNION ALL SELECT a FROM ${of}`;

/** Each would take minutes, or all memory, if it were done as written. */
test.each([
  [
    'views that read views twice',
    `${doubled(40, (i, of) => `CREATE TEMPORARY VIEW v${i} AS ${union(of)};`).join('\n')} INSERT INTO target SELECT a FROM v39;`,
    'more than 5000 queries',
  ],
  [
    'INSERTs that read a large view each',
    `${doubled(10, (i, of) => `CREATE TEMPORARY VIEW v${i} AS ${union(of)};`).join('\n')}
     EXECUTE STATEMENT SET BEGIN ${'INSERT INTO target SELECT a FROM v9;'.repeat(1_000)} END;`,
    'up to v9 the text reads more than 100000 queries',
  ],
  [
    'queries of WITH that read each other twice',
    `INSERT INTO target WITH ${doubled(40, (i, of) => `v${i} AS (${union(of)})`).join(', ')} SELECT a FROM v39;`,
    'more than 5000 queries',
  ],
  [
    'grouping sets multiplied',
    `INSERT INTO target SELECT COUNT(*) FROM t GROUP BY ${Array(9).fill('ROLLUP(a, b, c)').join(', ')};`,
    '262144 sets of keys',
  ],
  [
    'sub-queries that ask for all rows around, which have sub-queries',
    `INSERT INTO target SELECT a ${Array.from({ length: 40 }, (_, i) => `+ (SELECT SUM(b) FROM t AS u WHERE u.c > t.b + ${i})`).join('')} FROM t;`,
    'more than 5000 queries',
  ],
  [
    'sub-queries within each other',
    `INSERT INTO target SELECT a FROM t AS t0 WHERE ${Array.from({ length: 40 }, (_, i) => `EXISTS (SELECT 1 FROM (SELECT * FROM t AS t${i + 1} WHERE t${i + 1}.a = t${i}.a AND `).join('')} 1 = 1 ${Array.from({ length: 40 }, (_, i) => `) AS d${i})`).join('')};`,
    'more than 6 sub-queries',
  ],
])('%s are refused at once', (_, text, message) => {
  const began = performance.now();
  const planned = planScript(`${tables}\n${text}`, { project: 'p' });
  expect(planned.kind === 'refused' ? planned.problems[0] : undefined).toMatchObject({
    line: expect.any(Number) as number,
    message: expect.stringContaining(message) as string,
  });
  expect(performance.now() - began).toBeLessThan(5_000);
});

test.each([
  "REPEAT('abc', 2000000000)",
  "LPAD('a', 2000000000, 'b')",
  "RPAD('a', 2000000000, 'b')",
  "PRINTF('%2000000000d', 1)",
])('the text of %s is too long for each row, and is not made while planning', (call) => {
  expect(
    planScript(`${tables} INSERT INTO target SELECT CHAR_LENGTH(${call}) FROM t;`, { project: 'p' }),
  ).toMatchObject({ kind: 'ok' });
});
