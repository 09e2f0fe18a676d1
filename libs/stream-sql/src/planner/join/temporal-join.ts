import { SqlRefusal } from '../../syntax/problem.ts';
import type { Expression } from '../../syntax/tree-expression.ts';
import type { TableExpression } from '../../syntax/tree.ts';
import { conjunctsOf } from '../expression/parts.ts';
import { resolveCondition } from '../expression/resolve.ts';
import { noVersions } from '../graph/lower-temporal-join.ts';
import { lastName, type QueryEnvironment } from '../query/environment.ts';
import { aliased, type FromClause, fromTable } from '../query/from.ts';
import { optional } from '../relation/join.ts';
import type { Relation } from '../relation/relation.ts';
import { resolveColumn } from '../scope/scope.ts';
import { shownType } from '../shown-type.ts';
import { joinedScope, typed } from './join-clause.ts';

/** t JOIN v FOR SYSTEM_TIME AS OF t.rowtime AS v ON t.k = v.k: `time` is the place of t.rowtime. Throws SqlRefusal. */
export function temporalJoin(
  left: FromClause,
  node: TableExpression & { readonly kind: 'table' },
  time: number,
  type: 'inner' | 'left',
  on: Expression | undefined,
  environment: QueryEnvironment,
): FromClause {
  const name = node.alias?.name.name ?? lastName(node.name).name;
  const right = aliased(fromTable(node.name, node.hints, environment), node.alias, name);
  const { columns } = right.relation;
  const versionTime = columns.findIndex(({ attribute }) => attribute === 'rowtime');
  if (versionTime < 0) throw new SqlRefusal(node.at, ...noVersions());
  const [asOf, since] = [left.relation.columns[time]!, columns[versionTime]!];
  if (asOf.type.kind !== since.type.kind)
    throw new SqlRefusal(
      node.at,
      `FOR SYSTEM_TIME AS OF ${shownType(asOf.type)}: the versions of ${name} have times of another type, ${shownType(since.type)}`,
      'declare both times with one type',
    );
  if (on === undefined)
    throw new SqlRefusal(
      node.at,
      'a join as of event time needs ON with an equality',
      `write ON a.key = ${name}.key, with the whole primary key of ${name}`,
    );
  const scope = joinedScope(left, right);
  const condition = resolveCondition(on, { place: 'ON', column: ({ path }) => resolveColumn(scope, path) });
  const plain = columns.map((column) => ({ ...column, attribute: null }));
  const relation: Relation = {
    kind: 'temporal-join',
    type,
    left: left.relation,
    right: right.relation,
    leftTime: time,
    rightTime: versionTime,
    conjuncts: conjunctsOf(condition),
    columns: [...left.relation.columns, ...(type === 'left' ? plain.map(optional) : plain)],
    at: node.at,
  };
  return {
    relation,
    scope: typed(
      scope,
      relation.columns.map((column) => column.type),
    ),
  };
}
