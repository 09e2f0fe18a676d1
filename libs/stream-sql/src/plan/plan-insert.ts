import type { Expression, InsertInto, JoinNode, Name, Select } from '../sql/ast.ts';
import { refuse, SqlRefusal } from '../sql/problem.ts';
import { timestamp, typeName, withNullable, type DataType, type Field } from '../types/data-type.ts';
import { aggregateNames, aggregateType, isSupportedAggregate } from './aggregates.ts';
import { sameExpression, type PlanExpression } from './expression.ts';
import type { AggregatePlan, JobPlan, JobSettings, KafkaSourcePlan, OperatorPlan, SinkPlan } from './job-plan.ts';
import { planJoin, type PlannedJoin, withLookup } from './plan-lookup.ts';
import { profileSink, type ProfileTable } from './profile-table.ts';
import { implicitly, resolve } from './resolve.ts';
import { resolveColumn, scopeColumns, type Scope, unqualified } from './scope.ts';
import { storable, type Table } from './tables.ts';

interface Output {
  readonly name: string;
  readonly node: Expression | undefined;
  readonly expression: PlanExpression;
}

/** Plans `INSERT INTO sink SELECT ... FROM source [lookup join]`. Throws SqlRefusal. */
export function planInsert(insert: InsertInto, tables: ReadonlyMap<string, Table>, settings: JobSettings): JobPlan {
  const { query } = insert;
  const { source } = sourceOf(query, tables);
  const left: Scope = {
    tables: [{ name: query.from.alias?.name ?? source.table, columns: source.columns }],
  };
  const join =
    query.join === undefined ? undefined : planJoin(query.join, left, source, joinedTable(query.join, tables));
  const sink = sinkOf(insert, tables, join);
  const scope = join?.scope ?? left;
  const { outputs, operators } =
    query.from.kind === 'window' ? planWindow(query, query.from, scope, source) : planPlain(query, scope);
  const projections = toSink(insert, outputs, sink);
  const last = operators[operators.length - 1];
  if (last?.kind !== 'calc') throw new Error('a query ends in a projection');
  const [first, ...others] = [...operators.slice(0, -1), { ...last, projections }];
  if (first?.kind !== 'calc') throw new Error('a query begins with a filter');
  return {
    formatVersion: 1,
    settings,
    source,
    operators: [...(join === undefined ? [first] : withLookup(join, first)), ...others],
    sink,
  };
}

function sourceOf(query: Select, tables: ReadonlyMap<string, Table>): Table & { readonly connector: 'kafka' } {
  const name = query.from.kind === 'table' ? query.from.name : query.from.table;
  const table = tableOf(name, tables);
  if (table.connector === 'kafka') return table;
  if (table.connector === 'clickhouse')
    return refuse(name.at, 'SELECT from a clickhouse table', "read a table with 'connector' = 'kafka'");
  return refuse(
    name.at,
    'SELECT from a hermes-profile table',
    `profiles are looked up: FROM events AS s JOIN ${name.name} FOR SYSTEM_TIME AS OF s.proctime AS p ON s.subject = p.subject`,
  );
}

function joinedTable(join: JoinNode, tables: ReadonlyMap<string, Table>): ProfileTable {
  const table = tableOf(join.table, tables);
  if (table.connector === 'hermes-profile') return table;
  return refuse(
    join.table.at,
    `a lookup join with a ${table.connector} table`,
    "join a table with 'connector' = 'hermes-profile'",
  );
}

function sinkOf(insert: InsertInto, tables: ReadonlyMap<string, Table>, join: PlannedJoin | undefined): SinkPlan {
  const target = tableOf(insert.table, tables);
  switch (target.connector) {
    case 'clickhouse':
      return target.sink;
    case 'hermes-profile':
      if (target.lookupOption !== undefined && join?.table !== target)
        refuse(target.lookupOption, 'an option of lookups on a table that is only written', 'leave it out');
      return profileSink(target, insert.table.at, insert.columns);
    case 'kafka':
      return refuse(
        insert.table.at,
        'INSERT INTO a kafka table',
        "write into a table with 'connector' = 'clickhouse' or 'hermes-profile'",
      );
  }
}

