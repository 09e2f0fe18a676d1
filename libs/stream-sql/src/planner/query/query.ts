import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Expression } from '../../syntax/tree-expression.ts';
import type { Query, QueryBody, Select, SelectItem } from '../../syntax/tree.ts';
import type { Name } from '../../syntax/tree-node.ts';
import { join } from '../relation/join.ts';
import type { Relation } from '../relation/relation.ts';
import { fromTable } from './from.ts';
import type { QueryEnvironment } from './environment.ts';
import { limited } from './limit.ts';
import { renamed } from './rename.ts';
import { select } from './select.ts';
import { setOperation } from './set-operation.ts';
import { values } from './values.ts';

/** A query with WITH, ORDER BY and LIMIT as a relation. Throws SqlRefusal. */
export function queryRelation(query: Query, environment: QueryEnvironment): Relation {
  const inner = query.with.reduce((all, common) => {
    if (
      all.with.has(common.name.name) &&
      query.with.some((each) => each !== common && each.name.name === common.name.name)
    )
      throw new SqlRefusal(
        common.name.at,
        `WITH has two queries called ${common.name.name}`,
        'name one of them otherwise',
      );
    const relation = columnsNamed(
      queryRelation(common.query, { ...all, outer: undefined }),
      common.columns,
      common.name,
    );
    return { ...all, with: new Map([...all.with, [common.name.name, relation]]) };
  }, environment);
  const { body } = query;
  const carried = environment.outer?.kind === 'carried' ? environment.outer.values.length : 0;
  if (carried > 0 && (query.limit ?? query.offset) !== undefined)
    refuse(
      (query.limit ?? query.offset)!.at,
      'LIMIT in a sub-query that names columns of the query around it',
      'number the rows in a view, with ROW_NUMBER() OVER (PARTITION BY k ORDER BY ...) AS rn, and join it with ON ... AND rn <= n',
    );
  return limited(
    query,
    bodyRelation(body, inner),
    (hidden) => (body.kind === 'select' && !body.distinct ? select(withItems(body, hidden), inner) : undefined),
    0,
  );
}

const withItems = (node: Select, expressions: readonly Expression[]): Select => ({
  ...node,
  items: [
    ...node.items,
    ...expressions.map((expression, i): SelectItem => {
      const { at } = expression;
      return { kind: 'expression', at, expression, alias: { name: `$sort${i}`, at } };
    }),
  ],
});

export function bodyRelation(body: QueryBody, environment: QueryEnvironment): Relation {
  switch (body.kind) {
    case 'ordered':
      return queryRelation(body, environment);
    case 'select':
      return select(body, environment);
    case 'values':
      return besideCarried(values(body), environment);
    case 'set-operation':
      if (environment.outer?.kind === 'carried')
        return refuse(
          body.at,
          `${body.operator} in a sub-query that names columns of the query around it`,
          'write one sub-query for each side',
        );
      return setOperation(body, environment);
    case 'explicit-table':
      return besideCarried(fromTable(body.name, [], environment), environment);
  }
}

/** Rows that ask for nothing of the query around, for each value that it has. */
const besideCarried = (relation: Relation, { outer }: QueryEnvironment): Relation =>
  outer?.kind === 'carried' ? join(outer.domain, relation, 'inner', [], relation.at) : relation;

/** `name (a, b) AS ...`: the columns of a relation by these names, when some are given. Throws SqlRefusal on another number of them. */
export function columnsNamed(relation: Relation, names: readonly Name[], of: Name): Relation {
  if (names.length === 0) return relation;
  if (names.length !== relation.columns.length)
    throw new SqlRefusal(
      names[0]!.at,
      `${of.name} names ${names.length} columns of a query with ${relation.columns.length}`,
      `its columns are ${relation.columns.map(({ name }) => name).join(', ')}`,
    );
  return renamed(
    relation,
    names.map(({ name }) => name),
  );
}
