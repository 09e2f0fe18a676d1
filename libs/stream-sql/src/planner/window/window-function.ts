import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { ArgumentNode, Call, Expression } from '../../syntax/tree-expression.ts';
import type { Span } from '../../syntax/tree-node.ts';
import { resolve } from '../expression/resolve.ts';
import type { WindowSpec } from '../plan.ts';
import { fromTable } from '../query/from.ts';
import type { QueryEnvironment } from '../query/environment.ts';
import { queryRelation } from '../query/query.ts';
import { noColumns } from '../query/values.ts';
import { windowColumns } from '../relation/aggregate.ts';
import type { Relation } from '../relation/relation.ts';
import { resolveColumn, scopeTable } from '../scope/scope.ts';
import { cumulateSpec, durationOf, hopSpec, notATimeAttribute } from './window-spec.ts';

/** Names of the arguments in their order; the last of those with an offset may be left out. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  TUMBLE: ['DATA', 'TIMECOL', 'SIZE', 'OFFSET'],
  HOP: ['DATA', 'TIMECOL', 'SLIDE', 'SIZE', 'OFFSET'],
  CUMULATE: ['DATA', 'TIMECOL', 'STEP', 'SIZE', 'OFFSET'],
  SESSION: ['DATA', 'TIMECOL', 'GAP'],
};

const SYNTAX: Readonly<Record<string, string>> = {
  TUMBLE: "TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)",
  HOP: "HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '5' MINUTE): slide, then size",
  CUMULATE: "CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR, INTERVAL '1' DAY): step, then size",
  SESSION: "SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' MINUTE)",
};

/** TUMBLE, HOP, CUMULATE or SESSION in FROM: the table's columns and those of the window. Throws SqlRefusal. */
export function windowFunction(call: Call, environment: QueryEnvironment): Relation {
  const parameters = PARAMETERS[call.name];
  if (parameters === undefined)
    return refuse(
      call.at,
      `the table function ${call.name}`,
      `there is: ${Object.keys(PARAMETERS).join(', ')}; and UNNEST for collections`,
    );
  const args = argumentsOf(call, parameters);
  const input = tableOf(args.get('DATA')!, environment);
  const time = timeColumn(args.get('TIMECOL')!, input, call);
  const table = args.get('DATA')!;
  const partition = table.kind === 'table-argument' ? table.partitionBy : [];
  if (table.kind === 'table-argument' && table.orderBy.length > 0)
    refuse(table.orderBy[0]!.at, `ORDER BY in ${call.name}`, 'leave it out');
  const window = specOf(call, args, partitionOf(partition, input, call));
  const columns = windowColumns(input.columns[time]!);
  return { kind: 'window', input, window, time, columns: [...input.columns, ...columns], at: call.at };
}

function argumentsOf(call: Call, parameters: readonly string[]): ReadonlyMap<string, Expression> {
  const named = call.arguments.filter(
    (node): node is ArgumentNode & { readonly kind: 'named-argument' } => node.kind === 'named-argument',
  );
  const found = new Map<string, Expression>();
  if (named.length > 0) {
    for (const { name, value } of named) {
      const key = name.name.toUpperCase();
      if (!parameters.includes(key))
        throw new SqlRefusal(
          name.at,
          `${call.name} has no argument ${name.name}`,
          `there is: ${parameters.join(', ')}`,
        );
      found.set(key, value);
    }
  } else {
    // A position beyond the last is one argument too many.
    for (const [i, node] of call.arguments.entries()) found.set(parameters[i] ?? `argument ${i + 1}`, node);
  }
  const lacking = parameters.find((name) => name !== 'OFFSET' && !found.has(name));
  const odd = [...found.keys()].find((name) => !parameters.includes(name));
  if (lacking !== undefined || odd !== undefined || (named.length > 0 && named.length < call.arguments.length))
    throw new SqlRefusal(
      call.at,
      lacking === undefined ? `${call.name} has too many arguments` : `${call.name} lacks the argument ${lacking}`,
      `it is written ${SYNTAX[call.name]!}`,
    );
  return found;
}

function tableOf(node: Expression, environment: QueryEnvironment): Relation {
  if (node.kind === 'table-argument')
    return node.table.kind === 'query'
      ? queryRelation(node.table.query, environment)
      : fromTable(node.table.name, [], environment);
  if (node.kind === 'scalar-query') return queryRelation(node.query, environment);
  throw new SqlRefusal(node.at, 'a window function is asked of a table', 'write TABLE t, or a query in parentheses');
}

function timeColumn(node: Expression, input: Relation, call: Call): number {
  const name = node.kind === 'descriptor' ? node.columns[0] : undefined;
  if (node.kind !== 'descriptor' || name === undefined || node.columns.length > 1)
    throw new SqlRefusal(node.at, `${call.name} names its time attribute as DESCRIPTOR(ts)`, SYNTAX[call.name]!);
  const column = resolveColumn({ tables: [scopeTable(undefined, input.columns)] }, [name]);
  if (column.kind !== 'input' || input.columns[column.index]!.attribute === null)
    throw notATimeAttribute(name.at, call.name, name.name);
  return column.index;
}

function partitionOf(nodes: readonly Expression[], input: Relation, call: Call): readonly number[] {
  if (nodes.length > 0 && call.name !== 'SESSION')
    return refuse(nodes[0]!.at, `PARTITION BY in ${call.name}`, 'only SESSION has partitions; write it into GROUP BY');
  return nodes.map((node) => {
    const column =
      node.kind === 'column' ? resolveColumn({ tables: [scopeTable(undefined, input.columns)] }, node.path) : undefined;
    if (column?.kind !== 'input')
      return refuse(node.at, 'PARTITION BY an expression', 'compute it in a sub-query and name its column');
    return column.index;
  });
}

function specOf(call: Call, args: ReadonlyMap<string, Expression>, partition: readonly number[]): WindowSpec {
  const duration = (name: string, least?: number): number => {
    const node = args.get(name)!;
    return durationOf(resolve(node, noColumns('a window')), node.at, least);
  };
  const offsetMs = args.has('OFFSET') ? offset(args.get('OFFSET')!) : 0;
  const at: Span = call.at;
  switch (call.name) {
    case 'TUMBLE':
      return { kind: 'tumble', sizeMs: duration('SIZE'), offsetMs };
    case 'HOP':
      return hopSpec(duration('SLIDE'), duration('SIZE'), offsetMs, at);
    case 'CUMULATE':
      return cumulateSpec(duration('STEP'), duration('SIZE'), offsetMs, at);
    default:
      return { kind: 'session', gapMs: duration('GAP'), partition };
  }
}

/** It may be negative. */
const offset = (node: Expression): number => durationOf(resolve(node, noColumns('a window')), node.at, -Infinity);
