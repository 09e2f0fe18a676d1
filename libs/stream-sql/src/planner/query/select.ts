import { refuse } from '../../syntax/problem.ts';
import type { Expression } from '../../syntax/tree-expression.ts';
import type { Hint, Select, SelectItem } from '../../syntax/tree.ts';
import type { ResolveContext } from '../expression/context.ts';
import { mapInputs } from '../expression/parts.ts';
import { resolve, typed } from '../expression/resolve.ts';
import type { PlanExpression } from '../expression.ts';
import { aggregate } from '../relation/aggregate.ts';
import { calc } from '../relation/calc.ts';
import { inputAt, type Relation } from '../relation/relation.ts';
import { resolveColumn, starItems, type Scope } from '../scope/scope.ts';
import { containsAggregate } from './contains-aggregate.ts';
import type { QueryEnvironment } from './environment.ts';
import { fromClause } from './from.ts';
import { grouped } from './grouped.ts';
import { lookupHint } from './lookup-hint.ts';
import { overCalls } from './over.ts';
import { withScalarQueries } from './scalar-query.ts';
import { filtered } from './where.ts';
import { noColumns, oneRow } from './values.ts';

/** The row that the SELECT list is computed over, and what names mean there. */
export interface SelectBase {
  readonly relation: Relation;
  readonly context: ResolveContext;
  /** What `*` stands for; undefined after GROUP BY. */
  readonly scope: Scope | undefined;
}

/** One SELECT. Throws SqlRefusal. */
export function select(node: Select, environment: QueryEnvironment): Relation {
  const hints = selectHints(node.hints);
  const tables =
    node.from === undefined
      ? { relation: oneRow(node.at), scope: { tables: [] } }
      : fromClause(node.from, environment, hints);
  const expressions = node.items.flatMap((item) => (item.kind === 'expression' ? [item.expression] : []));
  const isGrouped = node.groupBy !== undefined || node.having !== undefined || expressions.some(containsAggregate);
  const asked = [...(node.where === undefined ? [] : [node.where]), ...(isGrouped ? [] : expressions)];
  const scalars = withScalarQueries(tables, asked, environment);
  const { from, intercept } = scalars;
  const relation = node.where === undefined ? from.relation : filtered(from, node.where, intercept, environment);
  const { scope } = from;
  const plain: ResolveContext =
    node.from === undefined
      ? { ...noColumns('SELECT without FROM'), intercept }
      : { place: 'SELECT', column: ({ path }) => resolveColumn(scope, path), intercept };
  const base: SelectBase = isGrouped ? grouped(node, relation, plain) : { relation, context: plain, scope };
  const selected = selectList(node, base);
  if (!node.distinct) return selected;
  return aggregate(
    selected,
    selected.columns.map(({ name }, i) => ({ name, expression: inputAt(selected, i) })),
    [],
    node.at,
  );
}

function selectHints(hints: readonly Hint[]): readonly Hint[] {
  for (const hint of hints) {
    if (hint.name === 'LOOKUP') lookupHint(hint, { ordered: true, capacity: 1, timeoutMs: 1 });
    else if (hint.name === 'STATE_TTL')
      refuse(hint.at, 'the hint STATE_TTL', "write SET 'table.exec.state.ttl' = '...' for the whole job");
    else
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
  const { relation, overInput } = overs.finish();
  const projections = items.map(({ expression }) =>
    mapInputs(expression, (input) => (input.index < 0 ? { ...input, index: overInput(input.index) } : input)),
  );
  return calc(
    relation,
    [],
    projections,
    items.map(({ name }) => name),
    node.at,
  );
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
