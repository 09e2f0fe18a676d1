import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { InsertInto, Query } from '../../syntax/tree.ts';
import type { Name, Span } from '../../syntax/tree-node.ts';
import type { DataType } from '../../values/data-type.ts';
import { implicitCastExists } from '../../values/implicit-cast.ts';
import { withNullable } from '../../values/types.ts';
import type { CatalogTable } from '../catalog/declare-table.ts';
import { placeOf } from '../catalog/declare-table.ts';
import type { ConnectorDescription } from '../connectors/description.ts';
import { castTo } from '../expression/cast.ts';
import { unknownName } from '../expression/field.ts';
import type { PlanExpression } from '../expression.ts';
import type { TablePlan } from '../plan.ts';
import { calc } from '../relation/calc.ts';
import { inputAt, type Relation } from '../relation/relation.ts';
import { shownType } from '../shown-type.ts';
import { lastName, type QueryEnvironment } from './environment.ts';
import { queryRelation } from './query.ts';

/** A query and where its rows go. */
export interface SinkTarget {
  /** Its columns are those of `written`, in the table's order. */
  readonly relation: Relation;
  /** null: a preview. */
  readonly table: TablePlan | null;
  readonly description: ConnectorDescription | null;
  readonly written: readonly number[] | null;
  readonly at: Span;
}

/** SELECT that stands alone. Throws SqlRefusal. */
export const previewTarget = (query: Query, environment: QueryEnvironment): SinkTarget => ({
  relation: queryRelation(query, environment),
  table: null,
  description: null,
  written: null,
  at: query.at,
});

/** INSERT INTO: the query's columns by their places in the table, cast where Flink casts by itself. Throws SqlRefusal. */
export function insertTarget(
  node: InsertInto,
  target: CatalogTable,
  table: TablePlan,
  environment: QueryEnvironment,
): SinkTarget {
  const { description } = target;
  const name = lastName(node.table);
  const places = placesOf(node, target, table);
  const query = queryRelation(node.query, environment);
  if (places.length !== query.columns.length)
    throw new SqlRefusal(
      node.query.at,
      `the query has ${query.columns.length} column${query.columns.length === 1 ? '' : 's'}, ${name.name} takes ${places.length}`,
      `in this order: ${places.map((place) => table.columns[place]!.name).join(', ')}`,
    );
  const written = description.sink?.partial === true ? sortedPlaces(places) : writable(table);
  const projections = written.map((place): PlanExpression => {
    const from = places.indexOf(place);
    const column = table.columns[place]!;
    if (from >= 0) return stored(query, from, column.name, column.type, node);
    if (!column.type.nullable)
      throw new SqlRefusal(
        name.at,
        `the column ${column.name} is NOT NULL and gets no value`,
        'add it to the columns of INSERT INTO',
      );
    return { kind: 'literal', value: null, type: column.type };
  });
  const problem = description.sink?.writeProblem?.(table, written);
  if (problem !== undefined)
    throw new SqlRefusal(
      problem.at === 'table' ? name.at : placeOf(problem.at, target.node),
      problem.message,
      problem.hint,
    );
  const names = written.map((place) => table.columns[place]!.name);
  return {
    relation: calc(query, [], projections, names, node.at),
    table,
    description,
    written: written.length === table.columns.length ? null : written,
    at: name.at,
  };
}

/** Columns that a sink writes: computed and virtual ones are not. */
const writable = (table: TablePlan): readonly number[] =>
  table.columns.flatMap((column, i) =>
    column.kind === 'physical' || (column.kind === 'metadata' && !column.virtual) ? [i] : [],
  );

const sortedPlaces = (places: readonly number[]): readonly number[] => [...places].sort((a, b) => a - b);

/** The columns of the table that the query's columns go to. */
function placesOf(node: InsertInto, { node: declared }: CatalogTable, table: TablePlan): readonly number[] {
  const all = writable(table);
  if (node.columns === undefined) return all;
  const places = node.columns.map((path): number => {
    const [name, field] = path as readonly [Name, Name?];
    if (field !== undefined) refuse(field.at, 'INSERT INTO a field of a column', 'write the whole ROW');
    const place = table.columns.findIndex((column) => column.name === name.name);
    if (place < 0)
      throw unknownName(
        name,
        'column',
        all.map((each) => table.columns[each]!.name),
      );
    if (!all.includes(place))
      throw new SqlRefusal(
        name.at,
        `${name.name} is a ${table.columns[place]!.kind} column, which is not written`,
        `the columns of ${lastName(declared.name).name} that are: ${all.map((each) => table.columns[each]!.name).join(', ')}`,
      );
    return place;
  });
  const twice = places.findIndex((place, i) => places.indexOf(place) !== i);
  if (twice >= 0)
    throw new SqlRefusal(node.columns[twice]![0]!.at, 'a column stands twice in INSERT INTO', 'name it once');
  return places;
}

function stored(query: Relation, from: number, name: string, to: DataType, node: InsertInto): PlanExpression {
  const value = inputAt(query, from);
  if (!implicitCastExists(value.type, to)) {
    const item = selectItem(node.query, from);
    throw new SqlRefusal(
      item ?? node.query.at,
      `${shownType(value.type)} does not fit the column ${name} ${shownType(to)}`,
      `write CAST(... AS ${shownType(to)})`,
    );
  }
  // Flink's planner cuts texts and bytes that are longer than their column.
  return castTo(value, withNullable(to, value.type.nullable));
}

/** Where the text has the column of a query, when it lists its columns one by one. */
function selectItem(query: Query, index: number): Span | undefined {
  const { body } = query;
  if (body.kind !== 'select' || body.items.some((item) => item.kind === 'star')) return undefined;
  const item = body.items[index];
  return item?.kind === 'expression' ? item.expression.at : undefined;
}
