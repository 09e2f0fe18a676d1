import type { ResultRows } from '../plan-script.ts';
import type { SessionEntry } from '../session.ts';
import { typeName } from '../../values/type-name.ts';
import { withNullable } from '../../values/types.ts';
import { quotedExpression } from './quoted-expression.ts';
import type { ColumnNode } from '../../syntax/tree.ts';
import type { Column } from '../plan.ts';

/** DESCRIBE and SHOW COLUMNS with Flink's columns. */
export function describeRows(entry: SessionEntry): ResultRows {
  const columns = ['name', 'type', 'null', 'key', 'extras', 'watermark'];
  if (entry.kind === 'view')
    return { columns, rows: entry.relation.columns.map((column) => [...shown(column), null, null, null]) };
  const { plan, node } = entry.table;
  const key = plan.primaryKey.map((index) => plan.columns[index]!.name).join(', ');
  const rows = plan.columns.map((column, i) => [
    ...shown(column),
    plan.primaryKey.includes(i) ? `PRI(${key})` : null,
    extras(node.columns[i]!),
    plan.watermark?.column === i ? quotedExpression(node.watermark!.expression) : null,
  ]);
  return { columns, rows };
}

function shown({ name, type, attribute }: Column): readonly string[] {
  const mark = attribute === null ? '' : ` *${attribute === 'rowtime' ? 'ROWTIME' : 'PROCTIME'}*`;
  return [name, `${typeName(withNullable(type, true))}${mark}`, type.nullable ? 'TRUE' : 'FALSE'];
}

function extras(column: ColumnNode): string | null {
  switch (column.kind) {
    case 'physical':
      return null;
    case 'metadata':
      return `METADATA${column.key === undefined ? '' : ` FROM '${column.key}'`}${column.virtual ? ' VIRTUAL' : ''}`;
    case 'computed':
      return `AS ${quotedExpression(column.expression)}`;
  }
}
