import type { Expression, Operation } from '../../syntax/tree-expression.ts';
import type { Query } from '../../syntax/tree.ts';
import { call } from '../expression/call.ts';
import { compare } from '../expression/comparison.ts';
import type { PlanExpression } from '../expression.ts';
import { calc, where } from '../relation/calc.ts';
import { join } from '../relation/join.ts';
import { inputAt, type Relation } from '../relation/relation.ts';
import type { QueryEnvironment } from './environment.ts';
import { lifted, type Partners, simpleSelect } from './lifted.ts';
import { type OuterQuery, subQueryRelation } from './outer.ts';
import { isOfAllRows } from './sub-query-nodes.ts';
import { type Around, checkWidth, operandsOf, outerOf, TRUE } from './sub-query-values.ts';

/** IN or EXISTS with a sub-query as a condition of its own. */
export interface SubQuery {
  readonly node: Operation & { readonly kind: 'in-query' | 'exists' };
  readonly negated: boolean;
}

export function subQueryOf(node: Expression): SubQuery | undefined {
  if (node.kind === 'in-query') return { node, negated: node.negated };
  if (node.kind === 'exists') return { node, negated: false };
  if (node.kind === 'quantified' && node.right.kind === 'query') {
    const [isIn, isNotIn] = [
      node.operator === '=' && node.quantifier === 'SOME',
      node.operator === '<>' && node.quantifier === 'ALL',
    ];
    if (!isIn && !isNotIn) return undefined;
    const { operand, at } = node;
    return { node: { kind: 'in-query', operand, query: node.right.query, negated: isNotIn, at }, negated: isNotIn };
  }
  if (node.kind === 'unary' && node.operator === 'NOT') {
    const inner = subQueryOf(node.operand);
    return inner && { ...inner, negated: !inner.negated };
  }
  return undefined;
}

/** The rows around for which the sub-query has a row (or none). Throws SqlRefusal. */
export function subQueryJoin(around: Around, { node, negated }: SubQuery, environment: QueryEnvironment): Relation {
  const { relation } = around;
  const type = negated ? 'anti' : 'semi';
  if (node.kind === 'exists') {
    if (isOfAllRows(node.query)) return negated ? where(relation, [call('NOT', [TRUE], node.at)], node.at) : relation;
    const { right, conjuncts } = partnersOf(node.query, around, environment, false);
    return join(relation, right, type, conjuncts, node.at);
  }
  const operands = operandsOf(node.operand, around.context);
  const { right, values, conjuncts } = partnersOf(node.query, around, environment, true);
  checkWidth(
    operands,
    { relation: { ...right, columns: right.columns.slice(0, values.length) }, keys: [] },
    node.query.at,
  );
  const equal = operands.map((left, i): PlanExpression => {
    const same = compare('=', left, values[i]!, node.operand.at);
    // NOT IN is UNKNOWN, so no row passes, as soon as one of both is NULL.
    return negated && same.type.nullable ? call('OR', [same, call('IS NULL', [same], node.at)], node.at) : same;
  });
  return join(relation, right, type, [...equal, ...conjuncts], node.at);
}

function partnersOf(query: Query, around: Around, environment: QueryEnvironment, asksItems: boolean): Partners {
  const outer = outerOf(around);
  const select = simpleSelect(query);
  return (select && lifted(select, outer, environment, asksItems)) ?? byValues(query, outer, environment);
}

/** A sub-query that carries what it asks for. */
function byValues(query: Query, outer: OuterQuery, environment: QueryEnvironment): Partners {
  const { relation, keys } = subQueryRelation(query, outer, environment);
  const width = outer.relation.columns.length;
  const moved = relation.columns.map((_, i) => ({ ...inputAt(relation, i), index: width + i }) as PlanExpression);
  // The selected columns first.
  const order = [...relation.columns.keys()].map((i) => (i + keys.length) % relation.columns.length);
  const right =
    keys.length === 0
      ? relation
      : calc(
          relation,
          [],
          order.map((i) => inputAt(relation, i)),
          order.map((i) => relation.columns[i]!.name),
          query.at,
        );
  const own = relation.columns.length - keys.length;
  return {
    right,
    values: moved.slice(0, own).map((_, i) => ({ ...inputAt(right, i), index: width + i }) as PlanExpression),
    conjuncts: keys.map((key, i) =>
      compare('=', key, { ...inputAt(right, own + i), index: width + own + i } as PlanExpression, query.at),
    ),
  };
}
