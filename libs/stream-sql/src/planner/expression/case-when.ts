import { SqlRefusal } from '../../syntax/problem.ts';
import type { Expression, Operation } from '../../syntax/tree-expression.ts';
import { commonType } from '../../values/common-type.ts';
import { NULL } from '../../values/types.ts';
import type { PlanExpression } from '../expression.ts';
import { shownType } from '../shown-type.ts';
import { call } from './call.ts';
import { castTo } from './cast.ts';
import { compare } from './comparison.ts';

/** CASE in both forms; all answers get their common type. Throws SqlRefusal. */
export function caseWhen(
  node: Operation & { readonly kind: 'case' },
  inner: (node: Expression) => PlanExpression,
): PlanExpression {
  const operand = node.operand === undefined ? undefined : inner(node.operand);
  const whens = node.whens.map(({ when, then }) => ({
    when: when
      .map((value): PlanExpression => {
        const test = inner(value);
        if (operand !== undefined) return compare('=', operand, test, value.at);
        if (test.type.kind !== 'BOOLEAN' && test.type.kind !== 'NULL')
          throw new SqlRefusal(
            value.at,
            `a condition must be BOOLEAN, not ${shownType(test.type)}`,
            'write CASE x WHEN value THEN ..., or a comparison',
          );
        return test;
      })
      .reduce((all, test) => call('OR', [all, test], node.at)),
    then: inner(then),
  }));
  const otherwise: PlanExpression =
    node.otherwise === undefined ? { kind: 'literal', value: null, type: NULL } : inner(node.otherwise);
  const results = [...whens.map(({ then }) => then), otherwise];
  const type = commonType(results.map((result) => result.type));
  if (type === undefined)
    throw new SqlRefusal(
      node.at,
      `CASE answers ${[...new Set(results.map((result) => shownType(result.type)))].join(' and ')}, which have no common type`,
      'CAST the answers to one type',
    );
  const typed = (result: PlanExpression): PlanExpression =>
    castTo(result, { ...type, nullable: result.type.nullable || result.type.kind === 'NULL' });
  return {
    kind: 'case',
    whens: whens.map(({ when, then }) => ({ when, then: typed(then) })),
    otherwise: typed(otherwise),
    type,
  };
}
