import type { Expression, Name } from '../sql/ast.ts';
import { SqlRefusal } from '../sql/problem.ts';
import { withNullable, type DataType, type Field } from '../types/data-type.ts';
import type { PlanExpression } from './expression.ts';

/** The columns that a name may mean, and the names of the table that may stand before them. */
export interface Scope {
  readonly qualifiers: readonly string[];
  readonly columns: readonly Field[];
}

/** What `table.column.field.field` refers to. Names are case-sensitive, as Flink's are. */
export function resolveColumn(scope: Scope, node: Expression & { readonly kind: 'column' }): PlanExpression {
  const path = node.path.length > 1 && scope.qualifiers.includes(node.path[0]!.name) ? node.path.slice(1) : node.path;
  const [column, ...fields] = path as [Name, ...Name[]];
  const index = scope.columns.findIndex((candidate) => candidate.name === column.name);
  if (index < 0) throw unknown(column, 'column', scope.columns);
  let expression: PlanExpression = { kind: 'input', index, type: scope.columns[index]!.type };
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

function unknown(name: Name, what: string, known: readonly Field[]): SqlRefusal {
  const alike = known.find((candidate) => candidate.name.toLowerCase() === name.name.toLowerCase());
  const hint =
    alike === undefined
      ? `there is: ${known.map((candidate) => candidate.name).join(', ')}`
      : `names are case-sensitive: write ${alike.name}`;
  return new SqlRefusal(name.at, `there is no ${what} ${name.name}`, hint);
}
