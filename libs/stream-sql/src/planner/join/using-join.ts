import { refuse } from '../../syntax/problem.ts';
import type { JoinExpression } from '../../syntax/tree.ts';
import type { Name } from '../../syntax/tree-node.ts';
import { compare } from '../expression/comparison.ts';
import type { JoinType } from '../plan.ts';
import type { FromClause } from '../query/from.ts';
import { join } from '../relation/join.ts';
import { resolveColumn, type Scope } from '../scope/scope.ts';
import { joinedScope, typed } from './join-clause.ts';

/** JOIN ... USING (a, b), and NATURAL JOIN, which names all columns of both. Throws SqlRefusal. */
export function usingJoin(node: JoinExpression, left: FromClause, right: FromClause, type: JoinType): FromClause {
  if (type === 'full')
    refuse(node.at, 'FULL JOIN with USING', 'write ON a.key = b.key and select COALESCE(a.key, b.key)');
  const names = node.condition?.kind === 'using' ? node.condition.columns : commonNames(node, left, right);
  const width = left.relation.columns.length;
  const pairs = names.map((name) => {
    const [l, r] = [resolveColumn(left.scope, [name]), resolveColumn(right.scope, [name])];
    if (l.kind !== 'input' || r.kind !== 'input') throw new Error('a name of one part is a column');
    return { name, left: l, right: { ...r, index: r.index + width } };
  });
  const conjuncts = pairs.map((pair) => compare('=', pair.left, pair.right, pair.name.at));
  const relation = join(left.relation, right.relation, type, conjuncts, node.at);
  const shown = new Set(pairs.map((pair) => (type === 'right' ? pair.right.index : pair.left.index)));
  const hidden = new Set(pairs.map((pair) => (type === 'right' ? pair.left.index : pair.right.index)));
  const scope: Scope = {
    tables: joinedScope(left, right).tables.map((table) => ({
      ...table,
      columns: table.columns.map((column) => ({
        ...column,
        ...(shown.has(column.index) ? { common: 'shown' as const } : {}),
        ...(hidden.has(column.index) ? { common: 'hidden' as const } : {}),
      })),
    })),
  };
  return {
    relation,
    scope: typed(
      scope,
      relation.columns.map((column) => column.type),
    ),
  };
}

function commonNames(node: JoinExpression, left: FromClause, right: FromClause): readonly Name[] {
  const known = new Set(right.relation.columns.map(({ name }) => name));
  return left.relation.columns.filter(({ name }) => known.has(name)).map(({ name }) => ({ name, at: node.at }));
}
