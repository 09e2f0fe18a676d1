import type { CreateTable, Expression } from '../sql/ast.ts';
import { refuse, SqlRefusal } from '../sql/problem.ts';
import {
  isString,
  isTimestamp,
  string,
  timestampLtz,
  typeName,
  withNullable,
  type DataType,
  type Field,
} from '../types/data-type.ts';
import { castExists } from '../functions/cast.ts';
import { resolveType } from '../types/resolve-type.ts';
import type { ClickHouseSinkPlan, KafkaSourcePlan, MetadataKey, SourceColumn } from './job-plan.ts';
import { TableOptions } from './options.ts';
import { profileTable, type ProfileTable } from './profile-table.ts';
import { resolve } from './resolve.ts';
import { resolveColumn, type Scope } from './scope.ts';

/** A table as CREATE TABLE declared it. `columns` has every column that a query may name, in order. */
export type Table =
  | ({ readonly node: CreateTable; readonly columns: readonly Field[] } & (
      | { readonly connector: 'kafka'; readonly source: KafkaSourcePlan }
      | { readonly connector: 'clickhouse'; readonly sink: ClickHouseSinkPlan }
    ))
  | ProfileTable;

export interface TableSettings {
  /** The job's project: `${project}` in option values, and the prefix of the topics that may be read. */
  readonly project: string;
}

/** What each metadata key of the kafka connector holds. Source: Flink's Kafka SQL connector, "Available Metadata". */
const METADATA: Readonly<Record<MetadataKey, DataType>> = {
  timestamp: timestampLtz(3, false),
  partition: { kind: 'INT', nullable: false },
  offset: { kind: 'BIGINT', nullable: false },
  topic: string(false),
};

const CLICKHOUSE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,126}$/;

/** Checks a CREATE TABLE and makes a table of it. Throws SqlRefusal. */
export function createTable(node: CreateTable, settings: TableSettings): Table {
  const names = node.columns.map((column) => column.name);
  const twice = names.find((name, i) => names.findIndex((other) => other.name === name.name) !== i);
  if (twice !== undefined) throw new SqlRefusal(twice.at, `the column ${twice.name} stands here twice`);
  const options = new TableOptions(node, { project: settings.project });
  const connector = options.oneOf('connector', ['kafka', 'clickhouse', 'hermes-profile'], undefined);
  if (connector === 'hermes-profile') return profileTable(node, options);
  return connector === 'kafka' ? kafkaTable(node, options, settings) : clickHouseTable(node, options);
}

function kafkaTable(node: CreateTable, options: TableOptions, settings: TableSettings): Table {
  const topic = options.required('topic', '${project}.events');
  if (!topic.startsWith(`${settings.project}.`)) {
    throw new SqlRefusal(
      options.at('topic'),
      `the topic ${topic} does not belong to the project ${settings.project}`,
      `a job reads topics of its own project: '${settings.project}.events' or '\${project}.events'`,
    );
  }
  options.oneOf('format', ['json'], undefined);
  const startup = options.oneOf('scan.startup.mode', ['earliest-offset', 'latest-offset'], undefined);
  const timestampFormat = options.oneOf('json.timestamp-format.standard', ['SQL', 'ISO-8601'], 'SQL');
  const ignoreParseErrors = options.boolean('json.ignore-parse-errors');
  const failOnMissingField = options.boolean('json.fail-on-missing-field');
  if (ignoreParseErrors && failOnMissingField)
    throw new SqlRefusal(
      options.at('json.fail-on-missing-field'),
      "'json.fail-on-missing-field' and 'json.ignore-parse-errors' cannot both be 'true'",
    );
  options.finish({
    'properties.': "leave it out: the Kafka connection and its consumer group are the platform's",
    'value.format': "write 'format' = 'json'",
    'key.': 'leave it out: what the key says is in the event (subject)',
    'scan.bounded': 'leave it out: a job runs until it is stopped',
  });
  if (node.primaryKey.length > 0)
    refuse(node.primaryKey[0]!.at, 'PRIMARY KEY on a kafka table', 'leave it out: every record is a row');
  const columns = sourceColumns(node);
  const scope: Scope = { tables: [{ name: node.name.name, columns }] };
  const source: KafkaSourcePlan = {
    connector: 'kafka',
    table: node.name.name,
    topic,
    startup,
    ignoreParseErrors,
    failOnMissingField,
    timestampFormat,
    columns,
    watermark: node.watermark === undefined ? null : watermarkOf(node.watermark, scope, columns),
  };
  return { node, connector: 'kafka', columns: columns.map(({ name, type }) => ({ name, type })), source };
}

