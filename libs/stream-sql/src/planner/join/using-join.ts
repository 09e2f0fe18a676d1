import type { JoinExpression } from '../../syntax/tree.ts';
import type { Name } from '../../syntax/tree-node.ts';
import { call } from '../expression/call.ts';
import { compare } from '../expression/comparison.ts';
import type { JoinType } from '../plan.ts';
import type { FromClause } from '../query/from.ts';
import { calc } from '../relation/calc.ts';
import { join } from '../relation/join.ts';
import { allInputs, type Relation } from '../relation/relation.ts';
import { resolveColumn, type Scope } from '../scope/scope.ts';
import { joinedScope, typed } from './join-clause.ts';

/** JOIN ... USING (a, b), and NATURAL JOIN, which names all columns of both. Throws SqlRefusal. */
export function usingJoin(node: JoinExpression, left: FromClause, right: FromClause, type: JoinType): FromClause {
  const names = node.condition?.kind === 'using' ? node.condition.columns : commonNames(node, left, right);
  const width = left.relation.columns.length;
  const pairs = names.map((name) => {
    const [l, r] = [resolveColumn(left.scope, [name]), resolveColumn(right.scope, [name])];
    if (l.kind !== 'input' || r.kind !== 'input') throw new Error('a name of one part is a column');
    return { name, left: l, right: { ...r, index: r.index + width } };
  });
  const conjuncts = pairs.map((pair) => compare('=', pair.left, pair.right, pair.name.at));
  const relation = join(left.relation, right.relation, type, conjuncts, node.at);
  if (type === 'full') return withEitherKey(relation, joinedScope(left, right), pairs);
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

interface Pair {
  readonly name: Name;
  readonly left: { readonly index: number };
  readonly right: { readonly index: number };
}

/** Of a full join a name means the key of whichever side has a row: a column more. */
function withEitherKey(relation: Relation, scope: Scope, pairs: readonly Pair[]): FromClause {
  const inputs = allInputs(relation);
  const keys = pairs.map(({ name, left, right }) =>
    call('COALESCE', [inputs[left.index]!, inputs[right.index]!], name.at),
  );
  const names = [...relation.columns.map(({ name }) => name), ...pairs.map(({ name }) => name.name)];
  const wider = calc(relation, [], [...inputs, ...keys], names, relation.at);
  const sides = new Set(pairs.flatMap(({ left, right }) => [left.index, right.index]));
  const tables = scope.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) =>
      sides.has(column.index) ? { ...column, common: 'hidden' as const } : column,
    ),
  }));
  const either = pairs.map(({ name }, i) => ({
    name: name.name,
    index: inputs.length + i,
    type: keys[i]!.type,
    common: 'shown' as const,
  }));
  const all: Scope = { tables: [...tables, { name: undefined, columns: either }] };
  return {
    relation: wider,
    scope: typed(
      all,
      wider.columns.map((column) => column.type),
    ),
  };
}

function commonNames(node: JoinExpression, left: FromClause, right: FromClause): readonly Name[] {
  const known = new Set(right.relation.columns.map(({ name }) => name));
  return left.relation.columns.filter(({ name }) => known.has(name)).map(({ name }) => ({ name, at: node.at }));
}
