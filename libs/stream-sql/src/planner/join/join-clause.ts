import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Expression } from '../../syntax/tree-expression.ts';
import type { Hint, JoinExpression, TableExpression } from '../../syntax/tree.ts';
import type { Span } from '../../syntax/tree-node.ts';
import type { ResolveContext } from '../expression/context.ts';
import { conjunctsOf } from '../expression/parts.ts';
import { resolveCondition } from '../expression/resolve.ts';
import type { PlanExpression } from '../expression.ts';
import type { JoinType } from '../plan.ts';
import type { QueryEnvironment } from '../query/environment.ts';
import { fromClause, type FromClause } from '../query/from.ts';
import { containsSubQuery } from '../query/sub-query-nodes.ts';
import { conjunctNodes, filtered } from '../query/where.ts';
import { joinStateTtl } from '../query/state-ttl-hint.ts';
import { join, withStateTtl } from '../relation/join.ts';
import { resolveColumn, type Scope } from '../scope/scope.ts';
import { asOfTime } from './as-of-time.ts';
import { temporalJoin } from './temporal-join.ts';
import { usingJoin } from './using-join.ts';
import { lateralJoin } from './lateral.ts';
import { lookupJoin } from './lookup-join.ts';
import { unnest } from './unnest.ts';

/** One join of FROM. Throws SqlRefusal. */
export function joinClause(node: JoinExpression, around: QueryEnvironment, hints: readonly Hint[]): FromClause {
  const environment = { ...around, outer: undefined };
  const left = fromClause(node.left, environment, hints);
  const type: JoinType = node.type === 'comma' || node.type === 'cross' ? 'inner' : node.type;
  const { right: rightNode } = node;
  const on = node.condition?.kind === 'on' ? node.condition.expression : undefined;
  const isSimple = rightNode.kind !== 'unnest' && !(rightNode.kind === 'table' && rightNode.asOf !== undefined);
  if (isSimple && (node.natural || node.condition?.kind === 'using'))
    return usingJoin(node, left, fromClause(rightNode, environment, hints), type);
  if (on === undefined && !['comma', 'cross'].includes(node.type) && rightNode.kind !== 'unnest')
    throw new SqlRefusal(
      rightNode.at,
      `${node.type.toUpperCase()} JOIN without ON`,
      'write ON with the condition of the join',
    );
  if (rightNode.kind === 'unnest') return unnest(left, rightNode, outerType(type, node), on);
  if (rightNode.kind === 'table' && rightNode.asOf !== undefined)
    return asOfJoin(left, rightNode, rightNode.asOf, outerType(type, node), on, environment, hints);
  if (rightNode.kind === 'derived' && rightNode.lateral)
    return lateralJoin(left, rightNode, outerType(type, node), on, environment);
  const right = fromClause(rightNode, environment, hints);
  refuseTwice(left, right, rightNode.at);
  const scope = joinedScope(left, right);
  const context: ResolveContext = { place: 'ON', column: ({ path }) => resolveColumn(scope, path) };
  const [asking, plain] = onNodes(on, type);
  const conjuncts = plain.flatMap((each) => conjunctsOf(resolveCondition(each, context)));
  const joined = withStateTtl(
    join(left.relation, right.relation, type, conjuncts, node.at),
    joinStateTtl(hints, node.left, rightNode),
  );
  // Of an inner join, a condition is the same behind it.
  const relation = asking.reduce((all, each) => filtered({ relation: all, context }, each, environment), joined);
  return {
    relation,
    scope: typed(
      scope,
      relation.columns.map((column) => column.type),
    ),
  };
}

function asOfJoin(
  left: FromClause,
  node: TableExpression & { readonly kind: 'table' },
  asOf: Expression,
  type: 'inner' | 'left',
  on: Expression | undefined,
  environment: QueryEnvironment,
  hints: readonly Hint[],
): FromClause {
  const { index, attribute } = asOfTime(asOf, left);
  return attribute === 'rowtime'
    ? temporalJoin(left, node, index, type, on, environment)
    : lookupJoin(left, node, type, on, environment, hints);
}

/** Conditions with sub-queries, and those without. */
function onNodes(on: Expression | undefined, type: JoinType): readonly [readonly Expression[], readonly Expression[]] {
  const nodes = on === undefined ? [] : conjunctNodes(on);
  const asking = nodes.filter(containsSubQuery);
  if (asking[0] !== undefined && type !== 'inner')
    refuse(
      asking[0].at,
      `a sub-query in ON of a ${type.toUpperCase()} JOIN`,
      'join the sub-query before, and compare with its column',
    );
  return [asking, nodes.filter((each) => !containsSubQuery(each))];
}

/** Two tables of one FROM have two names. */
function refuseTwice(left: FromClause, right: FromClause, at: Span): void {
  const names = new Set(left.scope.tables.map(({ name }) => name));
  const twice = right.scope.tables.find(({ name }) => name !== undefined && names.has(name));
  if (twice !== undefined)
    throw new SqlRefusal(at, `two tables of FROM are called ${twice.name!}`, 'give one of them an alias with AS');
}

function outerType(type: JoinType, node: JoinExpression): 'inner' | 'left' {
  if (type === 'inner' || type === 'left') return type;
  return refuse(
    node.at,
    `${type.toUpperCase()} JOIN with ${node.right.kind === 'unnest' ? 'UNNEST' : node.right.kind === 'derived' ? 'LATERAL' : 'FOR SYSTEM_TIME AS OF'}`,
    'write JOIN or LEFT JOIN',
  );
}

/** The names of both sides; the right row follows the left one. */
export function joinedScope(left: FromClause, right: FromClause): Scope {
  const width = left.relation.columns.length;
  return {
    tables: [
      ...left.scope.tables,
      ...right.scope.tables.map((table) => ({
        ...table,
        columns: table.columns.map((column) => ({ ...column, index: column.index + width })),
      })),
    ],
  };
}

/** The same names with the types of the joined row: an outer join makes columns nullable. */
export const typed = (scope: Scope, types: readonly PlanExpression['type'][]): Scope => ({
  tables: scope.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({ ...column, type: types[column.index]! })),
  })),
});
