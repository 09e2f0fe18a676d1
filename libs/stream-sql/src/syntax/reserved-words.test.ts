import { describe, expect, test } from 'vitest';
import { parseScript } from './parse.ts';
import { BARE_FUNCTIONS, CLAUSE_WORDS, RESERVED_FUNCTIONS, RESERVED_WORDS } from './reserved-words.ts';

const asColumn = (word: string) => parseScript(`CREATE TABLE t (${word} INT) WITH ('connector' = 'print')`).problems;

describe("names are reserved as in Flink's parser", () => {
  // Columns that people name so; Flink's parser takes them although its documentation lists them as keywords.
  test.each(
    `A ACTION CATALOG COLUMNS DATA DATABASE DESCRIPTION DOMAIN ERROR FIRST FORMAT ID IF JSON KEY LABEL LAST LENGTH LEVEL MAP METADATA
    NAME NAMES NUMBER OBJECT OPTIONS OUTPUT PATH PLAN PRIVILEGES PUBLIC QUARTER ROLE SCALE SCHEMA SEQUENCE SERVER SESSION SIZE SOURCE STATE
    SUBJECT TYPE TUMBLE USAGE VERSION WEEK ZONE item price bidder`
      .trim()
      .split(/\s+/),
  )('%s is a column without back-ticks', (word) => expect(asColumn(word)).toEqual([]));

  test.each(
    `ALL ARRAY BEGIN BETWEEN BY CASE COMMENT CONDITION CONNECT COUNT CURRENT DATE DATETIME DAY DEFAULT DESCRIBE DOUBLE ELEMENT END
    EVERY EXISTS EXTERNAL FILTER FOR FROM FULL FUNCTION GROUP HASH HOUR IN INTERVAL INT JSON_VALUE LANGUAGE LEFT LIKE LIMIT LOWER MATCH MAX METHOD MIN
    MINUTE MODULE MONTH NEW NO NULL OF OFFSET ON ONE ONLY OPEN ORDER OUT OVER PARAMETER PARTITION PERCENT POSITION POWER PROCEDURE RANGE RANK RESULT
    RIGHT ROW ROWS SECOND SELECT SET SHOW SQL START STATEMENT STRING SUM SYSTEM TABLE TABLES TIME TIMESTAMP TO TRUE UPDATE UPPER USER USING
    VALUE VALUES VIEWS WHEN WINDOW WITH YEAR`
      .trim()
      .split(/\s+/),
  )('%s needs back-ticks, and the message says so', (word) => {
    const [problem] = asColumn(word);
    expect({ line: problem?.line, column: problem?.column }).toEqual({ line: 1, column: 17 });
    expect(`${problem?.message} ${problem?.hint}`).toContain(`\`${word}\``);
    expect(asColumn(`\`${word}\``)).toEqual([]);
  });

  test('case does not matter', () => {
    expect(asColumn('Value')).toHaveLength(1);
    expect(asColumn('`Value`')).toEqual([]);
  });

  test('functions, bare functions and words of clauses are among the reserved ones', () => {
    for (const words of [RESERVED_FUNCTIONS, BARE_FUNCTIONS, CLAUSE_WORDS])
      expect([...words].filter((word) => !RESERVED_WORDS.has(word))).toEqual([]);
  });
});
