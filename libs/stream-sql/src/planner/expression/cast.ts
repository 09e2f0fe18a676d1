import { castExists } from '../../builtin/registry.ts';
import { SqlRefusal } from '../../syntax/problem.ts';
import type { Span } from '../../syntax/tree-node.ts';
import type { DataType, Integer, Value } from '../../values/data-type.ts';
import { shiftUp, hasPrecision } from '../../values/decimal.ts';
import { literalOf, valueOfLiteral } from '../../values/literal.ts';
import { sameValues } from '../../values/type-name.ts';
import { INTEGER_KINDS, isDecimal, isInteger, isString, withNullable } from '../../values/types.ts';
import type { PlanExpression } from '../expression.ts';
import { shownType } from '../shown-type.ts';

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
  const folded = operand.kind === 'literal' ? castLiteral(operand, to) : undefined;
  return folded ?? { kind: 'cast', operand, safe: false, type: to };
}

/** The expression cast to a function's parameter or a common type; NULL stays possible where it was. */
export const implicitly = (operand: PlanExpression, to: DataType): PlanExpression =>
  castTo(operand, withNullable(to, operand.type.nullable));

/** Literals whose cast needs no calculation that a function of the registry does: NULL, wider texts, whole numbers into wider types. */
function castLiteral(
  { value, type: from }: PlanExpression & { readonly kind: 'literal' },
  to: DataType,
): PlanExpression | undefined {
  if (value === null) return { kind: 'literal', value, type: withNullable(to, true) };
  if (sameValues(from, to)) return { kind: 'literal', value, type: to };
  if (isString(from) && to.kind === 'VARCHAR' && from.length <= to.length) return { kind: 'literal', value, type: to };
  const exact = valueOfLiteral(value, from);
  const made = (result: Value): PlanExpression => ({ kind: 'literal', value: literalOf(result, to), type: to });
  if (isInteger(from)) {
    if (isInteger(to) && INTEGER_KINDS.indexOf(from.kind) <= INTEGER_KINDS.indexOf(to.kind)) return made(exact);
    if (isDecimal(to)) {
      const scaled = shiftUp(exact as Integer, to.scale);
      return hasPrecision(scaled, to.precision) ? made(scaled) : undefined;
    }
    if (to.kind === 'DOUBLE') return made(Number(exact));
  }
  if (isDecimal(from) && isDecimal(to) && to.scale >= from.scale) {
    const scaled = shiftUp(exact as Integer, to.scale - from.scale);
    return hasPrecision(scaled, to.precision) ? made(scaled) : undefined;
  }
  return undefined;
}
