import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { WatermarkNode } from '../../syntax/tree.ts';
import { isTimestamp } from '../../values/types.ts';
import { implicitly } from '../expression/cast.ts';
import { resolve } from '../expression/resolve.ts';
import type { TableColumn, TablePlan } from '../plan.ts';
import { resolveColumn, scopeTable } from '../scope/scope.ts';
import { shownType } from '../shown-type.ts';

/** WATERMARK FOR ts AS expression. Throws SqlRefusal. */
export function watermarkOf(
  node: WatermarkNode,
  columns: readonly TableColumn[],
  table: string,
): NonNullable<TablePlan['watermark']> {
  const [name, field] = node.column;
  if (field !== undefined)
    refuse(field.at, 'WATERMARK FOR a field of a row', 'declare a computed column for it: ts AS data.ts');
  const scope = { tables: [scopeTable(table, columns)] };
  const column = resolveColumn(scope, [name!]);
  if (column.kind !== 'input') throw new Error('a column is an input');
  if (columns[column.index]!.attribute === 'proctime')
    refuse(name!.at, 'WATERMARK FOR a processing time attribute', 'leave it out: processing time needs none');
  if (!isTimestamp(column.type) || column.type.precision > 3)
    throw new SqlRefusal(
      name!.at,
      `WATERMARK FOR ${name!.name}: the column is ${shownType(column.type)}`,
      'a time attribute is TIMESTAMP(3) or TIMESTAMP_LTZ(3): declare it so, or compute it with CAST or TO_TIMESTAMP_LTZ',
    );
  const expression = resolve(node.expression, {
    place: 'WATERMARK',
    column: ({ path }) => resolveColumn(scope, path),
  });
  if (expression.type.kind !== column.type.kind)
    throw new SqlRefusal(
      node.expression.at,
      `the watermark is ${shownType(expression.type)}, its column ${shownType(column.type)}`,
      `write ${name!.name} - INTERVAL '5' SECOND`,
    );
  return { column: column.index, expression: implicitly(expression, column.type) };
}
