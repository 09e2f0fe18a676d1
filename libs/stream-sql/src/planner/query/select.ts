import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Expression } from '../../syntax/tree-expression.ts';
import type { Hint, Select, SelectItem } from '../../syntax/tree.ts';
import type { ResolveContext } from '../expression/context.ts';
import { conjunctsOf, inputsOf, mapInputs } from '../expression/parts.ts';
import { resolve, resolveCondition, typed } from '../expression/resolve.ts';
import type { PlanExpression } from '../expression.ts';
import { aggregate } from '../relation/aggregate.ts';
import { calc, where } from '../relation/calc.ts';
import { inputAt, type Relation } from '../relation/relation.ts';
import { starItems, type Scope } from '../scope/scope.ts';
import { carriedDerived, carriedFrom, type CarriedFrom, carryingNothing } from './carried.ts';
import { containsAggregate } from './contains-aggregate.ts';
import type { QueryEnvironment } from './environment.ts';
import { fromClause } from './from.ts';
import { grouped } from './grouped.ts';
import { lookupHint } from './lookup-hint.ts';
import { columnOf } from './outer.ts';
import { overCalls } from './over.ts';
import { checkStateTtls } from './state-ttl-hint.ts';
import { withSubQueries } from './sub-query-columns.ts';
import { subQueriesIn } from './sub-query-nodes.ts';
import { filtered } from './where.ts';
import { noColumns, oneRow } from './values.ts';

/** The row that the SELECT list is computed over, and what names mean there. */
export interface SelectBase {
  readonly relation: Relation;
  readonly context: ResolveContext;
  /** What `*` stands for; undefined after GROUP BY. */
  readonly scope: Scope | undefined;
  /** Columns of what a sub-query carries. */
  readonly carried: readonly number[];
}

/** One SELECT; what a sub-query carries stands before what it selects. Throws SqlRefusal. */
export function select(node: Select, environment: QueryEnvironment): Relation {
  const hints = selectHints(node.hints);
  checkStateTtls(hints, node.from);
  const { outer } = environment;
  const from = tablesOf(node, hints, environment);
  const places = from.carried.map((index) => inputAt(from.relation, index));
  const context: ResolveContext =
    node.from === undefined && outer === undefined
      ? noColumns('SELECT without FROM')
      : { place: 'SELECT', column: columnOf(from.scope, outer, places) };
  const around = {
    relation: from.relation,
    context: { ...context, place: node.from === undefined ? context.place : 'WHERE' },
  };
  const relation =
    node.where === undefined ? from.relation : filtered(around, node.where, environment, from.simplified);
  const base = baseOf(node, relation, context, from, environment);
  const selected = selectList(node, base);
  if (!node.distinct) return selected;
  return aggregate(
    selected,
    selected.columns.map(({ name }, i) => ({ name, expression: inputAt(selected, i) })),
    [],
    node.at,
  );
}

function tablesOf(node: Select, hints: readonly Hint[], environment: QueryEnvironment): CarriedFrom {
  const { outer } = environment;
  const derived = carriedDerived(node, environment);
  if (derived !== undefined) return derived;
  const seen = outer?.kind === 'carried' ? { ...environment, outer: undefined } : environment;
  const from =
    node.from === undefined ? { relation: oneRow(node.at), scope: { tables: [] } } : fromClause(node.from, seen, hints);
  return outer?.kind === 'carried' ? carriedFrom(from, node, outer) : carryingNothing(from);
}

function baseOf(
  node: Select,
  relation: Relation,
  context: ResolveContext,
  { scope, carried }: CarriedFrom,
  environment: QueryEnvironment,
): SelectBase {
  const expressions = node.items.flatMap((item) => (item.kind === 'expression' ? [item.expression] : []));
  if (node.groupBy !== undefined || node.having !== undefined || expressions.some(containsAggregate))
    return grouped(node, relation, context, carried, environment);
  return { ...withSubQueries(relation, expressions.flatMap(subQueriesIn), context, environment), scope, carried };
}

function selectHints(hints: readonly Hint[]): readonly Hint[] {
  for (const hint of hints) {
    if (hint.name === 'LOOKUP') lookupHint(hint, { ordered: true, capacity: 1, timeoutMs: 1 });
    else if (hint.name !== 'STATE_TTL')
      refuse(
        hint.at,
        `the hint ${hint.name}`,
        hint.name === 'OPTIONS'
          ? 'write it behind the name of a table: FROM t /*+ OPTIONS(...) */'
          : 'leave it out: joins of a stream have one way to run',
      );
  }
  return hints;
}

function selectList(node: Select, base: SelectBase): Relation {
  const overs = overCalls(node.windows, base);
  const items = node.items.flatMap((item, i) => itemsOf(item, i, base, overs.context));
  const condition = node.qualify === undefined ? undefined : qualified(node, node.qualify, items, overs.context);
  const { relation, overInput } = overs.finish();
  const computed = (expression: PlanExpression): PlanExpression =>
    mapInputs(expression, (input) => (input.index < 0 ? { ...input, index: overInput(input.index) } : input));
  const projections = items.map(({ expression }) => computed(expression));
  const rows = condition === undefined ? relation : where(relation, conjunctsOf(computed(condition)), node.qualify!.at);
  return calc(
    rows,
    [],
    [...base.carried.map((index) => inputAt(base.relation, index)), ...projections],
    [...base.carried.map((_, i) => `$outer${i}`), ...items.map(({ name }) => name)],
    node.at,
  );
}

/** QUALIFY: a condition on what OVER computes; it may name columns that are selected, too. Throws SqlRefusal. */
function qualified(
  node: Select,
  condition: Expression,
  items: readonly Item[],
  context: ResolveContext,
): PlanExpression {
  if (node.groupBy !== undefined)
    refuse(condition.at, 'QUALIFY with GROUP BY', 'put the aggregates into a sub-query in FROM');
  const found = resolveCondition(condition, {
    ...context,
    place: 'QUALIFY',
    column: (column) => {
      try {
        return context.column(column);
      } catch (error) {
        const selected = items.find(({ name }) => column.path.length === 1 && name === column.path[0]!.name);
        if (selected === undefined || !(error instanceof SqlRefusal)) throw error;
        return selected.expression;
      }
    },
  });
  if (![...inputsOf(found)].some((index) => index < 0))
    throw new SqlRefusal(condition.at, 'QUALIFY asks for nothing that OVER computes', 'write the condition into WHERE');
  return found;
}

interface Item {
  readonly name: string;
  readonly expression: PlanExpression;
}

function itemsOf(item: SelectItem, at: number, base: SelectBase, context: ResolveContext): readonly Item[] {
  if (item.kind === 'star') {
    if (base.scope === undefined) return refuse(item.at, 'SELECT * with GROUP BY', 'name the columns and aggregates');
    if (base.scope.tables.length === 0) return refuse(item.at, 'SELECT * without FROM', 'add FROM');
    return starItems(base.scope, item.of);
  }
  const name = item.alias?.name ?? nameOf(item.expression) ?? `EXPR$${at}`;
  return [{ name, expression: typed(item.expression, (node) => resolve(node, context)) }];
}

/** The name that an expression gives its column by itself. */
export const nameOf = (node: Expression): string | undefined =>
  node.kind === 'column' ? node.path[node.path.length - 1]!.name : undefined;
