import { aggregateFunction } from '../../builtin/registry.ts';
import { SqlRefusal } from '../../syntax/problem.ts';
import type { Expression, Operation } from '../../syntax/tree-expression.ts';
import type { Span } from '../../syntax/tree-node.ts';
import { BOOLEAN, simple, withNullable } from '../../values/types.ts';
import { call } from '../expression/call.ts';
import { castTo } from '../expression/cast.ts';
import { compare } from '../expression/comparison.ts';
import type { ResolveContext } from '../expression/context.ts';
import { refolded } from '../expression/fold.ts';
import { mapInputs } from '../expression/parts.ts';
import { resolve } from '../expression/resolve.ts';
import type { PlanExpression } from '../expression.ts';
import { aggregate, type AggregateUse } from '../relation/aggregate.ts';
import { calc } from '../relation/calc.ts';
import { join } from '../relation/join.ts';
import { allInputs, inputAt, type Relation } from '../relation/relation.ts';
import type { QueryEnvironment } from './environment.ts';
import { subQueryRelation, type OuterQuery, type SubQueryRelation } from './outer.ts';
import { isOfAllRows } from './sub-query-nodes.ts';

/** The rows around, joined with the sub-query, and its answer for each of them. */
export interface SubQueryValue {
  readonly relation: Relation;
  readonly value: PlanExpression;
}

/** The rows around a sub-query, and what expressions mean on them. */
export interface Around {
  readonly relation: Relation;
  readonly context: ResolveContext;
}

export const outerOf = ({ relation, context }: Around): OuterQuery => ({
  relation,
  column: (node) => resolve(node, context),
});

export const TRUE: PlanExpression = { kind: 'literal', value: true, type: withNullable(BOOLEAN, false) };
export const FALSE: PlanExpression = { kind: 'literal', value: false, type: withNullable(BOOLEAN, false) };
export const UNKNOWN: PlanExpression = { kind: 'literal', value: null, type: withNullable(BOOLEAN, true) };
export const count = (value: number): PlanExpression => ({ kind: 'literal', value, type: simple('BIGINT', false) });

type Scalar = Operation & { readonly kind: 'scalar-query' };
type Exists = Operation & { readonly kind: 'exists' };
type InQuery = Operation & { readonly kind: 'in-query' };

/** One value: NULL where the sub-query has no row; a second row ends the job, as it does Flink's. */
export function scalarValue(node: Scalar, around: Around, environment: QueryEnvironment): SubQueryValue {
  const { query, at } = node;
  const sub = subQueryRelation(query, outerOf(around), environment);
  const width = sub.keys.length;
  const columns = sub.relation.columns.length - width;
  if (columns !== 1)
    throw new SqlRefusal(at, `a sub-query in the place of a value has ${columns} columns`, 'select one column');
  const one = hasOneRow(sub.relation, width)
    ? sub.relation
    : aggregate(sub.relation, keysOf(sub), [use('SINGLE_VALUE', [inputAt(sub.relation, width)], at)], at);
  const joined = joinedBy({ ...sub, relation: one }, around, 'left', [], at);
  const first = around.relation.columns.length;
  const value = inputAt(joined, first + width);
  const empty = width > 0 && isOfAllRows(query) ? ofNoRows(sub.relation, width) : undefined;
  if (empty === undefined) return { relation: joined, value };
  return {
    relation: joined,
    value: {
      kind: 'case',
      whens: [{ when: call('IS NULL', [inputAt(joined, first)], at), then: castTo(empty, value.type) }],
      otherwise: value,
      type: value.type,
    },
  };
}

/** An aggregate by what is carried, whatever is computed of it. */
const hasOneRow = (relation: Relation, keys: number): boolean =>
  relation.kind === 'calc'
    ? hasOneRow(relation.input, keys)
    : relation.kind === 'group-aggregate' && relation.keys.length === keys;

/** What an aggregate of all rows selects where there is none: a row around without partners has no row in the aggregate by keys. */
function ofNoRows(relation: Relation, column: number): PlanExpression | undefined {
  if (relation.kind !== 'calc' || relation.input.kind !== 'group-aggregate') return undefined;
  const { aggregates, keys } = relation.input;
  const value = mapInputs(relation.projections[column]!, ({ index, type }) =>
    aggregates[index - keys.length]?.function === 'COUNT'
      ? { kind: 'literal', value: 0, type }
      : { kind: 'literal', value: null, type: withNullable(type, true) },
  );
  const folded = refolded(value);
  return folded.kind === 'literal' && folded.value === null ? undefined : folded;
}

