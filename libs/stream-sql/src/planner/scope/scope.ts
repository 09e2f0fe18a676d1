import { SqlRefusal } from '../../syntax/problem.ts';
import type { Name, Path } from '../../syntax/tree-node.ts';
import type { DataType } from '../../values/data-type.ts';
import { fieldOf, unknownName } from '../expression/field.ts';
import type { PlanExpression } from '../expression.ts';
import type { Column } from '../plan.ts';

/** The columns that a name may mean: those of each table of FROM. */
export interface Scope {
  readonly tables: readonly ScopeTable[];
}

export interface ScopeTable {
  /** Alias or name, which may stand before a column; undefined where none may. */
  readonly name: string | undefined;
  readonly columns: readonly ScopeColumn[];
}

export interface ScopeColumn {
  readonly name: string;
  /** Place in the row of all of FROM. */
  readonly index: number;
  readonly type: DataType;
  /** Of a join with USING: the column that its name means, and the one of the other side that only its table's name means. */
  readonly common?: 'shown' | 'hidden';
}

/** A table of FROM whose columns begin at `offset` of the row. */
export const scopeTable = (name: string | undefined, columns: readonly Column[], offset = 0): ScopeTable => ({
  name,
  columns: columns.map((column, i) => ({ name: column.name, index: offset + i, type: column.type })),
});

/** What `table.column.field.field` refers to. Names are case-sensitive, as Flink's are. Throws SqlRefusal. */
export function resolveColumn(scope: Scope, path: Path): PlanExpression {
  const [first, second, ...others] = path as readonly [Name, ...Name[]];
  const tables = scope.tables.filter((table) => table.name === first.name);
  if (tables.length > 0 && second !== undefined) {
    // A column of that name with such a field is meant where the table has no such column.
    const inTable = tables.flatMap((table) => table.columns).filter((column) => column.name === second.name);
    const asColumn = scope.tables.flatMap((table) => table.columns).some((column) => column.name === first.name);
    if (inTable.length > 0 || !asColumn) {
      if (tables.length > 1)
        throw new SqlRefusal(first.at, `two tables are called ${first.name}`, 'give one of them an alias with AS');
      const column = only(inTable, second, tables) ?? unknown(second, tables);
      return others.reduce(fieldOf, column);
    }
  }
  const found = scope.tables
    .flatMap((table) => table.columns)
    .filter((column) => column.name === first.name && column.common !== 'hidden');
  const column = only(found, first, scope.tables);
  if (column !== undefined) return path.slice(1).reduce(fieldOf, column);
  if (second !== undefined && scope.tables.length > 0 && tables.length === 0)
    throw new SqlRefusal(
      first.at,
      `there is no table or column ${first.name}`,
      `there is: ${[...new Set(scope.tables.flatMap((table) => [...(table.name === undefined ? [] : [table.name]), ...table.columns.map((each) => each.name)]))].join(', ')}`,
    );
  return unknown(first, scope.tables);
}

function only(found: readonly ScopeColumn[], name: Name, tables: readonly ScopeTable[]): PlanExpression | undefined {
  const [column, another] = found;
  if (another !== undefined) {
    const names = tables
      .filter((table) => table.columns.some((each) => each.name === name.name))
      .map((table) => `${table.name ?? ''}.${name.name}`);
    throw new SqlRefusal(
      name.at,
      `the column ${name.name} is ambiguous`,
      names.length > 1 ? `write ${names.join(' or ')}` : 'give the columns different names with AS',
    );
  }
  return column && { kind: 'input', index: column.index, type: column.type };
}

function unknown(name: Name, tables: readonly ScopeTable[]): never {
  throw unknownName(
    name,
    'column',
    tables.flatMap((table) => table.columns.map((column) => column.name)),
  );
}

/** What `*`, `table.*` or `row.*` stands for. Throws SqlRefusal. */
export function starItems(
  scope: Scope,
  of: Path | undefined,
): readonly { readonly name: string; readonly expression: PlanExpression }[] {
  const row = of === undefined ? undefined : rowNamed(scope, of);
  if (row?.type.kind === 'ROW')
    return row.type.fields.map(({ name }) => ({
      name,
      expression: fieldOf(row, { name, at: of![of!.length - 1]!.at }),
    }));
  return starColumns(scope, of).map(({ name, index, type }) => ({ name, expression: { kind: 'input', index, type } }));
}

/** The value that a name means where it is no table's. */
function rowNamed(scope: Scope, path: Path): PlanExpression | undefined {
  if (path.length === 1 && scope.tables.some(({ name }) => name === path[0]!.name)) return undefined;
  try {
    return resolveColumn(scope, path);
  } catch (error) {
    if (error instanceof SqlRefusal) return undefined;
    throw error;
  }
}

function starColumns(scope: Scope, of: Path | undefined): readonly ScopeColumn[] {
  if (of === undefined) {
    const all = scope.tables.flatMap((table) => table.columns);
    return [...all.filter(({ common }) => common === 'shown'), ...all.filter(({ common }) => common === undefined)];
  }
  const name = of[of.length - 1]!;
  const table = scope.tables.find((candidate) => candidate.name === name.name);
  if (table === undefined)
    throw unknownName(
      name,
      'table',
      scope.tables.flatMap((candidate) => candidate.name ?? []),
    );
  return table.columns;
}