function tableOf(name: Name, tables: ReadonlyMap<string, Table>): Table {
  const table = tables.get(name.name);
  if (table === undefined)
    throw new SqlRefusal(
      name.at,
      `there is no table ${name.name}`,
      tables.size === 0 ? 'declare it with CREATE TABLE' : `declared: ${[...tables.keys()].join(', ')}`,
    );
  return table;
}

/** A projection and a filter. */
function planPlain(query: Select, scope: Scope): { outputs: Output[]; operators: OperatorPlan[] } {
  if (query.groupBy.length > 0)
    refuse(
      query.groupBy[0]!.at,
      'GROUP BY without a window',
      "read FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) and GROUP BY window_start, window_end, ...",
    );
  if (query.having !== undefined) refuse(query.having.at, 'HAVING without GROUP BY', 'write WHERE');
  const context = {
    column: (node: Expression & { readonly kind: 'column' }) => resolveColumn(scope, node),
    intercept: (node: Expression): undefined => {
      if (node.kind === 'call' && aggregateNames.has(node.name))
        refuse(
          node.at,
          `${node.name} without a window`,
          "aggregate over TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) with GROUP BY window_start, window_end",
        );
      return undefined;
    },
  };
  const outputs = query.items.flatMap((item): Output[] => {
    if (item.kind === 'star')
      return scopeColumns(scope).map((column, index) => ({
        name: column.name,
        node: undefined,
        expression: { kind: 'input', index, type: column.type },
      }));
    return [
      {
        name: item.alias?.name ?? nameOf(item.expression),
        node: item.expression,
        expression: resolve(item.expression, context),
      },
    ];
  });
  return { outputs, operators: [{ kind: 'calc', condition: conditionOf(query.where, scope), projections: [] }] };
}

function conditionOf(where: Expression | undefined, scope: Scope): PlanExpression | null {
  if (where === undefined) return null;
  const condition = resolve(where, {
    column: (node) => {
      if (
        WINDOW_COLUMNS.includes(node.path[node.path.length - 1]!.name) &&
        !scopeColumns(scope).some((column) => column.name === node.path[0]!.name)
      ) {
        refuse(node.at, `${node.path[0]!.name} in WHERE`, 'write the condition on the window into HAVING');
      }
      return resolveColumn(scope, node);
    },
  });
  if (condition.type.kind !== 'BOOLEAN' && condition.type.kind !== 'NULL')
    throw new SqlRefusal(
      where.at,
      `a condition must be BOOLEAN, not ${typeName(withNullable(condition.type, true))}`,
      'compare it, for example with = or IS NOT NULL',
    );
  return condition;
}

const WINDOW_COLUMNS = ['window_start', 'window_end', 'window_time'];

