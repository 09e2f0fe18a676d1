import { typeName } from '../../values/type-name.ts';
import type { PlanExpression } from '../expression.ts';
import { partsOf } from '../expression/parts.ts';
import type { PlanNode, SourceNode, TablePlan } from '../plan.ts';
import type { Meanings } from './meanings.ts';

/**
 * What a column holds, as a number: two columns of two plans with one number are made by the same expression of the same columns of the same
 * outside tables. What filters have left out of them is not part of it.
 */
export interface ColumnMeaning {
  readonly id: number;
  /** Of a column of a source, or a field within one: the source and the way, so that a field of it means only itself. */
  readonly at?: { readonly source: SourceNode; readonly path: readonly number[] };
}

/** Options that say which table outside it is: everything else may change and it is still the same. */
const IDENTITY_OPTIONS = ['topic', 'path', 'url', 'table-name', 'key-prefix'];
/** Their tables have no name outside of the text. */
const NAMED_BY_TEXT = ['datagen', 'print', 'blackhole', 'clickhouse'];

/** Which table outside a declaration stands for: the same for two declarations of one topic. */
export function tableIdentity({ connector, name, options }: TablePlan): string {
  const said = IDENTITY_OPTIONS.flatMap((key) => (options[key] === undefined ? [] : [`${key} ${options[key]}`]));
  if (said.length === 0 || connector === 'datagen') said.push(`table ${name}`);
  return [connector, ...said].join(', ');
}

/** For people: `the kafka topic deals`. */
export function tableText({ connector, name, options }: TablePlan): string {
  const [key] = NAMED_BY_TEXT.includes(connector) ? [] : IDENTITY_OPTIONS.filter((each) => options[each] !== undefined);
  const declared = `the ${connector} table ${name}`;
  return key === undefined || key === 'url' ? declared : `${declared} (${key} ${options[key]!})`;
}

/** The columns that a source gives. */
export function sourceColumns(source: SourceNode, meanings: Meanings): readonly ColumnMeaning[] {
  const { columns } = source.table;
  const stored = columns.map((_, at) => pathMeaning(source, [at], meanings));
  return columns.map((column, at) =>
    column.kind === 'computed' && !source.unread.includes(at)
      ? expressionMeaning(column.expression, stored, meanings)
      : stored[at]!,
  );
}

/** What an expression gives over a row of these columns. */
export function expressionMeaning(
  expression: PlanExpression,
  columns: readonly ColumnMeaning[],
  meanings: Meanings,
): ColumnMeaning {
  const { kind, type } = expression;
  if (kind === 'input') return columns[expression.index]!;
  if (kind === 'literal') return { id: meanings.of([kind, typeName(type), expression.value]) };
  const parts = partsOf(expression).map((part) => expressionMeaning(part, columns, meanings));
  const ids = parts.map(({ id }) => id);
  switch (kind) {
    case 'field': {
      const at = parts[0]!.at;
      return at === undefined
        ? { id: meanings.of([kind, ids, expression.index]) }
        : pathMeaning(at.source, [...at.path, expression.index], meanings);
    }
    case 'call':
      return { id: meanings.of([kind, typeName(type), expression.name, ids]) };
    case 'case':
      return { id: meanings.of([kind, typeName(type), ids]) };
    case 'cast':
      return { id: meanings.of([kind, typeName(type), expression.safe, ids]) };
  }
}

/**
 * A column of a source or a field in it, by name: a ROW that is declared with more fields gives the same fields. (What a node keeps is decoded
 * whole: `graph/read-paths.ts`.)
 */
function pathMeaning(source: SourceNode, path: readonly number[], meanings: Meanings): ColumnMeaning {
  const { table, unread } = source;
  const column = table.columns[path[0]!]!;
  let { type } = column;
  const names = path.slice(1).map((field) => {
    if (type.kind !== 'ROW') return field;
    const found = type.fields[field]!;
    ({ type } = found);
    return found.name;
  });
  const name = column.kind === 'metadata' ? `metadata ${column.key}` : column.name;
  const id = meanings.of([tableIdentity(table), name, names, typeName(type), unread.includes(path[0]!)]);
  return { id, at: { source, path } };
}

/** The types of columns, with what they are as times: state holds the one, and clocks follow the other. */
export const columnForm = ({ columns }: PlanNode, at: number): readonly unknown[] => [
  typeName(columns[at]!.type),
  columns[at]!.attribute,
];
