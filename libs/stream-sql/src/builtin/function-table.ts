import { FLINK_FUNCTIONS, type FlinkFunction } from './flink-functions.ts';
import { aggregateFunction, scalarFunction } from './registry.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${text}\``;

/** A function of Flink's is there when all its names are in the registry, or the language has it as a construct. */
export function isThere({ names, by }: FlinkFunction): boolean {
  return (
    by !== undefined ||
    (names.length > 0 &&
      names.every((name) => scalarFunction(name) !== undefined || aggregateFunction(name) !== undefined))
  );
}

function remark({ by, differs, instead }: FlinkFunction): string {
  if (instead !== undefined) return instead;
  if (by !== undefined) return `by ${by}`;
  return differs ?? '';
}

/** docs/sql-functions.md: each function of Flink SQL 2.2, and whether it is here. */
export function functionTable(): string {
  const chapters = FLINK_FUNCTIONS.map(({ title, functions }) => {
    const rows = functions.map(
      (one) => `| ${cell(code(one.written))} | ${isThere(one) ? 'yes' : 'no'} | ${cell(remark(one))} |`,
    );
    return [`## ${title}`, '', "| Flink's function | here | |", '|---|---|---|', ...rows].join('\n');
  });
  const all = FLINK_FUNCTIONS.flatMap(({ functions }) => functions);
  const there = all.filter(isThere).length;
  return [
    '# Functions of Flink SQL 2.2 in stream-sql',
    '',
    "Printed from the registry in `libs/stream-sql/src/builtin` by `node tools/print-sql-functions.ts`; a test keeps it up to date. Where a row has no remark, the answers are Flink 2.2's.",
    '',
    `${there} of ${all.length} rows are there.`,
    '',
    chapters.join('\n\n'),
    '',
    '## In general',
    '',
    '- The last digit of SIN, COSH, POWER and the like may differ: Java and JavaScript approximate them in their own ways.',
    "- Regular expressions are RE2's: a pattern that needs look-around, references to groups or possessive repetition is invalid (NULL, FALSE, as the function answers an invalid one).",
    '- A division of floating-point numbers by the literal 0 is Infinity; Flink refuses it when it folds the constant.',
    '',
  ].join('\n');
}
