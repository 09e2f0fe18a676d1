import { scalarFunction } from '../../builtin/registry.ts';
import { SqlRefusal } from '../../syntax/problem.ts';
import type { ComparisonOperator, Expression } from '../../syntax/tree-expression.ts';
import type { Span } from '../../syntax/tree-node.ts';
import { commonType } from '../../values/common-type.ts';
import { isNumeric, isString, STRING } from '../../values/types.ts';
import type { PlanExpression } from '../expression.ts';
import { shownType } from '../shown-type.ts';
import { call } from './call.ts';
import { castTo, implicitly } from './cast.ts';

/** A comparison; rows that are written out are compared field by field. `nodes` are the sides as written. */
export function compare(
  operator: ComparisonOperator,
  left: PlanExpression,
  right: PlanExpression,
  at: Span,
  nodes?: readonly [Expression, Expression],
): PlanExpression {
  const isRow = (side: PlanExpression): side is PlanExpression & { readonly kind: 'call' } =>
    side.kind === 'call' && side.name === 'ROW';
  if (isRow(left) && isRow(right) && (operator === '=' || operator === '<>')) {
    if (left.arguments.length !== right.arguments.length)
      throw new SqlRefusal(
        nodes?.[1].at ?? at,
        `${left.arguments.length} values cannot be compared with ${right.arguments.length}`,
        'write as many values on both sides',
      );
    return left.arguments
      .map((each, i) => call(operator, [each, right.arguments[i]!], at))
      .reduce((all, test) => call(operator === '=' ? 'AND' : 'OR', [all, test], at));
  }
  return call(operator, [left, right], at);
}

/** operand IN (items): one test of literals where the registry has one, else comparisons. */
export function isOneOf(operand: PlanExpression, items: readonly PlanExpression[], at: Span): PlanExpression {
  // Numbers beside texts are compared as texts, as Flink does it here but not with =.
  const typed = items.filter(({ type }) => type.kind !== 'NULL');
  const [numbers, texts] = isNumeric(operand.type) ? [[operand], typed] : [typed, [operand]];
  if (typed.length > 0 && numbers.every(({ type }) => isNumeric(type)) && texts.every(({ type }) => isString(type))) {
    const text = (each: PlanExpression): PlanExpression => (isNumeric(each.type) ? implicitly(each, STRING) : each);
    return isOneOf(text(operand), items.map(text), at);
  }
  if (items.length > 2 && scalarFunction('IN') !== undefined && items.every(({ kind }) => kind === 'literal')) {
    const common = commonType([operand, ...items].map(({ type }) => type));
    if (common === undefined)
      throw new SqlRefusal(
        at,
        `IN compares ${shownType(operand.type)} with other types`,
        'write values of the type that stands before IN',
      );
    return call(
      'IN',
      [implicitly(operand, common), ...items.map((item) => castTo(item, { ...common, nullable: item.type.nullable }))],
      at,
    );
  }
  return items.map((item) => compare('=', operand, item, at)).reduce((all, test) => call('OR', [all, test], at));
}
