import { SqlRefusal } from '../../syntax/problem.ts';
import type { Expression } from '../../syntax/tree-expression.ts';
import type { Query, Select } from '../../syntax/tree.ts';
import type { ColumnNode } from '../expression/context.ts';
import { conjunctsOf, inputsOf, moveInputs } from '../expression/parts.ts';
import { resolve, resolveCondition } from '../expression/resolve.ts';
import type { PlanExpression } from '../expression.ts';
import { calc } from '../relation/calc.ts';
import { inputAt, type Relation } from '../relation/relation.ts';
import { resolveColumn, type Scope, starItems } from '../scope/scope.ts';
import { childrenOf, containsAggregate } from './contains-aggregate.ts';
import type { QueryEnvironment } from './environment.ts';
import { fromClause } from './from.ts';
import { asksOuter, type OuterQuery, within } from './outer.ts';
import { nameOf } from './select.ts';
import { containsSubQuery } from './sub-query-nodes.ts';

/** The rows of a sub-query, and when one of them belongs to a row around, which stands before it. */
export interface Partners {
  readonly right: Relation;
  /** The columns that the sub-query selects. */
  readonly values: readonly PlanExpression[];
  readonly conjuncts: readonly PlanExpression[];
}

/** The SELECT of a query that is nothing but FROM and WHERE. */
export function simpleSelect(query: Query): Select | undefined {
  if (query.with.length > 0 || query.limit !== undefined || query.offset !== undefined) return undefined;
  const { body } = query;
  if (body.kind !== 'select' || body.groupBy !== undefined || body.having !== undefined) return undefined;
  if (body.qualify !== undefined) return undefined;
  if (body.from === undefined || (body.where !== undefined && containsSubQuery(body.where))) return undefined;
  const isPlain = body.items.every(
    (item) =>
      item.kind === 'star' ||
      !(containsAggregate(item.expression) || containsSubQuery(item.expression) || hasOver(item.expression)),
  );
  return isPlain ? body : undefined;
}

const hasOver = (node: Expression): boolean =>
  (node.kind === 'call' && node.over !== undefined) || childrenOf(node).some(hasOver);

/**
 * A sub-query of FROM and WHERE alone whose conditions on the row around become those of the join. `undefined` where what it selects (and
 * `asksItems`) is of the row around, too, or its FROM asks for it.
 */
export function lifted(
  select: Select,
  outer: OuterQuery,
  around: QueryEnvironment,
  asksItems: boolean,
): Partners | undefined {
  const environment = within(around, select.at);
  if (select.distinct && asksItems) return undefined;
  const tables = select.from!;
  const asking: QueryEnvironment = { ...environment, outer: { kind: 'asking', outer, asked: [] } };
  if (tables.kind === 'derived' && asksOuter(tables.query, asking)) return undefined;
  const { relation, scope } = fromClause(tables, { ...environment, outer: undefined }, select.hints);
  const width = outer.relation.columns.length;
  const moved: Scope = {
    tables: scope.tables.map((table) => ({
      ...table,
      columns: table.columns.map((column) => ({ ...column, index: column.index + width })),
    })),
  };
  const column = (node: ColumnNode): PlanExpression => {
    try {
      return resolveColumn(moved, node.path);
    } catch (error) {
      if (!(error instanceof SqlRefusal)) throw error;
      return outerOr(outer, node, error);
    }
  };
  const context = { place: 'WHERE of a sub-query', column };
  const conjuncts = select.where === undefined ? [] : conjunctsOf(resolveCondition(select.where, context));
  const items = asksItems ? itemsOf(select, moved, { place: 'SELECT of a sub-query', column }) : [];
  if (items.some(({ expression }) => [...inputsOf(expression)].some((index) => index < width))) return undefined;
  const used = new Set(conjuncts.flatMap((each) => [...inputsOf(each)]).filter((index) => index >= width));
  // Of what is not selected, the columns that conditions ask for.
  const kept = [...used].sort((a, b) => a - b);
  const right = calc(
    relation,
    [],
    [
      ...items.map(({ expression }) => moveInputs(expression, (index) => index - width)),
      ...kept.map((index) => inputAt(relation, index - width)),
    ],
    [...items.map(({ name }) => name), ...kept.map((index) => relation.columns[index - width]!.name)],
    select.at,
  );
  return {
    right,
    values: items.map((_, i) => ({ ...inputAt(right, i), index: width + i }) as PlanExpression),
    conjuncts: conjuncts.map((each) =>
      moveInputs(each, (index) => (index < width ? index : width + items.length + kept.indexOf(index))),
    ),
  };
}

function outerOr(outer: OuterQuery, node: ColumnNode, refusal: SqlRefusal): PlanExpression {
  try {
    return outer.column(node);
  } catch (error) {
    throw error instanceof SqlRefusal ? refusal : error;
  }
}

interface Item {
  readonly name: string;
  readonly expression: PlanExpression;
}

/** What a SELECT of plain expressions selects. Throws SqlRefusal. */
export const itemsOf = (select: Select, scope: Scope, context: Parameters<typeof resolve>[1]): readonly Item[] =>
  select.items.flatMap((item, at): readonly Item[] => {
    if (item.kind === 'star') return starItems(scope, item.of);
    const name = item.alias?.name ?? nameOf(item.expression) ?? `EXPR$${at}`;
    return [{ name, expression: resolve(item.expression, context) }];
  });
