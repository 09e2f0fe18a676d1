import { columns, type Family } from './edge-table.ts';
import type { SeededChoice } from './seeded-choice.ts';

type Make = (wanted: Family) => string;
type Production = (make: Make, choice: SeededChoice) => string;

const families: readonly Family[] = ['integer', 'decimal', 'double', 'text', 'boolean', 'timestamp', 'date'];
const comparable: readonly Family[] = ['integer', 'decimal', 'double', 'text', 'timestamp', 'date'];
const numbers: readonly Family[] = ['integer', 'decimal', 'double'];

const literals: Readonly<Record<Family, readonly string[]>> = {
  integer: ['0', '1', '-1', '7', '2147483647', '9223372036854775807', 'CAST(NULL AS INT)'],
  decimal: ['0.00', '1.5', '-2.345', '99999.99', 'CAST(NULL AS DECIMAL(5, 2))'],
  double: ['0e0', '1.5e0', '-2.5e3', 'CAST(NULL AS DOUBLE)'],
  text: ["''", "'a'", "'Hello'", "'it''s'", "'房'", 'CAST(NULL AS STRING)'],
  boolean: ['TRUE', 'FALSE', 'CAST(NULL AS BOOLEAN)'],
  timestamp: ["TIMESTAMP '2024-02-29 12:00:00'", "TIMESTAMP '1970-01-01 00:00:00'", 'CAST(NULL AS TIMESTAMP(3))'],
  date: ["DATE '2024-02-29'", "DATE '1969-12-31'", 'CAST(NULL AS DATE)'],
};

const ofSame = (make: Make, choice: SeededChoice, from: readonly Family[]): [string, string] => {
  const family = choice.one(from);
  return [make(family), make(family)];
};
const arithmetic =
  (wanted: Family, operators: readonly string[]): Production =>
  (make, choice) =>
    `(${make(wanted)} ${choice.one(operators)} ${make(wanted)})`;
const units = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];