function sourceColumns(node: CreateTable): SourceColumn[] {
  const plain = node.columns.map((column): SourceColumn | undefined => {
    if (column.kind === 'physical') {
      return { kind: 'physical', name: column.name.name, type: resolveType(column.type) };
    }
    if (column.kind === 'computed')
      return isProctime(column.expression)
        ? { kind: 'proctime', name: column.name.name, type: timestampLtz(3, false) }
        : undefined;
    const key = (Object.keys(METADATA) as MetadataKey[]).find((known) => known === column.key);
    if (key === undefined)
      throw new SqlRefusal(
        column.name.at,
        `the metadata '${column.key}' is not supported`,
        `there is: ${Object.keys(METADATA).join(', ')}`,
      );
    const type = resolveType(column.type);
    const own = METADATA[key];
    if (withNullable(type, false).kind !== own.kind)
      throw new SqlRefusal(
        column.type.at,
        `the metadata '${key}' is ${typeName(own)}, not ${typeName(type)}`,
        `write ${column.name.name} ${typeName(withNullable(own, true))} METADATA FROM '${key}'`,
      );
    return {
      kind: 'metadata',
      name: column.name.name,
      type: own.kind === 'TIMESTAMP_LTZ' ? { ...own, nullable: type.nullable } : type,
      key,
    };
  });
  // Computed columns see the columns that are stored, each at its final place.
  const scope: Scope = {
    tables: [
      {
        name: undefined,
        columns: plain.map((column) =>
          column === undefined || column.kind === 'proctime'
            ? { name: '', type: { kind: 'NULL', nullable: true } }
            : { name: column.name, type: column.type },
        ),
      },
    ],
  };
  return node.columns.map((column, i): SourceColumn => {
    const stored = plain[i];
    if (stored !== undefined) return stored;
    if (column.kind !== 'computed') throw new Error('only computed columns are left');
    const expression = resolve(column.expression, { column: (reference) => resolveColumn(scope, reference) });
    return { kind: 'computed', name: column.name.name, type: expression.type, expression };
  });
}

const isProctime = (expression: Expression): boolean =>
  expression.kind === 'call' &&
  expression.name === 'PROCTIME' &&
  expression.arguments.length === 0 &&
  !expression.star &&
  !expression.distinct &&
  expression.filter === undefined;

function watermarkOf(
  watermark: NonNullable<CreateTable['watermark']>,
  scope: Scope,
  columns: readonly SourceColumn[],
): NonNullable<KafkaSourcePlan['watermark']> {
  const column = resolveColumn(scope, { kind: 'column', at: watermark.column.at, path: [watermark.column] });
  if (column.kind === 'input' && columns[column.index]?.kind === 'proctime')
    refuse(
      watermark.column.at,
      'WATERMARK FOR a processing time attribute',
      'leave it out: processing time needs none',
    );
  if (!isTimestamp(column.type) || column.kind !== 'input') {
    throw new SqlRefusal(
      watermark.column.at,
      `WATERMARK FOR ${watermark.column.name}: the column is ${typeName(withNullable(column.type, true))}`,
      'a time attribute is TIMESTAMP(3) or TIMESTAMP_LTZ(3)',
    );
  }
  const expression = resolve(watermark.expression, { column: (reference) => resolveColumn(scope, reference) });
  if (expression.type.kind !== column.type.kind) {
    throw new SqlRefusal(
      watermark.expression.at,
      `the watermark is ${typeName(withNullable(expression.type, true))}, its column ${typeName(withNullable(column.type, true))}`,
      `write ${watermark.column.name} - INTERVAL '5' SECOND`,
    );
  }
  return { column: column.index, expression };
}

