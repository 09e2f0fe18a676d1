import { castExists } from '../../builtin/registry.ts';
import { SqlRefusal } from '../../syntax/problem.ts';
import type { Span } from '../../syntax/tree-node.ts';
import type { DataType } from '../../values/data-type.ts';
import { sameValues } from '../../values/type-name.ts';
import { withNullable } from '../../values/types.ts';
import type { PlanExpression } from '../expression.ts';
import { shownType } from '../shown-type.ts';
import { foldCast } from './fold.ts';

/** CAST and TRY_CAST as written. Throws SqlRefusal when Flink has no such cast. */
export function explicitCast(operand: PlanExpression, to: DataType, safe: boolean, at: Span): PlanExpression {
  if (!castExists(operand.type, to))
    throw new SqlRefusal(
      at,
      `a value of type ${shownType(operand.type)} cannot be cast to ${shownType(to)}`,
      castHint(operand.type, to),
    );
  const type = withNullable(to, operand.type.nullable || safe);
  if (safe && !sameValues(operand.type, to)) return { kind: 'cast', operand, safe, type };
  return castTo(operand, withNullable(type, operand.type.nullable));
}

const castHint = (from: DataType, to: DataType): string => {
  const times = ['TIMESTAMP', 'TIMESTAMP_LTZ', 'DATE', 'TIME'];
  if (times.includes(to.kind) && ['INT', 'BIGINT', 'SMALLINT', 'TINYINT', 'DECIMAL'].includes(from.kind))
    return 'write TO_TIMESTAMP_LTZ(milliseconds, 3), or TO_TIMESTAMP(FROM_UNIXTIME(seconds))';
  if (times.includes(from.kind)) return "write UNIX_TIMESTAMP(...) or DATE_FORMAT(..., 'yyyy-MM-dd HH:mm:ss')";
  return 'cast to STRING first, or name a part of the value';
};

/** The expression as a value of this type, with a cast only where values stand differently in memory. It exists: the caller knows. */
export function castTo(operand: PlanExpression, to: DataType): PlanExpression {
  if (JSON.stringify(operand.type) === JSON.stringify(to)) return operand;
  const folded = operand.kind === 'literal' ? foldCast(operand, to) : undefined;
  return folded ?? { kind: 'cast', operand, safe: false, type: to };
}

/** The expression cast to a function's parameter or a common type; NULL stays possible where it was. */
export const implicitly = (operand: PlanExpression, to: DataType): PlanExpression =>
  castTo(operand, withNullable(to, operand.type.nullable));
