import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { typeName } from '../values/type-name.ts';
import { contextIn, evaluateText } from './testing/evaluate.ts';
import { javaText } from './testing/java-text.ts';

const FOLDED = 'Flink folds the constant by way of a decimal literal; of a column the answer is ours';
const MINUS = 'Flink takes the hyphen for a sign of the month; here the text does not fit';

/** Where the answer is another one on purpose, and why. */
const DIFFERENT: Readonly<Record<string, string>> = {
  "CAST(CAST('-Infinity' AS FLOAT) AS STRING)": FOLDED,
  "CAST('-Infinity' AS FLOAT)": FOLDED,
  'CAST(CAST(1.1 AS FLOAT) AS DECIMAL(20,15))': FOLDED,
  'CAST(CAST(1.1 AS FLOAT) AS DOUBLE)': FOLDED,
  'CAST(100 AS FLOAT) / 3': FOLDED,
  "CAST('NaN' AS DOUBLE) = CAST('NaN' AS DOUBLE)": 'Flink takes x = x for TRUE before it looks at x',
  "TRUE = 'true'": 'Flink compares the texts TRUE and true; here a CAST is asked for',
  '1e0 / 0': 'Flink divides a constant by the literal 0 with decimals',
  'COSH(1)': 'the last digit: Java and JavaScript approximate in their own ways',
  "UPPER('abcß')": 'Flink cuts the constant to the length of its type',
  'TYPEOF(NULLIF(1,2))': FOLDED,
  'TYPEOF(PROCTIME())': 'Flink fails',
  'ARRAY[1,2][5]': 'NULL, not the -1 with which Flink fills a missing element of a NOT NULL type',
  "MAP['a',1]['b']": 'NULL, not the -1 with which Flink fills a missing element of a NOT NULL type',
  "JSON_VALUE('{\"a\":5}', '$.a' RETURNING DOUBLE)": 'Flink fails for a whole number',
  'JSON_QUERY(\'{"a":[{"b":1},{"c":2}]}\', \'lax $.a[?(@.b)]\')': 'Flink fails: a class is missing in its jar',
  "TIMESTAMPDIFF(MILLISECOND, TIMESTAMP '2020-01-01 00:00:00', TIMESTAMP '2020-01-01 00:00:00.5')":
    'refused instead of 0',
  '99999999999999999999.99 * 99999999999999999999.99': 'Flink refuses literals past 19 digits',
  "CAST(ROW(1,'a',NULL) AS STRING)": 'Flink refuses a NULL without a type there',
  "CAST(TIMESTAMP '1969-12-31 22:58:57.999' AS TIME)": 'Flink makes a negative time of day, which it cannot print',
  'TRUNCATE(RAND()*0 + 1e300, 1)': 'Flink fails',
  "CAST(TIMESTAMP '1969-12-31 23:59:59.999' AS TIMESTAMP(0))": FOLDED,
  "TRY_CAST('99.99' AS DECIMAL(3,1))": 'NULL, where Flink fails even for TRY_CAST',
  "TRY_CAST('9.99' AS DECIMAL(2,1))": 'NULL, where Flink fails even for TRY_CAST',
  "TRY_CAST('٣' AS DECIMAL(38,10))": 'digits are 0 to 9',
  "TRY_CAST('0000-01-01' AS DATE)": 'NULL: Flink cannot print its answer',
  "TIMESTAMPDIFF(WEEK, TIMESTAMP '2062-02-01 16:03:55.838', DATE '1977-03-16')": 'Flink runs over an INT on its way',
  "UNIX_TIMESTAMP('2020-13-45 25:61:61', 'yyyyMMdd')": MINUS,
  "TO_DATE('2020-13-45 25:61:61', 'yyyyMMdd')": MINUS,
  "CEIL(TIME '23:44:31' TO HOUR)": 'Flink cannot print its answer',
};

const DIFFERENT_IN_BERLIN: Readonly<Record<string, string>> = {
  "FROM_UNIXTIME(0, 'X Z z')": 'z is the name of the zone, not its abbreviation',
};

const recorded = (name: string): [string, string][] =>
  readFileSync(resolve(import.meta.dirname, 'testing', name), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('  =>  ') as [string, string]);
const lines = recorded('flink-answers.txt');

function answer(sql: string, zone = 'UTC'): string {
  try {
    const { value, type } = evaluateText(sql, contextIn(zone));
    return `${javaText(value, type)}  :: ${typeName(type)}`;
  } catch (error) {
    // A defect is no refusal.
    if (error instanceof TypeError || error instanceof ReferenceError) throw error;
    return 'ERROR';
  }
}

/** NULL that Flink calls NOT NULL: the type is not looked at. */
const same = (ours: string, flink: string): boolean =>
  flink === 'NULL  :: ?' ? ours.startsWith('NULL  ::') : ours === flink;

describe("an expression has Flink's value and type", () => {
  test.each(lines.filter(([sql]) => DIFFERENT[sql] === undefined))('%s', (sql, flink) => {
    const ours = answer(sql);
    expect(same(ours, flink) ? flink : ours).toBe(flink);
  });

  test.each(recorded('flink-answers-berlin.txt').filter(([sql]) => DIFFERENT_IN_BERLIN[sql] === undefined))(
    "%s where 'table.local-time-zone' is Europe/Berlin",
    (sql, flink) => {
      expect(answer(sql, 'Europe/Berlin')).toBe(flink);
    },
  );

  test('what is said to differ does', () => {
    const answers = new Map(lines);
    const alike = Object.keys(DIFFERENT).filter((sql) => answers.has(sql) && same(answer(sql), answers.get(sql)!));
    expect(alike).toEqual([]);
    expect(Object.keys(DIFFERENT).filter((sql) => !answers.has(sql))).toEqual([]);
  });
});
