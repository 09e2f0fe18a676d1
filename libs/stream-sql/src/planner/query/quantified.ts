import { refuse } from '../../syntax/problem.ts';
import type { ComparisonOperator, Operation } from '../../syntax/tree-expression.ts';
import type { Query } from '../../syntax/tree.ts';
import type { Span } from '../../syntax/tree-node.ts';
import { BOOLEAN, withNullable } from '../../values/types.ts';
import { call } from '../expression/call.ts';
import { compare } from '../expression/comparison.ts';
import type { PlanExpression } from '../expression.ts';
import { aggregate } from '../relation/aggregate.ts';
import { inputAt } from '../relation/relation.ts';
import type { QueryEnvironment } from './environment.ts';
import { subQueryRelation } from './outer.ts';
import {
  type Around,
  checkWidth,
  columnsOf,
  count,
  FALSE,
  joinedBy,
  keysOf,
  operandsOf,
  outerOf,
  type SubQueryValue,
  TRUE,
  UNKNOWN,
  use,
} from './sub-query-values.ts';

type Quantified = Operation & { readonly kind: 'quantified' };

/** `a > ALL` is not `a <= SOME`. */
const OPPOSITE: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '=': '<>',
  '<>': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

/** `a > ALL (SELECT ...)`, `a <> SOME (SELECT ...)`, by the least or greatest value, the number of rows and of rows that are not NULL. */
export function quantifiedValue(
  node: Quantified,
  query: Query,
  around: Around,
  environment: QueryEnvironment,
): SubQueryValue {
  const { at } = node;
  const isAll = node.quantifier === 'ALL';
  const operator = isAll ? OPPOSITE[node.operator] : node.operator;
  const sub = subQueryRelation(query, outerOf(around), environment);
  const operands = operandsOf(node.operand, around.context);
  checkWidth(operands, sub, query.at);
  const [operand, another] = operands as readonly [PlanExpression, PlanExpression?];
  if (another !== undefined) refuse(at, `${node.operator} ${node.quantifier} of several values`, 'compare one value');
  const width = sub.keys.length;
  const rows = operator === '<>' ? { ...sub, relation: aggregate(sub.relation, columnsOf(sub.relation), [], at) } : sub;
  const value = inputAt(rows.relation, width);
  const edge = operator === '>' || operator === '>=' ? 'MIN' : 'MAX';
  const uses = [use(edge, [value], at), use('COUNT', [], at), use('COUNT', [value], at)];
  const figures = aggregate(rows.relation, keysOf(rows), uses, at);
  const relation = joinedBy({ ...sub, relation: figures }, around, width === 0 ? 'inner' : 'left', [], at);
  const [extreme, all, known] = [3, 2, 1].map((back) => inputAt(relation, relation.columns.length - back)) as [
    PlanExpression,
    PlanExpression,
    PlanExpression,
  ];
  const test = compare(operator, operand, extreme, at);
  const whens =
    operator === '<>'
      ? differs(operand, test, all, known, at)
      : [
          { when: call('IS TRUE', [test], at), then: TRUE },
          { when: compare('>', all, known, at), then: UNKNOWN },
        ];
  const some: PlanExpression = {
    kind: 'case',
    whens: [{ when: hasNoRows(all, width, at), then: FALSE }, ...whens],
    otherwise: operator === '<>' ? TRUE : test,
    type: withNullable(BOOLEAN, true),
  };
  return { relation, value: isAll ? call('NOT', [some], at) : some };
}

/** Whether the sub-query is empty: with carried values it then has no row of counts either. */
function hasNoRows(rows: PlanExpression, keys: number, at: Span): PlanExpression {
  const none = compare('=', rows, count(0), at);
  return keys === 0 ? none : call('OR', [call('IS NULL', [rows], at), none], at);
}

type Whens = (PlanExpression & { readonly kind: 'case' })['whens'];

/** `a <> SOME` over distinct values: one value alone decides, several are never all equal to one. */
function differs(
  operand: PlanExpression,
  test: PlanExpression,
  all: PlanExpression,
  known: PlanExpression,
  at: Span,
): Whens {
  const hasNull = compare('<>', all, known, at);
  const few = compare('<=', known, count(1), at);
  return [
    { when: call('IS NULL', [operand], at), then: UNKNOWN },
    { when: call('AND', [hasNull, few], at), then: call('OR', [test, UNKNOWN], at) },
    { when: compare('=', known, count(1), at), then: test },
  ];
}
