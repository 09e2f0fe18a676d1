import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { ColumnNode, CreateTable, OptionNode } from '../../syntax/tree.ts';
import type { Span } from '../../syntax/tree-node.ts';
import { isTimestamp, withNullable } from '../../values/types.ts';
import { closestName } from '../closest-name.ts';
import type { ConnectorDescription, DeclaredTable, TableProblem } from '../connectors/description.ts';
import { withFormat } from '../connectors/formats.ts';
import { dataTypeOf } from '../expression/data-type.ts';
import { unknownName } from '../expression/field.ts';
import { resolve } from '../expression/resolve.ts';
import type { TableColumn, TablePlan } from '../plan.ts';
import { lastName } from '../query/environment.ts';
import { resolveColumn, scopeTable, type Scope } from '../scope/scope.ts';
import { shownType } from '../shown-type.ts';
import { type OptionContext, readOptions, replaceVariables, type TableOptions } from './options.ts';
import { watermarkOf } from './watermark.ts';

/** A table of the session. */
export interface CatalogTable {
  /** With what LIKE took from another table. */
  readonly node: CreateTable;
  readonly description: ConnectorDescription;
  readonly options: TableOptions;
  readonly plan: TablePlan;
}

export interface DeclarationContext extends OptionContext {
  readonly connectors: readonly ConnectorDescription[];
}

/** Checks a CREATE TABLE (its LIKE applied) against its connector. Throws SqlRefusal. */
export function declareTable(node: CreateTable, context: DeclarationContext): CatalogTable {
  const name = lastName(node.name);
  const connector = connectorOf(node, context);
  const options = readOptions(node.options, connector, context, name.at);
  const description = withFormat(connector, options.values);
  if (node.partitionedBy[0] !== undefined)
    refuse(node.partitionedBy[0].at, 'PARTITIONED BY', 'leave it out: rows are not put into folders of partitions');
  const primaryKey = primaryKeyOf(node);
  const columns = columnsOf(node, description, primaryKey);
  const watermark = node.watermark === undefined ? null : watermarkOf(node.watermark, columns, name.name);
  const timed = columns.map((column, i): TableColumn =>
    i === watermark?.column ? { ...column, attribute: 'rowtime' } : column,
  );
  const plan: TablePlan = {
    name: name.name,
    connector: description.name,
    options: options.values,
    columns: timed,
    watermark,
    primaryKey,
    at: { line: name.at.line, column: name.at.column },
  };
  checkTypes(node, plan, description);
  checkByConnector(node, plan, description, options, context);
  return { node, description, options, plan };
}

function connectorOf(node: CreateTable, context: DeclarationContext): ConnectorDescription {
  const option = node.options.find(({ key }) => key === 'connector');
  const names = context.connectors.map((each) => each.name);
  if (option === undefined)
    throw new SqlRefusal(
      lastName(node.name).at,
      `the table ${lastName(node.name).name} lacks the option 'connector'`,
      `add 'connector' = '...' to WITH (...); one of: ${names.map((each) => `'${each}'`).join(', ')}`,
    );
  const value = replaceVariables(option, context.variables);
  const found = context.connectors.find((each) => each.name === value);
  if (found !== undefined) return found;
  const near = closestName(value, names);
  throw new SqlRefusal(
    option.valueAt,
    `'connector' = '${value}' is not supported`,
    near === undefined ? `one of: ${names.map((each) => `'${each}'`).join(', ')}` : `did you mean '${near}'?`,
  );
}

function primaryKeyOf(node: CreateTable): readonly number[] {
  const [constraint, another] = node.constraints;
  if (constraint === undefined) return [];
  if (constraint.kind === 'unique') refuse(constraint.at, 'UNIQUE', 'write PRIMARY KEY (...) NOT ENFORCED');
  if (another !== undefined)
    throw new SqlRefusal(another.at, 'a table has one primary key', 'name all its columns in one PRIMARY KEY (...)');
  if (constraint.enforced !== false)
    throw new SqlRefusal(
      constraint.at,
      'a primary key is not enforced here',
      `write PRIMARY KEY (${constraint.columns.map(({ name }) => name).join(', ')}) NOT ENFORCED`,
    );
  return constraint.columns.map((name) => {
    const index = node.columns.findIndex((column) => column.name.name === name.name);
    const column = node.columns[index];
    if (column === undefined)
      throw unknownName(
        name,
        'column',
        node.columns.map((each) => each.name.name),
      );
    if (column.kind !== 'physical')
      throw new SqlRefusal(
        name.at,
        `${name.name} is a ${column.kind} column, which no primary key has`,
        'name a column with a type',
      );
    return index;
  });
}