/** EXISTS as a value. */
export function existsValue(node: Exists, around: Around, environment: QueryEnvironment): SubQueryValue {
  const { query, at } = node;
  if (isOfAllRows(query)) return { relation: around.relation, value: TRUE };
  const sub = subQueryRelation(query, outerOf(around), environment);
  const marked = calc(
    sub.relation,
    [],
    [...sub.keys.map((_, i) => inputAt(sub.relation, i)), TRUE],
    [...sub.keys.map((_, i) => `$outer${i}`), '$is'],
    at,
  );
  const distinct = aggregate(marked, columnsOf(marked), [], at);
  const relation = joinedBy({ ...sub, relation: distinct }, around, 'left', [], at);
  return { relation, value: call('IS NOT NULL', [inputAt(relation, relation.columns.length - 1)], at) };
}

/** IN as a value: TRUE, FALSE or UNKNOWN, by how many rows and how many without NULL the sub-query has. */
export function inValue(node: InQuery, around: Around, environment: QueryEnvironment): SubQueryValue {
  const { query, at } = node;
  const sub = subQueryRelation(query, outerOf(around), environment);
  const operands = operandsOf(node.operand, around.context);
  checkWidth(operands, sub, query.at);
  const width = sub.keys.length;
  const values = operands.map((_, i) => inputAt(sub.relation, width + i));
  const counts = aggregate(sub.relation, keysOf(sub), [use('COUNT', [], at), use('COUNT', values, at)], at);
  const counted = joinedBy({ ...sub, relation: counts }, around, width === 0 ? 'inner' : 'left', [], at);
  const [rows, known] = [counted.columns.length - 2, counted.columns.length - 1].map((i) => inputAt(counted, i)) as [
    PlanExpression,
    PlanExpression,
  ];
  const distinct = aggregate(sub.relation, columnsOf(sub.relation), [], at);
  const marked = calc(
    distinct,
    [],
    [...allInputs(distinct), TRUE],
    [...distinct.columns.map(({ name }) => name), '$is'],
    at,
  );
  const relation = joinedBy({ ...sub, relation: marked }, { ...around, relation: counted }, 'left', operands, at);
  const isThere = call('IS NOT NULL', [inputAt(relation, relation.columns.length - 1)], at);
  const isNull = operands.filter(({ type }) => type.nullable).map((each) => call('IS NULL', [each], at));
  const value: PlanExpression = {
    kind: 'case',
    whens: [
      // With carried values an empty sub-query has no counts, and what is NULL stays UNKNOWN, as in Flink.
      { when: compare('=', rows, count(0), at), then: FALSE },
      ...isNull.map((when) => ({ when, then: UNKNOWN })),
      { when: isThere, then: TRUE },
      { when: compare('<', known, rows, at), then: UNKNOWN },
    ],
    otherwise: FALSE,
    type: withNullable(BOOLEAN, true),
  };
  return { relation, value: node.negated ? call('NOT', [value], at) : value };
}

export function operandsOf(node: Expression, context: ResolveContext): readonly PlanExpression[] {
  const operand = resolve(node, context);
  return operand.kind === 'call' && operand.name === 'ROW' ? operand.arguments : [operand];
}

/** Throws SqlRefusal when IN compares with another number of columns. */
export function checkWidth(operands: readonly PlanExpression[], sub: SubQueryRelation, at: Span): void {
  const columns = sub.relation.columns.length - sub.keys.length;
  if (operands.length !== columns)
    throw new SqlRefusal(
      at,
      `IN compares ${operands.length} value${operands.length === 1 ? '' : 's'} with a query of ${columns} columns`,
      'select one column for each value',
    );
}

/** Joined where the carried values are those of the row around, and `operands` are the columns that follow them. */
export function joinedBy(
  { relation, keys }: SubQueryRelation,
  around: Around,
  type: 'inner' | 'left' | 'semi' | 'anti',
  operands: readonly PlanExpression[],
  at: Span,
): Relation {
  const width = around.relation.columns.length;
  const right = (i: number): PlanExpression => ({ ...inputAt(relation, i), index: width + i }) as PlanExpression;
  const conjuncts = [...keys, ...operands].map((each, i) => compare('=', each, right(i), at));
  return join(around.relation, relation, type, conjuncts, at);
}

export const keysOf = ({ relation, keys }: SubQueryRelation): readonly { name: string; expression: PlanExpression }[] =>
  keys.map((_, i) => ({ name: `$outer${i}`, expression: inputAt(relation, i) }));

export const columnsOf = (relation: Relation): readonly { name: string; expression: PlanExpression }[] =>
  relation.columns.map(({ name }, i) => ({ name, expression: inputAt(relation, i) }));

/** A call of an aggregate that the text does not write. */
export function use(name: string, args: readonly PlanExpression[], at: Span): AggregateUse {
  const resolution = aggregateFunction(name)!.resolve(args.map(({ type }) => ({ type, literal: undefined })));
  if (resolution === undefined || typeof resolution === 'string')
    throw new SqlRefusal(at, `${name} does not take these values`, 'CAST them to a simple type');
  return { function: name, arguments: args, distinct: false, filter: null, type: resolution.result, at };
}
