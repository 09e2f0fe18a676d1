import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Hint, TableAlias, TableExpression } from '../../syntax/tree.ts';
import type { Path } from '../../syntax/tree-node.ts';
import { joinClause } from '../join/join-clause.ts';
import { unnest } from '../join/unnest.ts';
import type { Relation } from '../relation/relation.ts';
import { scopeTable, type Scope } from '../scope/scope.ts';
import { windowFunction } from '../window/window-function.ts';
import { lastName, type QueryEnvironment } from './environment.ts';
import { columnsNamed, queryRelation } from './query.ts';
import { oneRow } from './values.ts';

/** What FROM reads, and what its columns may be called. */
export interface FromClause {
  readonly relation: Relation;
  readonly scope: Scope;
}

/** Throws SqlRefusal. `hints` of the SELECT, of which lookup joins take theirs. */
export function fromClause(node: TableExpression, environment: QueryEnvironment, hints: readonly Hint[]): FromClause {
  switch (node.kind) {
    case 'table': {
      if (node.asOf !== undefined)
        return refuse(
          node.asOf.at,
          'FOR SYSTEM_TIME AS OF without a join',
          'write FROM t JOIN d FOR SYSTEM_TIME AS OF t.proctime AS d ON ...',
        );
      const relation = fromTable(node.name, node.hints, environment);
      return aliased(relation, node.alias, lastName(node.name).name);
    }
    case 'derived':
      return aliased(queryRelation(node.query, environment), node.alias, undefined);
    case 'table-function':
      return aliased(windowFunction(node.call, environment), node.alias, undefined);
    case 'unnest':
      return unnest({ relation: oneRow(node.at), scope: { tables: [] } }, node, 'inner');
    case 'join':
      return joinClause(node, environment, hints);
  }
}

/** The columns of a relation under an alias, with its own names of columns where it gives some. */
export function aliased(relation: Relation, alias: TableAlias | undefined, fallback: string | undefined): FromClause {
  const named = alias === undefined ? relation : columnsNamed(relation, alias.columns, alias.name);
  return { relation: named, scope: { tables: [scopeTable(alias?.name.name ?? fallback, named.columns)] } };
}

/** A table, a view or a query of WITH by its name. Throws SqlRefusal. */
export function fromTable(path: Path, hints: readonly Hint[], environment: QueryEnvironment): Relation {
  const options = hints.flatMap((hint) => {
    if (hint.name !== 'OPTIONS')
      return refuse(hint.at, `the hint ${hint.name} on a table`, "only OPTIONS('key' = 'value') stands there");
    return hint.options;
  });
  const common = path.length === 1 ? environment.with.get(path[0]!.name) : undefined;
  const entry = common === undefined ? environment.find(path) : ({ kind: 'view', relation: common } as const);
  if (entry.kind === 'view') {
    if (options.length > 0)
      throw new SqlRefusal(
        options[0]!.at,
        `OPTIONS on ${lastName(path).name}, which is a query`,
        'write the hint at the table within it',
      );
    environment.read(entry.relation, lastName(path));
    return entry.relation;
  }
  const { table, description } = environment.use(path, 'source', options);
  const { at } = lastName(path);
  const brings = description.source?.changelog?.(table.options) ?? 'append';
  const columns = table.columns.map(({ name, type, attribute }) => ({ name, type, attribute }));
  const scan: Relation = { kind: 'scan', table, brings, columns, at };
  if (brings === 'append' || (brings === 'retract' && !environment.repeatedChanges)) return scan;
  if (table.primaryKey.length === 0)
    throw new SqlRefusal(
      at,
      `'table.exec.source.cdc-events-duplicate' needs a primary key, which ${table.name} does not have`,
      `add PRIMARY KEY (...) NOT ENFORCED to ${table.name}`,
    );
  return { kind: 'changelog-normalize', input: scan, key: table.primaryKey, columns, at };
}
