import type { Span } from '../../syntax/tree-node.ts';
import { withNullable } from '../../values/types.ts';
import { inputsOf, isTrue, moveInputs } from '../expression/parts.ts';
import { isVolatile } from '../expression/volatile.ts';
import type { PlanExpression } from '../expression.ts';
import type { Column, JoinType, StateTtl } from '../plan.ts';
import { where } from './calc.ts';
import type { Relation } from './relation.ts';

/**
 * Two relations joined. Conditions (on the left row followed by the right one) that ask one side alone are asked there, where the kind of join allows
 * it; what kind of join the engine runs is settled when the whole query is known.
 */
export function join(
  left: Relation,
  right: Relation,
  type: JoinType,
  conjuncts: readonly PlanExpression[],
  at: Span,
): Relation {
  const width = left.columns.length;
  // A row of the outer side stays, whatever ON says of it.
  const leftMayFilter = ['inner', 'right', 'semi'].includes(type);
  const rightMayFilter = ['inner', 'left', 'semi', 'anti'].includes(type);
  const toLeft: PlanExpression[] = [];
  const toRight: PlanExpression[] = [];
  const both: PlanExpression[] = [];
  for (const conjunct of conjuncts.filter((each) => !isTrue(each))) {
    const used = [...inputsOf(conjunct)];
    const movable = used.length > 0 && !isVolatile(conjunct);
    if (movable && leftMayFilter && used.every((index) => index < width)) toLeft.push(conjunct);
    else if (movable && rightMayFilter && used.every((index) => index >= width))
      toRight.push(moveInputs(conjunct, (index) => index - width));
    else both.push(conjunct);
  }
  const [l, r] = [where(left, toLeft, at), where(right, toRight, at)];
  return { kind: 'join', type, left: l, right: r, conjuncts: both, columns: joinedColumns(l, r, type), at };
}

function joinedColumns(left: Relation, right: Relation, type: JoinType): readonly Column[] {
  if (type === 'semi' || type === 'anti') return left.columns;
  return [
    ...(type === 'right' || type === 'full' ? left.columns.map(optional) : left.columns),
    ...(type === 'left' || type === 'full' ? right.columns.map(optional) : right.columns),
  ];
}

/** The join, keeping its rows as long as a hint says. */
export const withStateTtl = (relation: Relation, stateTtlMs: StateTtl | undefined): Relation =>
  stateTtlMs === undefined || relation.kind !== 'join' ? relation : { ...relation, stateTtlMs };

/** A column that may be NULL because its row is not there. */
export const optional = (column: Column): Column => ({ ...column, type: withNullable(column.type, true) });