/** Filter and arguments, then the window with its aggregates, then HAVING and the SELECT list. */
function planWindow(
  query: Select,
  from: Select['from'] & { readonly kind: 'window' },
  scope: Scope,
  source: KafkaSourcePlan,
): { outputs: Output[]; operators: OperatorPlan[] } {
  const own: Scope = { tables: scope.tables.slice(0, 1) };
  const time = resolveColumn(own, { kind: 'column', at: from.timeColumn.at, path: [from.timeColumn] });
  if (time.kind === 'input' && source.columns[time.index]?.kind === 'proctime')
    refuse(from.timeColumn.at, 'a window of processing time', 'declare a WATERMARK, and make windows of event time');
  if (source.watermark === null || time.kind !== 'input' || source.watermark.column !== time.index) {
    throw new SqlRefusal(
      from.timeColumn.at,
      `${from.timeColumn.name} is not a time attribute of ${from.table.name}`,
      `declare WATERMARK FOR ${from.timeColumn.name} AS ${from.timeColumn.name} - INTERVAL '5' SECOND in its CREATE TABLE`,
    );
  }
  const timeKind = time.type.kind;
  if (timeKind !== 'TIMESTAMP' && timeKind !== 'TIMESTAMP_LTZ') throw new Error('a watermark column is a time');
  const inputs: PlanExpression[] = [time];
  const inputOf = (expression: PlanExpression): number => {
    const known = inputs.findIndex((candidate) => sameExpression(candidate, expression));
    return known >= 0 ? known : inputs.push(expression) - 1;
  };
  const windowFields: Field[] = [
    { name: 'window_start', type: timestamp(3, false) },
    { name: 'window_end', type: timestamp(3, false) },
    { name: 'window_time', type: withNullable(time.type, false) },
  ];
  const windowColumn = (node: Expression): number => {
    if (node.kind !== 'column') return -1;
    const path = unqualified(own, node.path);
    if (path.length !== 1 || scopeColumns(scope).some((column) => column.name === path[0]!.name)) return -1;
    return WINDOW_COLUMNS.indexOf(path[0]!.name);
  };
  const plain = {
    column: (node: Expression & { readonly kind: 'column' }) => resolveColumn(scope, node),
  };
  const grouped = new Set<number>();
  const keys: PlanExpression[] = [];
  for (const node of query.groupBy) {
    const column = windowColumn(node);
    if (column >= 0) grouped.add(column);
    else {
      if (node.kind === 'number') refuse(node.at, 'GROUP BY a position', 'write the expression');
      const key = resolve(node, plain);
      if (key.type.kind === 'ROW') refuse(node.at, 'GROUP BY a ROW', 'write its fields');
      if (!keys.some((known) => sameExpression(known, key))) keys.push(key);
    }
  }
  if (!grouped.has(0) || !grouped.has(1))
    throw new SqlRefusal(
      query.groupBy[0]?.at ?? query.at,
      'a window is aggregated by GROUP BY window_start, window_end',
      'add both to GROUP BY',
    );
  const aggregates: AggregatePlan[] = [];
  const aggregate = (node: Expression & { readonly kind: 'call' }): PlanExpression => {
    if (!isSupportedAggregate(node.name))
      return refuse(node.at, `the aggregate ${node.name}`, 'COUNT, SUM, AVG, MIN and MAX are there');
    if (node.distinct)
      refuse(
        node.at,
        `${node.name}(DISTINCT ...)`,
        'count distinct values when reading the target table (ClickHouse: uniqExact)',
      );
    if (
      node.star !== (node.arguments.length === 0) ||
      node.arguments.length > 1 ||
      (node.star && node.name !== 'COUNT')
    )
      throw new SqlRefusal(node.at, `${node.name} takes one argument${node.name === 'COUNT' ? ' or *' : ''}`);
    const [argumentNode] = node.arguments;
    const argument = argumentNode === undefined ? undefined : resolve(argumentNode, plain);
    const type = aggregateType(node.name, argument?.type);
    if (type === undefined)
      throw new SqlRefusal(
        node.at,
        `${node.name} does not take ${argument === undefined ? 'nothing' : typeName(withNullable(argument.type, true))}`,
        'a number, for SUM and AVG',
      );
    const filter = node.filter === undefined ? null : conditionOf(node.filter, scope);
    const plan: AggregatePlan = {
      function: node.name,
      argument: argument === undefined ? null : inputOf(argument),
      argumentType: argument?.type ?? null,
      filter: filter === null ? null : inputOf(filter),
      type,
    };
    const known = aggregates.findIndex((candidate) => JSON.stringify(candidate) === JSON.stringify(plan));
    const at = known >= 0 ? known : aggregates.push(plan) - 1;
    return { kind: 'input', index: windowFields.length + keys.length + at, type };
  };
  const context = {
    column: (node: Expression & { readonly kind: 'column' }): PlanExpression => {
      resolveColumn(scope, node);
      throw new SqlRefusal(
        node.at,
        `${node.path.map((part) => part.name).join('.')} is not being grouped`,
        'add it to GROUP BY, or aggregate it',
      );
    },
    intercept: (node: Expression): PlanExpression | undefined => {
      const column = windowColumn(node);
      if (column === 2) grouped.add(2);
      if (column >= 0) return { kind: 'input', index: column, type: windowFields[column]!.type };
      if (node.kind === 'call' && aggregateNames.has(node.name)) return aggregate(node);
      const key = keyIndex(node, keys, plain);
      return key < 0 ? undefined : { kind: 'input', index: windowFields.length + key, type: keys[key]!.type };
    },
  };
  const outputs = query.items.map((item): Output => {
    if (item.kind === 'star') return refuse(item.at, 'SELECT * with GROUP BY', 'name the columns');
    return {
      name: item.alias?.name ?? nameOf(item.expression),
      node: item.expression,
      expression: resolve(item.expression, context),
    };
  });
  const having = query.having === undefined ? null : resolve(query.having, context);
  if (having !== null && having.type.kind !== 'BOOLEAN')
    throw new SqlRefusal(query.having!.at, `a condition must be BOOLEAN, not ${typeName(having.type)}`);
  const keyPlans = keys.map((key) => ({ index: inputOf(key), type: key.type }));
  return {
    outputs,
    operators: [
      { kind: 'calc', condition: conditionOf(query.where, scope), projections: inputs },
      {
        kind: 'window-aggregate',
        window: { kind: 'tumble', sizeMs: from.sizeMs, offsetMs: from.offsetMs },
        time: 0,
        timeKind,
        keys: keyPlans,
        aggregates,
      },
      { kind: 'calc', condition: having, projections: [] },
    ],
  };
}

