import type { Expression, Name } from '../sql/ast.ts';
import { SqlRefusal } from '../sql/problem.ts';
import { withNullable, type DataType, type Field } from '../types/data-type.ts';
import type { PlanExpression } from './expression.ts';

/** The columns that a name may mean: those of each table of FROM, one table's after the other's in the row. */
export interface Scope {
  readonly tables: readonly ScopeTable[];
}

export interface ScopeTable {
  /** Alias or name, which may stand before a column; undefined where none may. */
  readonly name: string | undefined;
  readonly columns: readonly Field[];
}

/** Every column of the row, in order. */
export const scopeColumns = (scope: Scope): readonly Field[] => scope.tables.flatMap((table) => table.columns);

/** A column's path without the name of its table, when that stands before it. */
export function unqualified(scope: Scope, path: readonly Name[]): readonly Name[] {
  return path.length > 1 && scope.tables.some((table) => table.name === path[0]!.name) ? path.slice(1) : path;
}

/** What `table.column.field.field` refers to. Names are case-sensitive, as Flink's are. */
export function resolveColumn(scope: Scope, node: Expression & { readonly kind: 'column' }): PlanExpression {
  const path = unqualified(scope, node.path);
  const table = path === node.path ? undefined : node.path[0]!.name;
  const [column, ...fields] = path as [Name, ...Name[]];
  let expression = columnOf(scope, table, column);
  for (const field of fields) {
    const type: DataType = expression.type;
    if (type.kind !== 'ROW')
      throw new SqlRefusal(
        field.at,
        `${field.name} is asked of a value that is not a ROW`,
        'declare the column as ROW<field TYPE, ...>',
      );
    const at: number = type.fields.findIndex((candidate) => candidate.name === field.name);
    if (at < 0) throw unknown(field, 'field', type.fields);
    const fieldType: DataType = type.fields[at]!.type;
    expression = {
      kind: 'field',
      of: expression,
      index: at,
      type: withNullable(fieldType, fieldType.nullable || type.nullable),
    };
  }
  return expression;
}

function columnOf(scope: Scope, table: string | undefined, column: Name): PlanExpression {
  let offset = 0;
  let found: PlanExpression | undefined;
  for (const { name, columns } of scope.tables) {
    const index = columns.findIndex((candidate) => candidate.name === column.name);
    if (index >= 0 && (table === undefined || table === name)) {
      if (found !== undefined)
        throw new SqlRefusal(
          column.at,
          `${column.name} is a column of both tables`,
          `write ${scope.tables.map((each) => `${each.name ?? ''}.${column.name}`).join(' or ')}`,
        );
      found = { kind: 'input', index: offset + index, type: columns[index]!.type };
    }
    offset += columns.length;
  }
  if (found !== undefined) return found;
  const known = scope.tables.filter((each) => table === undefined || each.name === table);
  throw unknown(
    column,
    'column',
    known.flatMap((each) => each.columns),
  );
}

function unknown(name: Name, what: string, known: readonly Field[]): SqlRefusal {
  const alike = known.find((candidate) => candidate.name.toLowerCase() === name.name.toLowerCase());
  const hint =
    alike === undefined
      ? `there is: ${known.map((candidate) => candidate.name).join(', ')}`
      : `names are case-sensitive: write ${alike.name}`;
  return new SqlRefusal(name.at, `there is no ${what} ${name.name}`, hint);
}
