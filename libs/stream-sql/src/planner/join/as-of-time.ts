import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Expression } from '../../syntax/tree-expression.ts';
import { resolve } from '../expression/resolve.ts';
import type { FromClause } from '../query/from.ts';
import { resolveColumn } from '../scope/scope.ts';

/** The time attribute of FOR SYSTEM_TIME AS OF: its place in the left row, and which it is. Throws SqlRefusal. */
export function asOfTime(
  asOf: Expression,
  left: FromClause,
): { readonly index: number; readonly attribute: 'rowtime' | 'proctime' } {
  const name = left.scope.tables[0]?.name ?? 't';
  const hint = `declare proctime AS PROCTIME() in CREATE TABLE and write FOR SYSTEM_TIME AS OF ${name}.proctime; or write the time of ${name}'s WATERMARK, to join a versioned table`;
  const time =
    asOf.kind === 'column'
      ? resolveColumn(left.scope, asOf.path)
      : resolve(asOf, { place: 'FOR SYSTEM_TIME AS OF', column: ({ path }) => resolveColumn(left.scope, path) });
  if (time.kind !== 'input') return refuse(asOf.at, 'FOR SYSTEM_TIME AS OF an expression', hint);
  const { attribute } = left.relation.columns[time.index]!;
  if (attribute === null) throw new SqlRefusal(asOf.at, 'FOR SYSTEM_TIME AS OF needs a time attribute', hint);
  return { index: time.index, attribute };
}
