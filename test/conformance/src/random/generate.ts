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
  ],
  double: [
    arithmetic('double', ['+', '-', '*', '/']),
    (make) => `(${make('double')} * ${make('integer')})`,
    (make, choice) => `CAST(${make(choice.one(numbers))} AS ${choice.one(['DOUBLE', 'FLOAT'])})`,
    (make) => `ABS(${make('double')})`,
    (make) => `FLOOR(${make('double')})`,
    (make) => `CEIL(${make('double')})`,
    (make) => `TRY_CAST(${make('text')} AS DOUBLE)`,
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
  ],
  timestamp: [
    (make, choice) =>
      `(${make('timestamp')} ${choice.one(['+', '-'])} INTERVAL '${choice.below(50) + 1}' ${choice.one(units)})`,
    (make, choice) => `FLOOR(${make('timestamp')} TO ${choice.one(units)})`,
    (make, choice) => `CEIL(${make('timestamp')} TO ${choice.one(units)})`,
    (make) => `CAST(${make('date')} AS TIMESTAMP(3))`,
  ],
  date: [
    (make) => `CAST(${make('timestamp')} AS DATE)`,
    (make, choice) =>
      `(${make('date')} ${choice.one(['+', '-'])} INTERVAL '${choice.below(40) + 1}' ${choice.one(['DAY', 'MONTH', 'YEAR'])})`,
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

/** An aggregate call over a generated argument. */
export function anyAggregate(choice: SeededChoice): string {
  const name = choice.one(['COUNT', 'SUM', 'AVG', 'MIN', 'MAX', 'FIRST_VALUE', 'LAST_VALUE']);
  const family = choice.one(name === 'SUM' || name === 'AVG' ? numbers : families.filter((each) => each !== 'boolean'));
  const distinct = ['COUNT', 'SUM', 'AVG'].includes(name) && choice.below(3) === 0 ? 'DISTINCT ' : '';
  const filter = choice.below(3) === 0 ? ` FILTER (WHERE ${expression(choice, 'boolean', 1)})` : '';
  return `${name}(${distinct}${expression(choice, family, 1 + choice.below(2))})${filter}`;
}
