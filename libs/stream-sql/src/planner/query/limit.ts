import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Expression, OrderItem } from '../../syntax/tree-expression.ts';
import type { Query } from '../../syntax/tree.ts';
import { simple } from '../../values/types.ts';
import { resolve } from '../expression/resolve.ts';
import type { SortKey } from '../plan.ts';
import { calc } from '../relation/calc.ts';
import { allInputs, inputAt, type Relation } from '../relation/relation.ts';
import { resolveColumn, scopeTable } from '../scope/scope.ts';
import { noColumns } from './values.ts';

/** ORDER BY with LIMIT as the first rows of all (their number follows the changes of the input, as in Flink). Throws SqlRefusal. */
export function limited(query: Query, input: Relation): Relation {
  const { orderBy, limit, offset } = query;
  if (limit === undefined) {
    if (offset !== undefined) return refuse(offset.at, 'OFFSET without LIMIT', 'add LIMIT n');
    const [first] = orderBy;
    if (first === undefined) return input;
    return refuse(
      first.at,
      'ORDER BY without LIMIT',
      'add LIMIT n; the rows of a stream have no end, and are ordered where they are read',
    );
  }
  const skipped = offset === undefined ? 0 : count(offset, 'OFFSET', 0);
  const kept = count(limit, 'LIMIT', 1);
  const { row, order } = sortKeys(orderBy, input);
  const rank: Relation = {
    kind: 'rank',
    input: row,
    partition: [],
    order,
    from: skipped + 1,
    to: skipped + kept,
    window: null,
    columns: [...row.columns, { name: 'row_number', type: simple('BIGINT', false), attribute: null }],
    at: limit.at,
  };
  return calc(
    rank,
    [],
    allInputs(input),
    input.columns.map(({ name }) => name),
    query.at,
  );
}

function count(node: Expression, what: string, least: number): number {
  const value = resolve(node, noColumns(what));
  if (value.kind !== 'literal' || value.type.kind !== 'INT' || Number(value.value) < least)
    throw new SqlRefusal(node.at, `${what} needs a whole number from ${least} on`, `for example ${what} 10`);
  return Number(value.value);
}

/** The sort keys as columns of a row that begins with the input's columns. */
function sortKeys(
  items: readonly OrderItem[],
  input: Relation,
): { readonly row: Relation; readonly order: readonly SortKey[] } {
  const scope = { tables: [scopeTable(undefined, input.columns)] };
  const expressions = allInputs(input);
  const order = items.map((item): SortKey => {
    const { expression } = item;
    const key =
      expression.kind === 'number'
        ? ordinal(expression, input)
        : resolve(expression, {
            place: 'ORDER BY',
            column: ({ path }) => resolveColumn(scope, lastIfQualified(path, input)),
          });
    const column = key.kind === 'input' ? key.index : expressions.push(key) - 1;
    return { column, descending: item.descending, nullsFirst: nullsFirst(item) };
  });
  const names = expressions.map((_, i) => input.columns[i]?.name ?? `$sort${i}`);
  const row = expressions.length === input.columns.length ? input : calc(input, [], expressions, names, input.at);
  return { row, order };
}

/** `ORDER BY t.x` after SELECT t.x names the column of the result. */
const lastIfQualified = <T extends readonly { readonly name: string }[]>(path: T, input: Relation): T =>
  path.length === 2 && !input.columns.some(({ name }) => name === path[0]!.name)
    ? (path.slice(1) as unknown as T)
    : path;

function ordinal(node: Expression & { readonly kind: 'number' }, input: Relation): ReturnType<typeof inputAt> {
  const at = Number(node.text);
  if (!Number.isInteger(at) || at < 1 || at > input.columns.length)
    throw new SqlRefusal(node.at, `there is no column ${node.text} to order by`, `from 1 to ${input.columns.length}`);
  return inputAt(input, at - 1);
}

/** Flink: NULL is less than all. */
export const nullsFirst = (item: OrderItem): boolean =>
  item.nulls === undefined ? !item.descending : item.nulls === 'FIRST';
