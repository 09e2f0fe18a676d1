import { refuse } from '../../syntax/problem.ts';
import type { Expression } from '../../syntax/tree-expression.ts';
import type { Select } from '../../syntax/tree.ts';
import type { Span } from '../../syntax/tree-node.ts';
import { withNullable } from '../../values/types.ts';
import { call } from '../expression/call.ts';
import { conjunctsOf, inputsOf, sameExpression } from '../expression/parts.ts';
import { resolveCondition } from '../expression/resolve.ts';
import type { PlanExpression } from '../expression.ts';
import { calc } from '../relation/calc.ts';
import { join } from '../relation/join.ts';
import { allInputs, inputAt, type Relation } from '../relation/relation.ts';
import { scopeTable, type Scope } from '../scope/scope.ts';
import type { QueryEnvironment } from './environment.ts';
import type { FromClause } from './from.ts';
import { asksOuter, columnOf, type OuterColumns } from './outer.ts';
import { columnsNamed, queryRelation } from './query.ts';
import { conjunctNodes } from './where.ts';
import { containsSubQuery } from './sub-query-nodes.ts';

type CarriedColumns = OuterColumns & { readonly kind: 'carried' };

/** FROM of a sub-query with the values that are carried. */
export interface CarriedFrom extends FromClause {
  /** Columns of the values. */
  readonly carried: readonly number[];
  /** A condition of WHERE in the light of what the carried columns are. */
  simplified(conjunct: PlanExpression): readonly PlanExpression[];
}

export const carryingNothing = (from: FromClause): CarriedFrom => ({
  ...from,
  carried: [],
  simplified: (conjunct) => [conjunct],
});

/**
 * FROM beside what it carries. Where WHERE says that each value equals one of FROM's own (`o.customer = c.name`), those are it; else every row is there once
 * for each value that the rows around have.
 */
export function carriedFrom(from: FromClause, node: Select, outer: CarriedColumns): CarriedFrom {
  if (node.from === undefined)
    refuse(
      node.at,
      'a sub-query without FROM that names columns of the query around it',
      'write the expression in its place',
    );
  const width = from.relation.columns.length;
  const values = outer.domain.columns.map(
    (_, i): PlanExpression =>
      ({
        ...inputAt(outer.domain, i),
        index: width + i,
      }) as PlanExpression,
  );
  const equal = node.where === undefined ? [] : equalColumns(from.scope, node.where, outer, values, width);
  const known = values.map((_, i) => equal[i]);
  const isKnown = known.every((each) => each !== undefined);
  const { relation } = from;
  const beside: Relation = isKnown
    ? calc(
        relation,
        [],
        [...allInputs(relation), ...known],
        [...relation.columns, ...outer.domain.columns].map(({ name }) => name),
        node.at,
      )
    : join(relation, outer.domain, 'inner', [], node.at);
  return {
    relation: beside,
    scope: from.scope,
    carried: values.map((_, i) => width + i),
    simplified: (conjunct) => (isKnown ? withoutEquality(conjunct, known, width, node.at) : [conjunct]),
  };
}

/** A derived table that asks for values itself has them as its first columns. */
export function carriedDerived(node: Select, environment: QueryEnvironment): CarriedFrom | undefined {
  const { from } = node;
  if (from?.kind !== 'derived' || environment.outer?.kind !== 'carried' || !asksOuter(from.query, environment))
    return undefined;
  const relation = queryRelation(from.query, environment);
  const keys = environment.outer.values.length;
  const own = relation.columns.slice(keys);
  const { alias } = from;
  const { columns } = alias === undefined ? { columns: own } : named(relation, own, alias.columns, alias.name);
  return {
    relation,
    scope: { tables: [scopeTable(alias?.name.name, columns, keys)] },
    carried: environment.outer.values.map((_, i) => i),
    simplified: (conjunct) => [conjunct],
  };
}

const named = (
  relation: Relation,
  columns: Relation['columns'],
  names: Parameters<typeof columnsNamed>[1],
  of: Parameters<typeof columnsNamed>[2],
): Pick<Relation, 'columns'> => columnsNamed({ ...relation, columns }, names, of);

function equalColumns(
  scope: Scope,
  where: Expression,
  outer: CarriedColumns,
  values: readonly PlanExpression[],
  width: number,
): readonly (PlanExpression | undefined)[] {
  const context = { place: 'WHERE', column: columnOf(scope, outer, values) };
  const found: (PlanExpression | undefined)[] = [];
  for (const node of conjunctNodes(where)) {
    if (containsSubQuery(node)) continue;
    for (const conjunct of conjunctsOf(resolveCondition(node, context))) {
      const pair = equality(conjunct, width);
      if (pair !== undefined) found[pair.value] ??= pair.own;
    }
  }
  return found;
}

/** `own = value` of one type, `own` of FROM's columns alone. */
function equality(
  conjunct: PlanExpression,
  width: number,
): { readonly value: number; readonly own: PlanExpression } | undefined {
  if (conjunct.kind !== 'call' || conjunct.name !== '=') return undefined;
  const [a, b] = conjunct.arguments as readonly [PlanExpression, PlanExpression];
  for (const [value, own] of [
    [a, b],
    [b, a],
  ] as const) {
    if (value.kind !== 'input' || value.index < width || inputsOf(own).size === 0) continue;
    const isOwn = [...inputsOf(own)].every((index) => index < width);
    const plain = (type: PlanExpression['type']): string => JSON.stringify(withNullable(type, true));
    if (isOwn && plain(own.type) === plain(value.type)) return { value: value.index - width, own };
  }
  return undefined;
}

/** That a value equals itself says only that it is not NULL. */
function withoutEquality(
  conjunct: PlanExpression,
  known: readonly PlanExpression[],
  width: number,
  at: Span,
): readonly PlanExpression[] {
  const pair = equality(conjunct, width);
  if (pair === undefined || !sameExpression(known[pair.value]!, pair.own)) return [conjunct];
  return pair.own.type.nullable ? [call('IS NOT NULL', [pair.own], at)] : [];
}
