import type { TableExpression } from '../../syntax/tree.ts';
import { conjunctsOf } from '../expression/parts.ts';
import type { ColumnNode } from '../expression/context.ts';
import { resolveCondition } from '../expression/resolve.ts';
import type { PlanExpression } from '../expression.ts';
import type { QueryEnvironment } from '../query/environment.ts';
import { fromClause, type FromClause } from '../query/from.ts';
import { itemsOf, simpleSelect } from '../query/lifted.ts';
import { limited } from '../query/limit.ts';
import { columnsNamed } from '../query/query.ts';
import { calc } from '../relation/calc.ts';
import { inputAt, type Relation } from '../relation/relation.ts';
import { resolveColumn, scopeTable } from '../scope/scope.ts';
import { joinedScope } from './join-clause.ts';

type Lateral = TableExpression & { readonly kind: 'derived' };

/**
 * `(SELECT DISTINCT k FROM t) AS s, LATERAL (SELECT a, b FROM t WHERE k = s.k ORDER BY b LIMIT n)`: the first rows of each key, without a join, as Flink
 * reads it (so rows whose key is NULL are there, too). `undefined` for any other text.
 */
export function lateralTopN(left: FromClause, node: Lateral, environment: QueryEnvironment): FromClause | undefined {
  const { query } = node;
  const select = simpleSelect({ ...query, limit: undefined });
  const source = distinctColumns(left.relation);
  if (query.limit === undefined || source === undefined || select?.where === undefined || select.distinct)
    return undefined;
  const from = fromClause(select.from!, { ...environment, outer: undefined }, select.hints);
  if (from.relation.kind !== 'scan' || from.relation.table.name !== source.table) return undefined;
  const own = from.relation.columns.length;
  const scope = joinedScope(from, left);
  const column = ({ path }: ColumnNode): PlanExpression => {
    const inner = from.scope.tables
      .flatMap((table) => table.columns)
      .some(({ name }) => path.length === 1 && name === path[0]!.name);
    return resolveColumn(inner ? from.scope : scope, path);
  };
  const conjuncts = conjunctsOf(resolveCondition(select.where, { place: 'WHERE of a sub-query', column }));
  const places = conjuncts.map((conjunct) => keyOf(conjunct, own));
  const isEach = source.columns.every((place, i) => places.some((key) => key?.left === i && key.own === place));
  if (!isEach || places.length !== source.columns.length) return undefined;
  const items = itemsOf(select, from.scope, { place: 'SELECT of a sub-query', column });
  if (items.some(({ expression }) => expression.kind !== 'input' || expression.index >= own)) return undefined;
  const selected = calc(
    from.relation,
    [],
    [...source.columns.map((place) => inputAt(from.relation, place)), ...items.map(({ expression }) => expression)],
    [...left.relation.columns.map(({ name }) => name), ...items.map(({ name }) => name)],
    node.at,
  );
  const relation = limited(query, selected, () => undefined, source.columns.length);
  const columns = relation.columns.slice(source.columns.length);
  const named =
    node.alias === undefined
      ? columns
      : columnsNamed({ ...relation, columns }, node.alias.columns, node.alias.name).columns;
  return {
    relation,
    scope: { tables: [...left.scope.tables, scopeTable(node.alias?.name.name, named, source.columns.length)] },
  };
}

/** `t.k = s.k`: a column of the sub-query's own row, and one of the left side, which stands behind it. */
function keyOf(conjunct: PlanExpression, own: number): { readonly own: number; readonly left: number } | undefined {
  if (conjunct.kind !== 'call' || conjunct.name !== '=') return undefined;
  const [a, b] = conjunct.arguments;
  if (a?.kind !== 'input' || b?.kind !== 'input') return undefined;
  const [low, high] = a.index < b.index ? [a.index, b.index] : [b.index, a.index];
  return low < own && high >= own ? { own: low, left: high - own } : undefined;
}

/** The columns of a table whose distinct values a relation is. */
function distinctColumns(
  relation: Relation,
): { readonly table: string; readonly columns: readonly number[] } | undefined {
  if (relation.kind === 'calc' && relation.conjuncts.length === 0) {
    const below = distinctColumns(relation.input);
    const order = relation.projections.map((each) => (each.kind === 'input' ? each.index : -1));
    if (below === undefined || new Set(order).size !== below.columns.length || order.includes(-1)) return undefined;
    return { ...below, columns: order.map((index) => below.columns[index]!) };
  }
  if (relation.kind !== 'group-aggregate' || relation.aggregates.length > 0) return undefined;
  const { input, keys } = relation;
  if (input.kind === 'scan') return { table: input.table.name, columns: keys };
  if (input.kind !== 'calc' || input.conjuncts.length > 0 || input.input.kind !== 'scan') return undefined;
  const columns = keys.map((key) => {
    const projection = input.projections[key]!;
    return projection.kind === 'input' ? projection.index : -1;
  });
  return columns.includes(-1) ? undefined : { table: input.input.table.name, columns };
}
