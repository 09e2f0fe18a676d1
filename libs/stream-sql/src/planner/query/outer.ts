import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Query } from '../../syntax/tree.ts';
import type { Span } from '../../syntax/tree-node.ts';
import { withNullable } from '../../values/types.ts';
import type { ColumnNode } from '../expression/context.ts';
import { inputsOf, sameExpression } from '../expression/parts.ts';
import type { PlanExpression } from '../expression.ts';
import { aggregate } from '../relation/aggregate.ts';
import type { Relation } from '../relation/relation.ts';
import { treeSize } from '../relation/tree-size.ts';
import { resolveColumn, type Scope } from '../scope/scope.ts';
import type { QueryEnvironment } from './environment.ts';
import { queryRelation } from './query.ts';

/** A query around a sub-query: its rows, and what a name means on them. */
export interface OuterQuery {
  readonly relation: Relation;
  /** Throws SqlRefusal. */
  column(node: ColumnNode): PlanExpression;
}

/**
 * What a sub-query sees of the query around it. First it is read only to know which values it asks for (NULL stands for them); then it is made once more
 * and carries them: the result of each of its queries begins with a column for each value, so that it has all answers at once.
 */
export type OuterColumns =
  | { readonly kind: 'asking'; readonly outer: OuterQuery; readonly asked: PlanExpression[] }
  | {
      readonly kind: 'carried';
      readonly outer: OuterQuery;
      readonly values: readonly PlanExpression[];
      /** The distinct values that the rows around have. */
      readonly domain: Relation;
    };

/** A sub-query with all its answers: its columns stand behind those of `keys`, which are values of the row around. */
export interface SubQueryRelation {
  readonly relation: Relation;
  readonly keys: readonly PlanExpression[];
}

/** Each level is read a few times. */
const MOST_LEVELS = 6;
/** The rows around are read once more for each sub-query that asks for their values, so queries grow by powers of two. */
const MOST_AROUND = 5_000;

/** What a sub-query knows. Throws SqlRefusal where too many are within each other. */
export function within(environment: QueryEnvironment, at: Span): QueryEnvironment {
  const levels = (environment.levels ?? 0) + 1;
  if (levels > MOST_LEVELS)
    refuse(at, `more than ${MOST_LEVELS} sub-queries within each other`, 'name some of them in WITH, and join');
  return { ...environment, levels };
}

/** The rows of a sub-query, for every row around it. Throws SqlRefusal. */
export function subQueryRelation(query: Query, outer: OuterQuery, around: QueryEnvironment): SubQueryRelation {
  const environment = within(around, query.at);
  const asked: PlanExpression[] = [];
  const relation = queryRelation(query, { ...environment, outer: { kind: 'asking', outer, asked } });
  if (asked.length === 0) return { relation, keys: [] };
  if (treeSize(outer.relation) > MOST_AROUND)
    throw new SqlRefusal(
      query.at,
      `the query around this sub-query is made of more than ${MOST_AROUND} queries, each counted as often as it is read`,
      'join the tables that the sub-queries read instead',
    );
  const names = asked.map((expression, i) => ({ name: `$outer${i}`, expression }));
  const domain = aggregate(outer.relation, names, [], query.at);
  const carried: OuterColumns = { kind: 'carried', outer, values: asked, domain };
  return { relation: queryRelation(query, { ...environment, outer: carried }), keys: asked };
}

/** Whether the query asks for anything of the query around it. */
export function asksOuter(query: Query, environment: QueryEnvironment): boolean {
  const { outer } = environment;
  if (outer === undefined) return false;
  const asked: PlanExpression[] = [];
  queryRelation(query, { ...environment, outer: { kind: 'asking', outer: outer.outer, asked } });
  return asked.length > 0;
}

/** A name of the query's own tables, else one of the query around it; `places` are the columns of what is carried. Throws SqlRefusal. */
export function columnOf(
  scope: Scope,
  outer: OuterColumns | undefined,
  places: readonly PlanExpression[],
): (node: ColumnNode) => PlanExpression {
  return (node) => {
    if (outer === undefined) return resolveColumn(scope, node.path);
    try {
      return resolveColumn(scope, node.path);
    } catch (error) {
      if (!(error instanceof SqlRefusal)) throw error;
      return outerColumn(outer, node, places, error);
    }
  };
}

function outerColumn(
  outer: OuterColumns,
  node: ColumnNode,
  places: readonly PlanExpression[],
  refusal: SqlRefusal,
): PlanExpression {
  let found: PlanExpression;
  try {
    found = outer.outer.column(node);
  } catch (error) {
    throw error instanceof SqlRefusal ? refusal : error;
  }
  if (inputsOf(found).size === 0) return found;
  if (outer.kind === 'carried') return places[outer.values.findIndex((each) => sameExpression(each, found))]!;
  if (!outer.asked.some((each) => sameExpression(each, found))) outer.asked.push(found);
  return { kind: 'literal', value: null, type: withNullable(found.type, true) };
}
