import { refuse } from '../../syntax/problem.ts';
import type { Expression } from '../../syntax/tree-expression.ts';
import type { TableExpression } from '../../syntax/tree.ts';
import { compare } from '../expression/comparison.ts';
import { conjunctsOf } from '../expression/parts.ts';
import { resolveCondition } from '../expression/resolve.ts';
import type { PlanExpression } from '../expression.ts';
import type { Column } from '../plan.ts';
import type { QueryEnvironment } from '../query/environment.ts';
import type { FromClause } from '../query/from.ts';
import { lifted, simpleSelect } from '../query/lifted.ts';
import { type OuterQuery, subQueryRelation } from '../query/outer.ts';
import { columnsNamed } from '../query/query.ts';
import { containsSubQuery } from '../query/sub-query-nodes.ts';
import { join } from '../relation/join.ts';
import { inputAt, type Relation } from '../relation/relation.ts';
import { resolveColumn, scopeTable, type Scope } from '../scope/scope.ts';
import { typed } from './join-clause.ts';
import { lateralTopN } from './lateral-top-n.ts';

type Lateral = TableExpression & { readonly kind: 'derived' };

/** The rows of a sub-query, where its columns begin, and when they belong to a row of the left side. */
interface LateralRows {
  readonly right: Relation;
  readonly columns: readonly Column[];
  readonly first: number;
  readonly conjuncts: readonly PlanExpression[];
}

/** `left JOIN LATERAL (SELECT ...)`: a sub-query that names columns of the tables before it. Throws SqlRefusal. */
export function lateralJoin(
  left: FromClause,
  node: Lateral,
  type: 'inner' | 'left',
  on: Expression | undefined,
  environment: QueryEnvironment,
): FromClause {
  const firstRows = type === 'inner' && on === undefined ? lateralTopN(left, node, environment) : undefined;
  if (firstRows !== undefined) return firstRows;
  const outer: OuterQuery = {
    relation: left.relation,
    column: ({ path }) => resolveColumn(left.scope, path),
  };
  const { right, columns, first, conjuncts } = lateralRows(node, outer, environment);
  const { alias } = node;
  const named = alias === undefined ? columns : columnsNamed({ ...right, columns }, alias.columns, alias.name).columns;
  const width = left.relation.columns.length;
  const scope: Scope = { tables: [...left.scope.tables, scopeTable(alias?.name.name, named, width + first)] };
  if (on !== undefined && containsSubQuery(on))
    refuse(on.at, 'a sub-query in ON of LATERAL', 'write the condition into WHERE');
  const conditions =
    on === undefined
      ? []
      : conjunctsOf(resolveCondition(on, { place: 'ON', column: ({ path }) => resolveColumn(scope, path) }));
  const relation = join(left.relation, right, type, [...conjuncts, ...conditions], node.at);
  return {
    relation,
    scope: typed(
      scope,
      relation.columns.map((column) => column.type),
    ),
  };
}

function lateralRows(node: Lateral, outer: OuterQuery, environment: QueryEnvironment): LateralRows {
  const select = simpleSelect(node.query);
  const partners = select && lifted(select, outer, environment, true);
  if (partners !== undefined) {
    const { right, values, conjuncts } = partners;
    return { right, columns: right.columns.slice(0, values.length), first: 0, conjuncts };
  }
  const { relation, keys } = subQueryRelation(node.query, outer, environment);
  const width = outer.relation.columns.length;
  return {
    right: relation,
    columns: relation.columns.slice(keys.length),
    first: keys.length,
    conjuncts: keys.map((key, i) =>
      compare('=', key, { ...inputAt(relation, i), index: width + i } as PlanExpression, node.at),
    ),
  };
}
