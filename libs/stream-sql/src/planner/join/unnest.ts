import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Expression } from '../../syntax/tree-expression.ts';
import type { TableExpression } from '../../syntax/tree.ts';
import type { DataType } from '../../values/data-type.ts';
import { simple, withNullable } from '../../values/types.ts';
import { conjunctsOf } from '../expression/parts.ts';
import { resolve, resolveCondition } from '../expression/resolve.ts';
import type { PlanExpression } from '../expression.ts';
import type { Column } from '../plan.ts';
import { aliased, type FromClause } from '../query/from.ts';
import { where } from '../relation/calc.ts';
import { optional } from '../relation/join.ts';
import type { Relation } from '../relation/relation.ts';
import { resolveColumn } from '../scope/scope.ts';
import { shownType } from '../shown-type.ts';
import { joinedScope } from './join-clause.ts';

/** UNNEST of a collection of the left row. Throws SqlRefusal. */
export function unnest(
  left: FromClause,
  node: TableExpression & { readonly kind: 'unnest' },
  type: 'inner' | 'left',
  on?: Expression,
): FromClause {
  const [operand, another] = node.operands;
  if (another !== undefined) refuse(another.at, 'UNNEST of several collections', 'write one UNNEST after the other');
  const condition = on !== undefined && !(on.kind === 'boolean' && on.value) ? on : undefined;
  if (condition !== undefined && type === 'left')
    refuse(condition.at, 'a condition in ON of LEFT JOIN UNNEST', 'write ON TRUE, and the condition into WHERE');
  const collection = resolve(operand!, { place: 'UNNEST', column: ({ path }) => resolveColumn(left.scope, path) });
  const elements = elementColumns(collection, operand!);
  const columns: readonly Column[] = [
    ...elements,
    ...(node.ordinality ? [{ name: 'ORDINALITY', type: simple('INT', false), attribute: null }] : []),
  ];
  const own = type === 'left' ? columns.map(optional) : columns;
  const relation: Relation = {
    kind: 'unnest',
    input: left.relation,
    collection,
    type,
    ordinality: node.ordinality,
    columns: [...left.relation.columns, ...own],
    at: node.at,
  };
  const right = aliased({ ...relation, columns: own }, node.alias, undefined);
  const named: Relation = { ...relation, columns: [...left.relation.columns, ...right.relation.columns] };
  const scope = joinedScope(left, right);
  if (condition === undefined) return { relation: named, scope };
  const test = resolveCondition(condition, { place: 'ON', column: ({ path }) => resolveColumn(scope, path) });
  return { relation: where(named, conjunctsOf(test), condition.at), scope };
}

function elementColumns({ type }: PlanExpression, node: Expression): readonly Column[] {
  const column = (name: string, of: DataType): Column => ({ name, type: of, attribute: null });
  switch (type.kind) {
    case 'ARRAY':
    case 'MULTISET': {
      const { element } = type;
      if (element.kind !== 'ROW') return [column('EXPR$0', element)];
      return element.fields.map((field) =>
        column(field.name, withNullable(field.type, field.type.nullable || element.nullable)),
      );
    }
    case 'MAP':
      return [column('KEY', type.key), column('VALUE', type.value)];
    default:
      throw new SqlRefusal(
        node.at,
        `UNNEST takes an ARRAY, a MAP or a MULTISET, not ${shownType(type)}`,
        'for example CROSS JOIN UNNEST(items) AS t (item)',
      );
  }
}
