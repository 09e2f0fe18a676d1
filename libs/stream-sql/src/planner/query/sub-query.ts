import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Expression, Operation } from '../../syntax/tree-expression.ts';
import type { Query, Select } from '../../syntax/tree.ts';
import { comparisonType } from '../../values/common-type.ts';
import { compare } from '../expression/comparison.ts';
import type { ResolveContext } from '../expression/context.ts';
import { conjunctsOf, inputsOf, moveInputs } from '../expression/parts.ts';
import { resolve, resolveCondition } from '../expression/resolve.ts';
import type { PlanExpression } from '../expression.ts';
import { calc } from '../relation/calc.ts';
import { join } from '../relation/join.ts';
import { allInputs, inputAt, type Relation } from '../relation/relation.ts';
import { resolveColumn, type Scope, type ScopeTable } from '../scope/scope.ts';
import { containsAggregate } from './contains-aggregate.ts';
import type { QueryEnvironment } from './environment.ts';
import { fromClause } from './from.ts';
import { queryRelation } from './query.ts';

/** IN or EXISTS with a sub-query as a condition of its own. */
export interface SubQuery {
  readonly node: Operation & { readonly kind: 'in-query' | 'exists' };
  readonly negated: boolean;
}

export function subQueryOf(node: Expression): SubQuery | undefined {
  if (node.kind === 'in-query') return { node, negated: node.negated };
  if (node.kind === 'exists') return { node, negated: false };
  if (node.kind === 'unary' && node.operator === 'NOT') {
    const inner = subQueryOf(node.operand);
    return inner && { ...inner, negated: !inner.negated };
  }
  return undefined;
}

/** The rows of `relation` for which the sub-query has a row (or none). Throws SqlRefusal. */
export function subQueryJoin(
  relation: Relation,
  scope: Scope,
  { node, negated }: SubQuery,
  environment: QueryEnvironment,
): Relation {
  const type = negated ? 'anti' : 'semi';
  if (node.kind === 'exists') {
    const { right, conjuncts } = correlated(relation, scope, node.query, environment);
    return join(relation, right, type, conjuncts, node.at);
  }
  const right = queryRelation(node.query, environment);
  const context: ResolveContext = { place: 'WHERE', column: ({ path }) => resolveColumn(scope, path) };
  const operand = resolve(node.operand, context);
  const operands = operand.kind === 'call' && operand.name === 'ROW' ? operand.arguments : [operand];
  if (operands.length !== right.columns.length)
    throw new SqlRefusal(
      node.query.at,
      `IN compares ${operands.length} value${operands.length === 1 ? '' : 's'} with a query of ${right.columns.length} columns`,
      'select one column for each value',
    );
  const width = relation.columns.length;
  const conjuncts = operands.map((left, i): PlanExpression => {
    const other = { ...inputAt(right, i), index: width + i } as PlanExpression;
    if (comparisonType(left.type, other.type) === undefined) return compare('=', left, other, node.operand.at);
    // NOT IN is UNKNOWN, so no row passes, as soon as the list has a NULL: no join says that.
    if (negated && (left.type.nullable || other.type.nullable))
      return refuse(
        node.at,
        'NOT IN of values that may be NULL',
        'write NOT EXISTS (SELECT 1 FROM ... WHERE a = b), which says what NULL means',
      );
    return compare('=', left, other, node.operand.at);
  });
  return join(relation, right, type, conjuncts, node.at);
}

/** An EXISTS sub-query whose WHERE may name columns of the query around it: its FROM, and conditions on both rows. */
function correlated(
  outer: Relation,
  outerScope: Scope,
  query: Query,
  environment: QueryEnvironment,
): { readonly right: Relation; readonly conjuncts: readonly PlanExpression[] } {
  const select = simpleSelect(query);
  if (select?.from === undefined || select.where === undefined)
    return { right: queryRelation(query, environment), conjuncts: [] };
  const from = fromClause(select.from, environment, select.hints);
  const width = outer.columns.length;
  const inner: readonly ScopeTable[] = from.scope.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({ ...column, index: column.index + width })),
  }));
  const condition = resolveCondition(select.where, {
    place: 'WHERE of a sub-query',
    column: ({ path }) => {
      try {
        return resolveColumn({ tables: inner }, path);
      } catch (error) {
        if (!(error instanceof SqlRefusal)) throw error;
        return resolveColumn({ tables: [...inner, ...outerScope.tables] }, path);
      }
    },
  });
  const conjuncts = conjunctsOf(condition);
  const used = new Set(conjuncts.flatMap((each) => [...inputsOf(each)]).filter((index) => index >= width));
  // What EXISTS selects does not matter: the columns that conditions ask for do.
  const kept = [...used].sort((a, b) => a - b);
  const all = allInputs(from.relation);
  const right = calc(
    from.relation,
    [],
    kept.map((index) => all[index - width]!),
    kept.map((index) => from.relation.columns[index - width]!.name),
    query.at,
  );
  return {
    right,
    conjuncts: conjuncts.map((each) =>
      moveInputs(each, (index) => (index < width ? index : width + kept.indexOf(index))),
    ),
  };
}

/** The SELECT of a query that is nothing but FROM and WHERE. */
function simpleSelect(query: Query): Select | undefined {
  if (query.with.length > 0 || query.limit !== undefined || query.offset !== undefined) return undefined;
  const { body } = query;
  if (body.kind !== 'select' || body.groupBy !== undefined || body.having !== undefined) return undefined;
  return body.items.some((item) => item.kind === 'expression' && containsAggregate(item.expression)) ? undefined : body;
}