/** Which GROUP BY key this node is, or -1: the node resolved over the source's columns is compared with the keys. */
function keyIndex(
  node: Expression,
  keys: readonly PlanExpression[],
  plain: { column(node: Expression & { readonly kind: 'column' }): PlanExpression },
): number {
  if (keys.length === 0 || node.kind === 'number' || node.kind === 'string') return -1;
  try {
    const expression = resolve(node, plain);
    return keys.findIndex((key) => sameExpression(key, expression));
  } catch (error) {
    if (error instanceof SqlRefusal) return -1;
    throw error;
  }
}

const nameOf = (node: Expression): string => (node.kind === 'column' ? node.path[node.path.length - 1]!.name : '');

/** The SELECT list as the sink's columns, by position or by the named columns, converted where Flink converts by itself. */
function toSink(insert: InsertInto, outputs: readonly Output[], sink: SinkPlan): PlanExpression[] {
  const places =
    insert.columns?.map((name) => {
      const index = sink.columns.findIndex((column) => column.name === name.name);
      if (index < 0)
        throw new SqlRefusal(
          name.at,
          `the table ${insert.table.name} has no column ${name.name}`,
          `there is: ${sink.columns.map((column) => column.name).join(', ')}`,
        );
      return index;
    }) ?? sink.columns.map((_, i) => i);
  if (places.length !== outputs.length) {
    throw new SqlRefusal(
      insert.query.at,
      `the query has ${outputs.length} columns, ${insert.table.name} takes ${places.length}`,
      `in this order: ${places.map((i) => sink.columns[i]!.name).join(', ')}`,
    );
  }
  return sink.columns.map((column, i): PlanExpression => {
    const from = places.indexOf(i);
    const output = outputs[from];
    if (output === undefined) {
      if (!column.type.nullable)
        throw new SqlRefusal(
          insert.table.at,
          `the column ${column.name} is NOT NULL and gets no value`,
          'add it to the columns of INSERT INTO',
        );
      return { kind: 'literal', value: null, type: column.type };
    }
    if (!storable(output.expression.type, column.type)) {
      throw new SqlRefusal(
        output.node?.at ?? insert.query.at,
        `${typeName(withNullable(output.expression.type, true))} does not fit the column ${column.name} ${typeName(withNullable(column.type, true))}`,
        `write CAST(... AS ${typeName(withNullable(column.type, true))})`,
      );
    }
    return implicitly(output.expression, lengthFree(column.type));
  });
}

/** Flink's sink neither cuts nor pads text by default (`table.exec.sink.type-length-enforcer` = IGNORE). */
const lengthFree = (type: DataType): DataType =>
  type.kind === 'CHAR' || type.kind === 'VARCHAR'
    ? { kind: 'VARCHAR', length: 2_147_483_647, nullable: type.nullable }
    : type;
