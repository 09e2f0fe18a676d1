import type { ConformanceCase } from './case-file.ts';
import type { Cell, EngineOutput, ResultColumn, ResultTable } from './engine-output.ts';
import { foldChangelog, sorted } from './fold-changelog.ts';
import type { RecordedResult, Recording } from './recording.ts';

/**
 * - `agree`: the same answer, or the same kind of failure.
 * - `refused`: the engine refuses at validation what Flink runs: not supported, and said so.
 * - `differ`: anything else.
 */
export type Verdict =
  | { readonly kind: 'agree' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'differ'; readonly differences: readonly string[] };

/** How an engine's answer stands to what Flink answered. */
export function compare(each: ConformanceCase, expected: Recording, actual: EngineOutput): Verdict {
  if (expected.outcome === 'error') {
    if (actual.kind === 'ok')
      return differ([`Flink fails (${expected.stage}: ${expected.message}), the engine answers`]);
    if (expected.stage === 'runtime' && actual.stage === 'validation')
      return { kind: 'refused', reason: actual.message };
    // Flink folds constants when it plans, so a failure of the data may come at either time; a text that Flink refuses must be refused.
    if (expected.stage === 'validation' && actual.stage === 'runtime' && !isDataFailure(expected.message)) {
      return differ([`Flink refuses the text (${expected.message}), the engine runs it and fails: ${actual.message}`]);
    }
    return { kind: 'agree' };
  }
  if (actual.kind === 'error') {
    if (actual.stage === 'validation') return { kind: 'refused', reason: actual.message };
    return differ([`Flink answers, the engine fails: ${actual.message}`]);
  }
  if (!each.comparesRows) return { kind: 'agree' };
  const differences = expected.results.flatMap((result) => {
    const found = actual.results.find(({ name }) => name === result.name);
    if (found === undefined) return [`${result.name}: no such result`];
    return differencesOf(each, result, found).map((text) => `${result.name}: ${text}`);
  });
  return differences.length === 0 ? { kind: 'agree' } : differ(differences);
}

const differ = (differences: readonly string[]): Verdict => ({ kind: 'differ', differences });

/** Whether a message is of a value that cannot be computed, rather than of a text that is wrong. */
const isDataFailure = (message: string): boolean =>
  /ArithmeticException|NumberFormatException|DateTimeException|Overflow|out of range|Cannot cast|cast/i.test(message) &&
  !/ValidationException|SqlParse/.test(message);

const SHOWN_ROWS = 5;

function differencesOf(each: ConformanceCase, expected: RecordedResult, actual: ResultTable): string[] {
  if (expected.columns.length !== actual.columns.length) {
    return [`${expected.columns.length} columns expected, not ${actual.columns.length}`];
  }
  const differences = expected.columns.flatMap((column, index) => {
    const found = actual.columns[index]!.type;
    const wanted = column.type;
    if (found === undefined || wanted === undefined || bareType(found) === bareType(wanted)) return [];
    return [`column ${index + 1} (${column.name}) is ${bareType(wanted)} in Flink, not ${bareType(found)}`];
  });
  const final = foldChangelog({ ...actual, columns: expected.columns }, each.key);
  differences.push(...final.problems);
  if (expected.kind === 'append' && final.kind === 'updating') {
    differences.push('rows are taken back, where Flink only appends');
  }
  const normal = (rows: readonly (readonly Cell[])[]): string[] =>
    sorted(rows.map((row) => row.map((cell, index) => normalCell(cell, expected.columns[index]!, each)))).map((row) =>
      JSON.stringify(row),
    );
  const [missing, extra] = multisetDifference(normal(expected.rows), normal(final.rows));
  const list = (title: string, rows: readonly string[]): string[] => [
    ...rows.slice(0, SHOWN_ROWS).map((row) => `${title} ${row}`),
    ...(rows.length > SHOWN_ROWS ? [`... and ${rows.length - SHOWN_ROWS} more (${title})`] : []),
  ];
  if (missing.length === 1 && extra.length === 1)
    return [...differences, cellDifferences(expected, missing[0]!, extra[0]!)];
  return [...differences, ...list('missing', missing), ...list('not expected', extra)];
}

/** One row of many columns differs: which columns do. */
function cellDifferences(expected: RecordedResult, wanted: string, found: string): string {
  const [a, b] = [JSON.parse(wanted) as Cell[], JSON.parse(found) as Cell[]];
  const cells = expected.columns.flatMap(({ name }, index) =>
    a[index] === b[index] ? [] : [`${name} is ${JSON.stringify(a[index])}, not ${JSON.stringify(b[index])}`],
  );
  return `in the row ${wanted.slice(0, 120)}: ${cells.join('; ')}`;
}

/**
 * A type without what may be NULL: engines need not agree on what they can prove. And without what the gateway does not tell: quotes around
 * the fields of a ROW, digits of an INTERVAL.
 */
export const bareType = (type: string): string =>
  type
    .replaceAll(' NOT NULL', '')
    .replaceAll('`', '')
    .replace(/\b(INTERVAL [A-Z]+(?: TO [A-Z]+)?)\(\d\)/g, '$1');

/**
 * FLOAT and DOUBLE are compared as numbers: how many digits a runtime prints is its own affair. So is the order of a map's entries, which in
 * Flink is that of Java's hash codes.
 */
function normalCell(cell: Cell, { name, type }: ResultColumn, { digits, unordered }: ConformanceCase): Cell {
  if (cell === null) return null;
  const bare = bareType(type ?? '');
  if (/\b(MAP|MULTISET)</.test(bare) || unordered.includes(name)) return inOneOrder(cell);
  if (bare !== 'DOUBLE' && bare !== 'FLOAT') return cell;
  const number = bare === 'FLOAT' ? Math.fround(Number(cell)) : Number(cell);
  if (Object.is(number, -0)) return '-0';
  return digits === undefined || !Number.isFinite(number) ? String(number) : String(Number(number.toPrecision(digits)));
}

/** The text of a collection, all that stands between commas sorted: of equal maps the same. */
const inOneOrder = (text: string): string =>
  text
    .replace(/[{}[\]()]/g, '')
    .split(', ')
    .sort()
    .join(', ');

function multisetDifference(expected: readonly string[], actual: readonly string[]): [string[], string[]] {
  const counts = new Map<string, number>();
  for (const row of expected) counts.set(row, (counts.get(row) ?? 0) + 1);
  for (const row of actual) counts.set(row, (counts.get(row) ?? 0) - 1);
  const repeated = (sign: 1 | -1): string[] =>
    [...counts].flatMap(([row, count]) => Array.from({ length: Math.max(0, sign * count) }, () => row));
  return [repeated(1), repeated(-1)];
}