function columnsOf(
  node: CreateTable,
  description: ConnectorDescription,
  primaryKey: readonly number[],
): readonly TableColumn[] {
  const names = node.columns.map((column) => column.name);
  const twice = names.find((name, i) => names.findIndex((other) => other.name === name.name) !== i);
  if (twice !== undefined)
    throw new SqlRefusal(twice.at, `the column ${twice.name} stands here twice`, 'name one of them otherwise');
  if (node.columns.length === 0)
    throw new SqlRefusal(
      lastName(node.name).at,
      `the table ${lastName(node.name).name} has no columns`,
      'declare them: (name TYPE, ...)',
    );
  const plain = node.columns.map((column, i): TableColumn | undefined => {
    if (column.kind === 'computed') return undefined;
    if (column.kind === 'metadata') return metadataColumn(column, description);
    const type = dataTypeOf(column.type);
    const isKey = primaryKey.includes(i);
    return {
      kind: 'physical',
      name: column.name.name,
      type: isKey ? withNullable(type, false) : type,
      attribute: null,
    };
  });
  // Computed columns see the columns that are stored, each at its place, and no other computed column.
  const scope: Scope = {
    tables: [
      {
        name: lastName(node.name).name,
        columns: plain.flatMap((column, index) =>
          column === undefined ? [] : [{ name: column.name, index, type: column.type }],
        ),
      },
    ],
  };
  return node.columns.map((column, i): TableColumn => {
    if (column.kind !== 'computed') return plain[i]!;
    const expression = resolve(column.expression, {
      place: 'a computed column',
      column: ({ path }) => resolveColumn(scope, path),
    });
    if (expression.type.kind === 'NULL')
      throw new SqlRefusal(
        column.expression.at,
        `the column ${column.name.name} has no type`,
        'write CAST(NULL AS TYPE)',
      );
    const attribute = expression.kind === 'call' && expression.name === 'PROCTIME' ? 'proctime' : null;
    return { kind: 'computed', name: column.name.name, type: expression.type, attribute, expression };
  });
}

function metadataColumn(
  column: ColumnNode & { readonly kind: 'metadata' },
  description: ConnectorDescription,
): TableColumn {
  const key = column.key ?? column.name.name;
  const found = description.metadata.find((each) => each.key === key);
  if (found === undefined)
    throw new SqlRefusal(
      column.name.at,
      `the metadata '${key}' is not supported by 'connector' = '${description.name}'`,
      description.metadata.length === 0
        ? 'it has none'
        : `there is: ${description.metadata.map((each) => each.key).join(', ')}`,
    );
  const type = dataTypeOf(column.type);
  if (type.kind !== found.type.kind)
    throw new SqlRefusal(
      column.type.at,
      `the metadata '${key}' is ${shownType(found.type)}, not ${shownType(type)}`,
      `write ${column.name.name} ${shownType(found.type)} METADATA FROM '${key}', and CAST it in a query`,
    );
  return {
    kind: 'metadata',
    name: column.name.name,
    type: isTimestamp(type) ? withNullable(found.type, type.nullable) : type,
    attribute: null,
    key,
    virtual: column.virtual || !found.writable,
  };
}

function checkTypes(node: CreateTable, { columns }: TablePlan, { types, name }: ConnectorDescription): void {
  if (types === undefined) return;
  const odd = columns.findIndex((column) => column.kind === 'physical' && !types.includes(column.type.kind));
  if (odd >= 0)
    refuse(
      node.columns[odd]!.at,
      `${shownType(columns[odd]!.type)} in a table with 'connector' = '${name}'`,
      `one of: ${types.join(', ')}`,
    );
}

function checkByConnector(
  node: CreateTable,
  plan: TablePlan,
  description: ConnectorDescription,
  options: TableOptions,
  context: DeclarationContext,
): void {
  const refusedKey = description.sink?.primaryKey === 'refused' && plan.primaryKey.length > 0;
  if (refusedKey)
    refuse(
      node.constraints[0]!.at,
      `PRIMARY KEY on a ${description.name} table`,
      'leave it out: every row is appended',
    );
  const table: DeclaredTable = {
    name: plan.name,
    options: plan.options,
    isGiven: (key) => options.given.has(key),
    columns: plan.columns,
    primaryKey: plan.primaryKey.map((index) => plan.columns[index]!.name),
    hasWatermark: plan.watermark !== null,
    project: context.project,
  };
  const problem = description.check?.(table);
  if (problem !== undefined) throw new SqlRefusal(placeOf(problem.at, node), problem.message, problem.hint);
}

/** Where a connector's problem stands in the text. */
export function placeOf(at: TableProblem['at'], node: CreateTable): Span {
  const table = lastName(node.name).at;
  if (at === 'table') return table;
  if (at === 'watermark') return node.watermark?.at ?? table;
  if (at === 'primary-key') return node.constraints[0]?.at ?? table;
  if ('column' in at) return node.columns.find((column) => column.name.name === at.column)?.name.at ?? table;
  const option = node.options.find((each: OptionNode) => each.key === at.option);
  return option?.at ?? table;
}

/** The columns as a scope's only table. */
export const tableScope = (plan: Pick<TablePlan, 'name' | 'columns'>): Scope => ({
  tables: [scopeTable(plan.name, plan.columns)],
});