function clickHouseTable(node: CreateTable, options: TableOptions): Table {
  const table = options.optional('table-name') ?? node.name.name;
  if (!CLICKHOUSE_NAME.test(table))
    throw new SqlRefusal(
      options.at('table-name'),
      `${table} is not a table name of ClickHouse`,
      'letters, digits and _; the database is the project’s own',
    );
  const make = options.boolean('table.create');
  const orderBy = options.optional('table.order-by');
  const partitionBy = options.optional('table.partition-by') ?? null;
  options.finish({
    url: "leave it out: the ClickHouse connection and database are the platform's",
    username: 'leave it out',
    password: 'leave it out',
    'sink.': 'leave it out',
  });
  if (node.primaryKey.length > 0)
    refuse(
      node.primaryKey[0]!.at,
      'PRIMARY KEY on a clickhouse table',
      'leave it out: rows are appended; use a ReplacingMergeTree to keep the newest by key',
    );
  if (node.watermark !== undefined)
    refuse(node.watermark.at, 'WATERMARK on a clickhouse table', 'it belongs to the table that is read');
  const columns = node.columns.map((column): Field => {
    if (column.kind !== 'physical')
      return refuse(
        column.name.at,
        `a ${column.kind} column in a clickhouse table`,
        'write the expression into the SELECT list',
      );
    const type = resolveType(column.type);
    if (type.kind === 'ROW')
      refuse(column.type.at, 'ROW in a clickhouse table', 'write its fields into columns of their own');
    return { name: column.name.name, type };
  });
  const keys = (orderBy ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (make && keys.length === 0)
    throw new SqlRefusal(
      options.at('table.create'),
      "'table.create' needs 'table.order-by'",
      `for example 'table.order-by' = '${columns[0]!.name}'`,
    );
  for (const key of keys) {
    const column = columns.find((candidate) => candidate.name === key);
    if (column === undefined)
      throw new SqlRefusal(options.at('table.order-by'), `there is no column ${key} to order by`);
    if (column.type.nullable)
      throw new SqlRefusal(
        options.at('table.order-by'),
        `the column ${key} may be NULL, so ClickHouse cannot order by it`,
        `declare it ${typeName(column.type)} NOT NULL`,
      );
  }
  if (
    partitionBy !== null &&
    !/^(to(YYYYMM|YYYYMMDD|Monday|StartOfMonth|StartOfDay|Date)\()?[A-Za-z_]\w*\)?$/.test(partitionBy)
  ) {
    throw new SqlRefusal(
      options.at('table.partition-by'),
      `'${partitionBy}' is not supported`,
      "a column, or for example 'toYYYYMM(signed_at)'",
    );
  }
  if (!make && (orderBy !== undefined || partitionBy !== null))
    throw new SqlRefusal(
      options.at('table.order-by'),
      "'table.order-by' and 'table.partition-by' are for a table that the job makes",
      "add 'table.create' = 'true'",
    );
  const sink: ClickHouseSinkPlan = {
    connector: 'clickhouse',
    at: node.name.at,
    table,
    columns,
    create: make ? { orderBy: keys, partitionBy } : null,
  };
  return { node, connector: 'clickhouse', columns, sink };
}

/**
 * Whether INSERT INTO converts by itself. Source: Flink's LogicalTypeCasts (implicit rules), which it applies between a
 * query's columns and the sink's.
 */
export function storable(from: DataType, to: DataType): boolean {
  const order = ['TINYINT', 'SMALLINT', 'INT', 'BIGINT'];
  if (!castExists(from, to)) return false;
  if (from.kind === 'NULL' || from.kind === to.kind) return true;
  if (isString(from) && isString(to)) return true;
  if (isTimestamp(from) && isTimestamp(to)) return true;
  const [a, b] = [order.indexOf(from.kind), order.indexOf(to.kind)];
  if (a >= 0 && b >= 0) return a <= b;
  if (to.kind === 'DECIMAL') return a >= 0 || from.kind === 'FLOAT' || from.kind === 'DOUBLE';
  if (to.kind === 'DOUBLE') return a >= 0 || from.kind === 'FLOAT' || from.kind === 'DECIMAL';
  return to.kind === 'FLOAT' && (a >= 0 || from.kind === 'DECIMAL');
}
