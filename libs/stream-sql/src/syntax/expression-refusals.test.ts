import { describe, expect, test } from 'vitest';
import { problemText } from '../testing/problem-text.ts';
import { treeText } from '../testing/tree-text.ts';
import { parseExpressionText } from './parse.ts';

describe('what is wrong or not run in an expression is refused with its place, its name and what to write instead', () => {
  test.each([
    ['a /* c */ + -- x', '1:17-1:17 the end of the text is not expected here | expected: an expression'],
    ['FROM', '1:1-1:5 FROM is not expected here | expected: an expression; a name is `FROM` in back-ticks'],
    ['a b', '1:3-1:4 b is not expected here | expected: the end of the expression'],
    ['1 +', '1:4-1:4 the end of the text is not expected here | expected: an expression'],
    ["'abc", "1:1-1:5 the string that begins here has no end | close it with '"],
    [
      '"abc"',
      "1:1-1:6 a name or string in double quotes is not supported | write names in back-ticks and strings in single quotes: `name`, 'text'",
    ],
    ["x'1'", "1:1-1:5 X'1' is no binary string: it has an odd number of digits | write two digits for each byte"],
    ['f(select)', '1:9-1:10 ) is not expected here | expected: an expression'],
    [
      "MAP['a']",
      '1:1-1:9 MAP[...] has a key without a value | write a value for each key: MAP[key, value, key, value]',
    ],
    ['a ILIKE b', '1:3-1:8 ILIKE is not supported | write LOWER(text) LIKE pattern'],
    [
      'INTERVAL 5 MINUTE',
      "1:10-1:11 INTERVAL of an expression is not supported | write the number in quotes, INTERVAL '5' MINUTE, or multiply: n * INTERVAL '1' MINUTE",
    ],
    [
      "INTERVAL '5' FORTNIGHT",
      '1:14-1:23 FORTNIGHT is not expected here | expected: the unit of the interval, for example MINUTE, DAY TO SECOND or YEAR TO MONTH',
    ],
    [
      "INTERVAL '5' SECOND TO DAY",
      '1:21-1:23 TO is not expected here | expected: the end of the interval: SECOND TO DAY does not exist',
    ],
    ['ARRAY(1,2)', '1:6-1:7 ( is not expected here | expected: ARRAY[...] with square brackets'],
    [
      'CONVERT(a, b)',
      '1:1-1:8 CONVERT(...) is not supported | write CAST(value AS type), or CONVERT_TZ(text, from, to) for zones',
    ],
    [
      '(a - b) DAY TO MONTH',
      '1:13-1:15 TO is not expected here | expected: the end of the interval: DAY TO MONTH does not exist',
    ],
    ["a AT TIME ZONE 'x'", '1:3-1:5 AT TIME ZONE is not supported | write CONVERT_TZ(text, from, to)'],
    [
      'WIDTH_BUCKET(1,2)',
      '1:1-1:13 WIDTH_BUCKET(...) is no function of Flink SQL | a column of that name is `WIDTH_BUCKET`',
    ],
    ['CAST(1 AS STRING(10))', '1:17-1:18 STRING has no length or precision | write STRING alone'],
    [
      'CAST(1 AS TIMESTAMP WITH TIME ZONE)',
      '1:21-1:25 WITH TIME ZONE is not supported | write TIMESTAMP_LTZ(3): Flink has no type that keeps a zone with each value',
    ],
    ["'a' 'b'", "1:5-1:8 two strings stand side by side | write a || b, or one string; a quote within it is ''"],
    ['?', '1:1-1:2 a parameter ? is not supported | write the value'],
    ['a ? b', '1:3-1:4 ? is not expected here | expected: the end of the expression'],
    ['^', '1:1-1:2 the character "^" has no meaning here'],
    ['JSON_VALUE(a, b NULL ON EMPTY NULL ON EMPTY)', '1:31-1:35 ON EMPTY stands here twice'],
    [
      "CAST(a AS RAW('x', 'y'))",
      '1:11-1:14 the type RAW is not supported | write a type of SQL, for example BYTES or ROW<...>',
    ],
    [
      "CAST(a AS STRUCTURED<'x', a INT>)",
      '1:11-1:21 a structured type is not supported | write ROW<...> with its fields',
    ],
    ['PERIOD(a, b)', '1:1-1:7 PERIOD(...) is not supported | (start, end) OVERLAPS (start, end) compares periods'],
    [
      "N'abc'",
      "1:1-1:7 the literal prefix N'...' is not supported | write a plain string '...': it takes every character",
    ],
    ['a MEMBER OF b', '1:3-1:9 MEMBER OF is not supported | write ARRAY_CONTAINS(array, element) over an array'],
    [
      '{fn ABS(1)}',
      "1:1-1:2 the escape {...} of JDBC is not supported | write the function or literal itself, for example DATE '2026-01-31'",
    ],
    [
      'NEXT VALUE FOR s',
      '1:1-1:5 NEXT VALUE FOR is not supported | take the number from the data: there are no sequences',
    ],
    ["U&'\\zz'", '1:1-1:8 \\zz is no character of Unicode | write \\ and four hexadecimal digits, for example \\00e9'],
    ['f(x', '1:4-1:4 the end of the text is not expected here | expected: ) after the arguments of F'],
    ['(a, b', '1:6-1:6 the end of the text is not expected here | expected: ) after the expression'],
    ['ARRAY[1, 2', '1:11-1:11 the end of the text is not expected here | expected: ] after the elements of ARRAY[...]'],
    ['CASE END', '1:6-1:9 END is not expected here | expected: an expression; a name is `END` in back-ticks'],
    ['CASE a END', '1:8-1:11 END is not expected here | expected: WHEN after CASE'],
    ['a IN ()', '1:6-1:7 the list is empty | write at least one value'],
    ['a BETWEEN 1 OR 2', '1:13-1:15 OR is not expected here | expected: AND in BETWEEN ... AND ...'],
    [
      'a IS NOT 5',
      '1:10-1:11 5 is not expected here | expected: NULL, TRUE, FALSE, UNKNOWN, JSON or DISTINCT FROM after IS',
    ],
    ['CAST(a INT)', '1:8-1:11 INT is not expected here | expected: AS in CAST(value AS type)'],
    [
      'EXTRACT(FORTNIGHT FROM a)',
      '1:9-1:18 FORTNIGHT is not expected here | expected: a unit of time in EXTRACT(unit FROM time), for example DAY or MINUTE',
    ],
    [
      'JSON_QUERY(a, b DEFAULT 1 ON EMPTY)',
      '1:17-1:24 DEFAULT is not expected here | expected: a comma, ) or NULL, ERROR, EMPTY ARRAY, EMPTY OBJECT ON EMPTY or ON ERROR in JSON_QUERY',
    ],
    [
      'SUM(x) OVER (ROWS BETWEEN 1 PRECEDING)',
      '1:38-1:39 ) is not expected here | expected: AND in ROWS BETWEEN ... AND ...',
    ],
    [
      'SUM(x) OVER (ORDER BY a GROUPS 1 PRECEDING)',
      '1:25-1:31 a frame of GROUPS is not supported | write ROWS or RANGE',
    ],
    ['COUNT(x) FILTER (x > 1)', '1:18-1:19 x is not expected here | expected: WHERE in FILTER (WHERE ...)'],
    ['TRIM(BOTH)', '1:10-1:11 ) is not expected here | expected: an expression'],
    ["DATE '2026", "1:6-1:11 the string that begins here has no end | close it with '"],
    ['a.b.', '1:5-1:5 the end of the text is not expected here | expected: the name after b.'],
    ['a..b', '1:3-1:4 . is not expected here | expected: the name after a.'],
    ['/* abc', '1:1-1:7 the comment /* has no end | close it with */'],
    [
      'TIMESTAMP_LTZ',
      '1:1-1:14 TIMESTAMP_LTZ is a reserved word and cannot be an expression as it stands | write `TIMESTAMP_LTZ` in back-ticks',
    ],
    ['a != b', '1:3-1:5 != is not supported | write <>'],
    ['ROW()', '1:5-1:6 ) is not expected here | expected: an expression'],
    ["POSITION('a' || 'b' IN c)", '1:14-1:16 || is not expected here | expected: IN in POSITION(part IN text)'],
    [
      'POSITION((a) IN b)',
      '1:10-1:11 ( is not expected here | expected: a name, a literal or a call in POSITION(part IN text)',
    ],
    [
      'CAST(a AS INT NOT NULL)',
      '1:15-1:18 NOT is not expected here | expected: ) after the type: whether it may be NULL follows from the value',
    ],
    [
      'CAST(a AS ARRAY<INTERVAL DAY>)',
      '1:17-1:25 a column or field of an INTERVAL type is not supported | write BIGINT and keep the milliseconds or months in it',
    ],
    [
      'JSON_ARRAYAGG(a) FILTER (WHERE b)',
      '1:18-1:24 FILTER of a JSON aggregate is not supported | write WHERE in a sub-query',
    ],
    ['CEIL(a, 2)', '1:7-1:8 , is not expected here | expected: ) after the arguments of CEIL'],
    [
      'a IN (1, 2) + b',
      '1:13-1:14 + is not expected here | expected: the end of IN (...), or parentheses around the whole comparison',
    ],
    [
      'a = ANY (1, 2) LIKE b',
      '1:16-1:20 LIKE is not expected here | expected: the end of SOME (...), or parentheses around the whole comparison',
    ],
    [
      'a BETWEEN b AND NOT c',
      '1:17-1:20 NOT is not expected here | expected: a value after AND, or NOT ... in parentheses',
    ],
  ])('%s', (text, problem) => {
    const parsed = parseExpressionText(text);
    expect(parsed.kind === 'refused' ? problemText(parsed.problem) : treeText(parsed.expression)).toBe(problem);
  });
});
