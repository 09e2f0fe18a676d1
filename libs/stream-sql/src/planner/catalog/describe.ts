import type { ResultRows } from '../plan-script.ts';
import type { SessionEntry } from '../session.ts';
import { typeName } from '../../values/type-name.ts';
import { withNullable } from '../../values/types.ts';
import { expressionText } from '../explain/expression-text.ts';
import type { Column, TableColumn } from '../plan.ts';

/** DESCRIBE and SHOW COLUMNS with Flink's columns. */
export function describeRows(entry: SessionEntry): ResultRows {
  const columns = ['name', 'type', 'null', 'key', 'extras', 'watermark'];
  if (entry.kind === 'view')
    return { columns, rows: entry.relation.columns.map((column) => [...shown(column), null, null, null]) };
  const { plan } = entry.table;
  const key = plan.primaryKey.map((index) => plan.columns[index]!.name).join(', ');
  const rows = plan.columns.map((column, i) => [
    ...shown(column),
    plan.primaryKey.includes(i) ? `PRI(${key})` : null,
    extras(column, plan.columns),
    plan.watermark?.column === i ? expressionText(plan.watermark.expression, plan.columns) : null,
  ]);
  return { columns, rows };
}

function shown({ name, type, attribute }: Column): readonly string[] {
  const mark = attribute === null ? '' : ` *${attribute === 'rowtime' ? 'ROWTIME' : 'PROCTIME'}*`;
  return [name, `${typeName(withNullable(type, true))}${mark}`, type.nullable ? 'TRUE' : 'FALSE'];
}

function extras(column: TableColumn, all: readonly TableColumn[]): string | null {
  switch (column.kind) {
    case 'physical':
      return null;
    case 'metadata':
      return `METADATA FROM '${column.key}'${column.virtual ? ' VIRTUAL' : ''}`;
    case 'computed':
      return `AS ${expressionText(column.expression, all)}`;
  }
}
