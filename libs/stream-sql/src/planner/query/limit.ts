import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Expression, OrderItem } from '../../syntax/tree-expression.ts';
import type { Query } from '../../syntax/tree.ts';
import { simple } from '../../values/types.ts';
import { resolve } from '../expression/resolve.ts';
import type { PlanExpression } from '../expression.ts';
import type { SortKey } from '../plan.ts';
import { calc, where } from '../relation/calc.ts';
import { allInputs, type Relation } from '../relation/relation.ts';
import { resolveColumn, scopeTable } from '../scope/scope.ts';
import { noColumns } from './values.ts';

/**
 * ORDER BY with LIMIT as the first rows of all (their number follows the changes of the input, as in Flink). `withHidden` makes the query's body with
 * further columns behind its own, for sort keys that it does not select; `undefined` where it cannot. `keys` columns of the input before those that are selected
 * are keys, of which each has its first rows. Throws SqlRefusal.
 */
export function limited(
  query: Query,
  input: Relation,
  withHidden: (items: readonly Expression[]) => Relation | undefined,
  keys: number,
): Relation {
  const { orderBy, limit, offset } = query;
  if (limit === undefined) {
    if (offset !== undefined) return refuse(offset.at, 'OFFSET without LIMIT', 'add LIMIT n');
    const [first] = orderBy;
    if (first === undefined) return input;
    return (
      inOrderOfTime(orderBy, input, withHidden) ??
      refuse(
        first.at,
        'ORDER BY without LIMIT',
        'add LIMIT n, or order by a time attribute alone; other rows of a stream are ordered where they are read',
      )
    );
  }
  const skipped = offset === undefined ? 0 : count(offset, 'OFFSET', 0);
  const kept = count(limit, 'LIMIT', 0);
  if (kept === 0) return where(input, [{ kind: 'literal', value: false, type: simple('BOOLEAN', false) }], limit.at);
  const { row, order } = sortKeys(orderBy, input, withHidden, keys);
  const rank: Relation = {
    kind: 'rank',
    input: row,
    partition: [...input.columns.keys()].slice(0, keys),
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

/** Rows that only grow in the order of their time attribute; `undefined` for any other order. */
function inOrderOfTime(
  items: readonly OrderItem[],
  input: Relation,
  withHidden: (items: readonly Expression[]) => Relation | undefined,
): Relation | undefined {
  const [first, another] = items as readonly [OrderItem, OrderItem?];
  if (another !== undefined || first.descending) return undefined;
  const selected = selectedKey(first.expression, input, 0);
  const row = typeof selected === 'number' ? input : withHidden([first.expression]);
  const key = typeof selected === 'number' ? selected : input.columns.length;
  if (row === undefined || row.columns[key]!.attribute === null) return undefined;
  // OVER gives its rows out in this order.
  const counted: Relation = {
    kind: 'over',
    input: row,
    partition: [],
    order: [{ column: key, descending: false, nullsFirst: true }],
    frame: { kind: 'rows', preceding: 0 },
    aggregates: [
      { function: 'COUNT', arguments: [], distinct: false, filter: null, type: simple('BIGINT', false), at: first.at },
    ],
    columns: [...row.columns, { name: '$count', type: simple('BIGINT', false), attribute: null }],
    at: first.at,
  };
  return calc(
    counted,
    [],
    allInputs(input),
    input.columns.map(({ name }) => name),
    first.at,
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
  withHidden: (items: readonly Expression[]) => Relation | undefined,
  keys: number,
): { readonly row: Relation; readonly order: readonly SortKey[] } {
  const width = input.columns.length;
  const hidden: { readonly node: Expression; readonly refusal: SqlRefusal }[] = [];
  const found = items.map(({ expression }) => {
    const key = selectedKey(expression, input, keys);
    if (!(key instanceof SqlRefusal)) return key;
    return hidden.push({ node: expression, refusal: key }) - 1 + width;
  });
  let row = input;
  if (hidden.length > 0) {
    const wider = withHidden(hidden.map(({ node }) => node));
    if (wider === undefined) throw hidden[0]!.refusal;
    row = wider;
  }
  const expressions = allInputs(row);
  const order = items.map((item, i): SortKey => {
    const key = found[i]!;
    const column = typeof key === 'number' ? key : expressions.push(key) - 1;
    return { column, descending: item.descending, nullsFirst: nullsFirst(item) };
  });
  if (expressions.length === row.columns.length) return { row, order };
  const names = expressions.map((_, i) => row.columns[i]?.name ?? `$sort${i}`);
  return { row: calc(row, [], expressions, names, input.at), order };
}

/** A sort key over the columns that are selected: a place, or an expression. */
function selectedKey(node: Expression, input: Relation, keys: number): number | PlanExpression | SqlRefusal {
  if (node.kind === 'number') return ordinal(node, input, keys);
  const scope = { tables: [scopeTable(undefined, input.columns)] };
  try {
    const key = resolve(node, { place: 'ORDER BY', column: ({ path }) => resolveColumn(scope, path) });
    return key.kind === 'input' ? key.index : key;
  } catch (error) {
    if (error instanceof SqlRefusal) return error;
    throw error;
  }
}

function ordinal(node: Expression & { readonly kind: 'number' }, input: Relation, keys: number): number {
  const at = Number(node.text);
  if (!Number.isInteger(at) || at < 1 || at > input.columns.length - keys)
    throw new SqlRefusal(
      node.at,
      `there is no column ${node.text} to order by`,
      `from 1 to ${input.columns.length - keys}`,
    );
  return keys + at - 1;
}

/** Flink: NULL is less than all. */
export const nullsFirst = (item: OrderItem): boolean =>
  item.nulls === undefined ? !item.descending : item.nulls === 'FIRST';