/** What makes a value of each family out of others. Divisors are kept from zero: that ends a job, and cases of their own test it. */
const productions: Readonly<Record<Family, readonly Production[]>> = {
  integer: [
    arithmetic('integer', ['+', '-', '*']),
    (make) => `(${make('integer')} / NULLIF(${make('integer')}, 0))`,
    (make) => `MOD(${make('integer')}, NULLIF(${make('integer')}, 0))`,
    (make) => `ABS(${make('integer')})`,
    (make) => `-${columnsOnly(make('integer'))}`,
    (make) => `CHAR_LENGTH(${make('text')})`,
    (make) => `POSITION(${make('text')} IN ${make('text')})`,
    (make, choice) => `EXTRACT(${choice.one(units)} FROM ${make('timestamp')})`,
    (make, choice) => `TIMESTAMPDIFF(${choice.one(units)}, ${make('timestamp')}, ${make('timestamp')})`,
    (make, choice) =>
      `CAST(CAST(${make(choice.one(numbers))} AS ${choice.one(['INT', 'BIGINT', 'SMALLINT', 'TINYINT'])}) AS BIGINT)`,
    (make) => `TRY_CAST(${make('text')} AS INT)`,
    (make) => `SIGN(${make('integer')})`,
    (_, choice) => `((${choice.one(['ti', 'si'])} ${choice.one(['+', '-', '*'])} ${choice.one(['ti', 'si'])}) + 0)`,
    (make) => `INSTR(${make('text')}, ${make('text')})`,
    (make) => `LOCATE(${make('text')}, ${make('text')})`,
    (make) => `ASCII(${make('text')})`,
    (make, choice) =>
      `EXTRACT(${choice.one(['DOW', 'DOY', 'WEEK', 'QUARTER', 'YEAR', 'CENTURY', 'EPOCH'])} FROM ${make(choice.one(['timestamp', 'date'] as const))})`,
    (make, choice) => `TIMESTAMPDIFF(${choice.one(['DAY', 'MONTH', 'YEAR'])}, ${make('date')}, ${make('date')})`,
    (make) => `CARDINALITY(ARRAY[${make('integer')}, ${make('integer')}])`,
    (make) => `ARRAY_POSITION(SPLIT(${make('text')}, 'X'), ${make('text')})`,
    (make, choice) => `${choice.one(['GREATEST', 'LEAST'])}(${make('integer')}, ${make('integer')})`,
    (make, choice) => `IF(${make('boolean')}, ${make('integer')}, ${choice.one(literals.integer)})`,
    (make) => `JSON_VALUE(JSON_OBJECT('a' VALUE ${make('integer')}), '$.a' RETURNING INTEGER)`,
    (make) => `REGEXP_COUNT(${make('text')}, '[a-zX]')`,
    (make, choice) => `ARRAY_${choice.one(['MAX', 'MIN'])}(ARRAY[${make('integer')}, ${make('integer')}])`,
  ],
  decimal: [
    arithmetic('decimal', ['+', '-', '*']),
    (make) => `(${make('decimal')} + ${make('integer')})`,
    (make) => `(${make('decimal')} / NULLIF(${make('decimal')}, 0))`,
    (make, choice) => `ROUND(${make('decimal')}, ${choice.below(4)})`,
    (make) => `ABS(${make('decimal')})`,
    (make) => `FLOOR(${make('decimal')})`,
    (make) => `CEIL(${make('decimal')})`,
    (make, choice) =>
      `CAST(${make(choice.one(['integer', 'decimal']))} AS DECIMAL(${choice.one(['10, 2', '38, 10', '5, 0'])}))`,
    (make) => `TRY_CAST(${make('text')} AS DECIMAL(8, 3))`,
    (make, choice) => `TRUNCATE(${make('decimal')}, ${choice.below(4)})`,
    (make) => `MOD(${make('decimal')}, NULLIF(${make('decimal')}, 0))`,
    (make) => `IFNULL(${make('decimal')}, ${make('integer')})`,
    (make, choice) => `${choice.one(['GREATEST', 'LEAST'])}(${make('decimal')}, ${make('decimal')})`,
    (make) =>
      `CASE WHEN ${make('boolean')} THEN ${make('decimal')} WHEN ${make('boolean')} THEN ${make('integer')} END`,
  ],
  double: [
    arithmetic('double', ['+', '-', '*', '/']),
    (make) => `(${make('double')} * ${make('integer')})`,
    (make, choice) => `CAST(${make(choice.one(numbers))} AS ${choice.one(['DOUBLE', 'FLOAT'])})`,
    (make) => `ABS(${make('double')})`,
    (make) => `FLOOR(${make('double')})`,
    (make) => `CEIL(${make('double')})`,
    (make) => `TRY_CAST(${make('text')} AS DOUBLE)`,
    (make, choice) =>
      `${choice.one(['SQRT', 'EXP', 'SIN', 'COS', 'ATAN', 'CBRT', 'LN', 'LOG10'])}(${choice.one(['1.5e0', '0e0', 'ABS(CAST(i AS DOUBLE))', make('decimal')])})`,
    (make, choice) => `ROUND(${make('double')}, ${choice.below(4)})`,
    (make) => `SIGN(${make('double')})`,
    (make) => `IF(${make('boolean')}, ${make('double')}, ${make('integer')})`,
    (make) => `(${make('decimal')} * ${make('double')})`,
  ],
  text: [
    (make) => `(${make('text')} || ${make('text')})`,
    (make, choice) =>
      `${choice.one(['UPPER', 'LOWER', 'TRIM', 'REVERSE', 'INITCAP', 'LTRIM', 'RTRIM', 'MD5'])}(${make('text')})`,
    (make, choice) => `SUBSTRING(${make('text')} FROM ${choice.below(5)} FOR ${choice.below(4)})`,
    (make) => `REPLACE(${make('text')}, ${make('text')}, ${make('text')})`,
    (make) => `CONCAT_WS('-', ${make('text')}, ${make('text')})`,
    (make, choice) => `${choice.one(['LPAD', 'RPAD'])}(${make('text')}, ${choice.below(8)}, 'xy')`,
    (make, choice) =>
      `CAST(${make(choice.one(['integer', 'decimal', 'boolean', 'timestamp', 'date'] as const))} AS STRING)`,
    (make, choice) => `CAST(${make('text')} AS ${choice.one(['VARCHAR(4)', 'CHAR(6)'])})`,
    (make) => `DATE_FORMAT(${make('timestamp')}, 'yyyy-MM-dd HH:mm:ss')`,
    (make, choice) => `SPLIT_INDEX(${make('text')}, 'X', ${choice.below(3)})`,
    (make, choice) =>
      `${choice.one(['LEFT', 'RIGHT', 'SUBSTR'])}(${make('text')}, ${choice.one(['-2', '0', '1', '3'])})`,
    (make, choice) =>
      `OVERLAY(${make('text')} PLACING ${make('text')} FROM ${choice.below(4) + 1} FOR ${choice.below(3)})`,
    (make, choice) => `${choice.one(['HEX', 'TO_BASE64', 'SHA256', 'URL_ENCODE'])}(${make('text')})`,
    (make) => `TRANSLATE(${make('text')}, 'loX', 'LO')`,
    (make, choice) =>
      `REGEXP_REPLACE(${make('text')}, ${choice.one(["'[a-z]'", "'o'", "'(.)(.)'", "'^'"])}, ${choice.one(["''", "'-'", "'$1'"])})`,
    (make, choice) => `REGEXP_EXTRACT(${make('text')}, '([A-Z])([a-z]*)', ${choice.below(3)})`,
    (make) => `TRIM(LEADING ${make('text')} FROM ${make('text')})`,
    (make, choice) =>
      `TRIM(${choice.one(['BOTH', 'TRAILING', 'LEADING'])} ${choice.one(["'o'", "' '", "'H'"])} FROM ${make('text')})`,
    (make) => `CONCAT(${make('text')}, ${make('text')}, ${make('text')})`,
    (_, choice) => `REPEAT(${choice.one(columns.text)}, ${choice.below(3)})`,
    (make) => `ARRAY_JOIN(ARRAY[${make('text')}, ${make('text')}], '+', '?')`,
    (make) => `CAST(ARRAY[${make('integer')}, ${make('integer')}] AS STRING)`,
    (make) => `CAST(ROW(${make('text')}, ${make('decimal')}) AS STRING)`,
    (make) => `SPLIT(${make('text')}, 'X')[1]`,
    (make) => `JSON_OBJECT('t' VALUE ${make('text')}, 'n' VALUE ${make('decimal')})`,
    (make) => `JSON_ARRAY(${make('text')}, ${make('integer')}, ${make('boolean')} NULL ON NULL)`,
    (make) => `JSON_VALUE(JSON_OBJECT('a' VALUE ${make('text')}), 'lax $.a')`,
    (make) => `JSON_QUERY(JSON_ARRAY(${make('text')}, ${make('integer')}), '$[*]' WITH WRAPPER)`,
    (make, choice) => `${choice.one(['GREATEST', 'LEAST'])}(${make('text')}, ${make('text')})`,
    (make) => `IF(${make('boolean')}, ${make('text')}, ${make('text')})`,
    (make, choice) =>
      `DATE_FORMAT(${make('timestamp')}, ${choice.one(["'yy/M/d H:m:s.SSS'", "'EEE, MMM d'", "'D w'", "'hh a'"])})`,
    (make, choice) => `CAST(${make('timestamp')} AS VARCHAR(${choice.one(['10', '19', '30'])}))`,
  ],
  boolean: [
    (make, choice) =>
      `(${ofSame(make, choice, comparable).join(` ${choice.one(['=', '<>', '<', '<=', '>', '>='])} `)})`,
    (make, choice) => `(${make(choice.one(numbers))} ${choice.one(['<', '=', '>='])} ${make(choice.one(numbers))})`,
    (make) => `(${make('boolean')} AND ${make('boolean')})`,
    (make) => `(${make('boolean')} OR ${make('boolean')})`,
    (make) => `(NOT ${make('boolean')})`,
    (make, choice) => `(${make(choice.one(families))} IS ${choice.one(['', 'NOT '])}NULL)`,
    (make, choice) => `(${make('boolean')} IS ${choice.one(['', 'NOT '])}${choice.one(['TRUE', 'FALSE', 'UNKNOWN'])})`,
    (make, choice) => `(${ofSame(make, choice, comparable).join(' IS DISTINCT FROM ')})`,
    (make) => `(${make('integer')} BETWEEN ${make('integer')} AND ${make('integer')})`,
    (make, choice) => `(${make('integer')} ${choice.one(['', 'NOT '])}IN (1, 3, -7))`,
    (make, choice) => `(${make('text')} LIKE ${choice.one(["'%o%'", "'_'", "''", "'H%d'", "'%'"])})`,
    (make) => `(${make('text')} NOT LIKE '%X%')`,
    (make) => `(${make('text')} SIMILAR TO '[A-Za-z ]*')`,
    (make) => `ARRAY_CONTAINS(ARRAY[${make('integer')}, 1], ${make('integer')})`,
    (make, choice) =>
      `${choice.one(['STARTSWITH', 'ENDSWITH', 'REGEXP'])}(${make('text')}, ${choice.one(["'H'", "'o'", "''"])})`,
    (make) => `(${make('timestamp')} BETWEEN ${make('timestamp')} AND ${make('timestamp')})`,
    (make) => `(${make('text')} IN ('o', 'Hello', ${make('text')}))`,
    (make, choice) => `${choice.one(['IS_ALPHA', 'IS_DIGIT', 'IS_DECIMAL'])}(${make('text')})`,
    (make) => `(JSON_OBJECT('a' VALUE ${make('integer')}) IS JSON OBJECT)`,
    (make) => `TRY_CAST(${make('text')} AS BOOLEAN)`,
  ],
  timestamp: [
    (make, choice) =>
      `(${make('timestamp')} ${choice.one(['+', '-'])} INTERVAL '${choice.below(50) + 1}' ${choice.one(units)})`,
    (make, choice) => `FLOOR(${make('timestamp')} TO ${choice.one(units)})`,
    (make, choice) => `CEIL(${make('timestamp')} TO ${choice.one(units)})`,
    (make) => `CAST(${make('date')} AS TIMESTAMP(3))`,
    (make, choice) => `TIMESTAMPADD(${choice.one(units)}, ${choice.below(100) - 50}, ${make('timestamp')})`,
    (make) => `TRY_CAST(CAST(${make('timestamp')} AS STRING) AS TIMESTAMP(3))`,
    (make) => `CAST(TO_TIMESTAMP(DATE_FORMAT(${make('timestamp')}, 'yyyy-MM-dd HH:mm:ss')) AS TIMESTAMP(3))`,
    (make) => `IFNULL(${make('timestamp')}, ${make('timestamp')})`,
  ],
  date: [
    (make) => `CAST(${make('timestamp')} AS DATE)`,
    (make, choice) =>
      `(${make('date')} ${choice.one(['+', '-'])} INTERVAL '${choice.below(40) + 1}' ${choice.one(['DAY', 'MONTH', 'YEAR'])})`,
    (make) => `TO_DATE(CAST(${make('date')} AS STRING))`,
    (_, choice) => `${choice.one(['FLOOR', 'CEIL'])}(dt TO ${choice.one(['YEAR', 'MONTH', 'DAY'])})`,
  ],
};

/** `--1` begins a comment. */
const columnsOnly = (expression: string): string => (expression.startsWith('-') ? `(${expression})` : expression);

/** An expression of a family, of at most `depth` levels. */
export function expression(choice: SeededChoice, wanted: Family, depth: number): string {
  const make: Make = (family) => expression(choice, family, depth - 1);
  if (depth <= 0 || choice.below(6) === 0) {
    return choice.below(4) === 0 ? choice.one(literals[wanted]) : choice.one(columns[wanted]);
  }
  switch (choice.below(8)) {
    case 0:
      return `CASE WHEN ${make('boolean')} THEN ${make(wanted)} ELSE ${make(wanted)} END`;
    case 1:
      return `COALESCE(${make(wanted)}, ${make(wanted)})`;
    case 2:
      return wanted === 'boolean' ? `(NOT ${make(wanted)})` : `NULLIF(${make(wanted)}, ${make(wanted)})`;
    default:
      return choice.one(productions[wanted])(make, choice);
  }
}

export const anyExpression = (choice: SeededChoice): string =>
  expression(choice, choice.one(families), 1 + choice.below(3));

const aggregates: readonly (readonly [name: string, of: readonly Family[]])[] = [
  ['COUNT', families],
  ['SUM', numbers],
  ['AVG', numbers],
  ['MIN', comparable],
  ['MAX', comparable],
  ['FIRST_VALUE', comparable],
  ['LAST_VALUE', comparable],
  ['LISTAGG', ['text']],
  ['COLLECT', ['integer', 'text', 'date']],
  ['ARRAY_AGG', ['integer', 'text', 'decimal', 'timestamp']],
  ['STDDEV_POP', ['integer', 'double']],
  ['VAR_SAMP', ['integer', 'double']],
  ['JSON_ARRAYAGG', ['integer', 'text']],
];

/**
 * An aggregate call over a generated argument, which may be NULL by its type: Flink's code for one that may not be fails, or gives '' and -1,
 * for groups without a value.
 */
export function anyAggregate(choice: SeededChoice): string {
  const [name, from] = choice.one(aggregates);
  const distinct = ['COUNT', 'SUM', 'AVG', 'LISTAGG', 'MAX'].includes(name) && choice.below(3) === 0 ? 'DISTINCT ' : '';
  const filter =
    name !== 'JSON_ARRAYAGG' && choice.below(3) === 0 ? ` FILTER (WHERE ${expression(choice, 'boolean', 1)})` : '';
  return `${name}(${distinct}CASE WHEN id > 0 THEN ${expression(choice, choice.one(from), 1 + choice.below(2))} END)${filter}`;
}
