import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Call, Expression } from '../../syntax/tree-expression.ts';
import type { Select } from '../../syntax/tree.ts';
import { simple } from '../../values/types.ts';
import type { ResolveContext } from '../expression/context.ts';
import { sameExpression } from '../expression/parts.ts';
import { resolve } from '../expression/resolve.ts';
import type { PlanExpression } from '../expression.ts';
import { aggregate, type AggregateUse, type NamedKey } from '../relation/aggregate.ts';
import { inputAt, type Relation } from '../relation/relation.ts';
import {
  auxiliaryProperty,
  GROUP_WINDOW_PROPERTIES,
  groupWindow,
  groupWindowAggregate,
  type GroupWindow,
  isGroupWindow,
} from '../window/group-window.ts';
import { aggregateUse } from './aggregate-call.ts';
import { childrenOf, containsAggregate, isAggregateCall } from './contains-aggregate.ts';
import type { QueryEnvironment } from './environment.ts';
import { expanded, expandedKeys, groupingCall, groupingSetsOf, isGroupingCall } from './grouping-sets.ts';
import { nameOf, type SelectBase } from './select.ts';
import { groupStateTtl } from './state-ttl-hint.ts';
import { withSubQueries } from './sub-query-columns.ts';
import { subQueriesIn, subQueriesOutside } from './sub-query-nodes.ts';
import { filtered } from './where.ts';

/**
 * GROUP BY, the aggregates of SELECT and HAVING, and HAVING. What the SELECT list is computed over are the keys, start, end and time of a window in
 * GROUP BY, and the aggregates.
 */
export function grouped(
  node: Select,
  rows: Relation,
  context: ResolveContext,
  carried: readonly number[],
  environment: QueryEnvironment,
): SelectBase {
  const { relation: input, context: plain } = withSubQueries(
    rows,
    belowAggregates(node).flatMap(subQueriesIn),
    context,
    environment,
  );
  const setNodes = groupingSetsOf(node.groupBy);
  const items = [...new Set(setNodes.flat())];
  const windowNodes = items.filter((item): item is Call => item.kind === 'call' && isGroupWindow(item));
  if (windowNodes.length > 1)
    refuse(windowNodes[1]!.at, 'a second window in GROUP BY', 'write one window, and aggregate its result again');
  const window = windowNodes[0] === undefined ? undefined : groupWindow(windowNodes[0], plain, input);
  const keys: NamedKey[] = carried.map((column, i) => ({ name: `$outer${i}`, expression: inputAt(input, column) }));
  for (const item of items.filter((each) => each !== windowNodes[0])) {
    if (item.kind === 'number')
      refuse(item.at, 'GROUP BY a position', 'write the expression: Flink groups by the number itself');
    if (containsAggregate(item))
      throw new SqlRefusal(item.at, 'an aggregate in GROUP BY', 'compute it in a sub-query and group by its column');
    const expression = resolve(item, { ...plain, place: 'GROUP BY' });
    if (!keys.slice(carried.length).some((key) => sameExpression(key.expression, expression)))
      keys.push({ name: nameOf(item) ?? `$key${keys.length}`, expression });
  }
  if (window !== undefined && setNodes.length > 1)
    refuse(
      windowNodes[0]!.at,
      `${window.name} in GROUP BY with grouping sets`,
      `write FROM ${window.name}(TABLE t, ...)`,
    );
  if (carried.length > 0 && setNodes.length > 1)
    refuse(
      node.groupBy!.at,
      'grouping sets in a sub-query that names columns of the query around it',
      'write one query for each set, and UNION ALL',
    );
  const placeOf = (item: Expression): number => {
    const expression = resolve(item, plain);
    return keys.findIndex((key) => sameExpression(key.expression, expression));
  };
  const sets =
    node.groupBy?.distinct === true
      ? distinctSets(setNodes.map((set) => set.map(placeOf)))
      : setNodes.length > 1
        ? setNodes.map((set) => set.map(placeOf))
        : [keys.map((_, i) => i)];
  const expansion = sets.length > 1 ? expanded(input, keys, sets, node.groupBy!.at) : undefined;
  const made = expansion === undefined ? keys : expandedKeys(expansion, keys);
  const calls: AggregateUse[] = [];
  const groups = groupedContext(keys, made, sets, calls, window, plain, carried.length);
  // Every aggregate has its place before the relation is made: SELECT and HAVING are read here and once more over it.
  for (const item of node.items) if (item.kind === 'expression') collect(item.expression, groups);
  if (node.having !== undefined) collect(node.having, groups);
  const at = node.groupBy?.at ?? node.at;
  const relation =
    window === undefined
      ? keptFor(aggregate(expansion ?? input, made, calls, at), groupStateTtl(node.hints, node.from))
      : groupWindowAggregate(input, window, keys, calls, at);
  const passed =
    node.having === undefined
      ? relation
      : filtered({ relation, context: { ...groups, place: 'HAVING' } }, node.having, environment);
  const selected = node.items.flatMap((item) => (item.kind === 'expression' ? [item.expression] : []));
  return {
    ...withSubQueries(passed, selected.flatMap(subQueriesOutside), groups, environment),
    scope: undefined,
    carried: carried.map((_, i) => i),
  };
}

/** The aggregate, keeping its groups as long as a hint says. */
const keptFor = (relation: Relation, stateTtlMs: number | undefined): Relation =>
  stateTtlMs === undefined || relation.kind !== 'group-aggregate' ? relation : { ...relation, stateTtlMs };

/** What is asked of the rows before they are grouped: keys, and arguments of aggregates. */
function belowAggregates(node: Select): readonly Expression[] {
  const items = node.items.flatMap((item) => (item.kind === 'expression' ? [item.expression] : []));
  return [
    ...groupingSetsOf(node.groupBy).flat(),
    ...[...items, ...(node.having === undefined ? [] : [node.having])].flatMap(aggregatesIn),
  ];
}

const aggregatesIn = (node: Expression): readonly Expression[] =>
  node.kind === 'call' && isAggregateCall(node) ? [node] : childrenOf(node).flatMap(aggregatesIn);

/** Sets without those that were there before. */
const distinctSets = (sets: readonly (readonly number[])[]): readonly (readonly number[])[] =>
  sets.filter((set, i) => sets.findIndex((other) => JSON.stringify(other) === JSON.stringify(set)) === i);

/** Reads every aggregate below the node into its place; what else is wrong is said when the list is resolved. */
function collect(node: Expression, context: ResolveContext): void {
  try {
    resolve(node, {
      ...context,
      intercept: (each) =>
        each.kind === 'call' && each.over !== undefined ? overParts(each, context) : context.intercept?.(each),
    });
  } catch (error) {
    if (!(error instanceof SqlRefusal)) throw error;
    for (const child of childrenOf(node)) collect(child, context);
  }
}

/** Aggregates may stand within OVER: ORDER BY SUM(x). */
function overParts(node: Call, context: ResolveContext): PlanExpression | undefined {
  for (const part of [
    ...node.arguments,
    ...(node.over?.partitionBy ?? []),
    ...(node.over?.orderBy ?? []).map(({ expression }) => expression),
  ])
    collect(part, context);
  return { kind: 'literal', value: null, type: { kind: 'NULL', nullable: true } };
}

function groupedContext(
  keys: readonly NamedKey[],
  made: readonly NamedKey[],
  sets: readonly (readonly number[])[],
  calls: AggregateUse[],
  window: GroupWindow | undefined,
  plain: ResolveContext,
  carried: number,
): ResolveContext {
  const keyOf = (node: Expression): number => {
    if (keys.length === carried || ['number', 'string', 'null', 'boolean'].includes(node.kind)) return -1;
    try {
      const expression = resolve(node, plain);
      return keys.findIndex((key, i) => i >= carried && sameExpression(key.expression, expression));
    } catch (error) {
      if (error instanceof SqlRefusal) return -1;
      throw error;
    }
  };
  const properties = window === undefined ? made.length - keys.length : GROUP_WINDOW_PROPERTIES.length;
  const setNumber: PlanExpression = { kind: 'input', index: keys.length, type: simple('INT', false) };
  return {
    place: 'SELECT',
    column: (node) => {
      plain.column(node);
      throw new SqlRefusal(
        node.at,
        `${node.path.map((part) => part.name).join('.')} is not being grouped`,
        'add it to GROUP BY, or aggregate it',
      );
    },
    intercept: (node) => {
      if (node.kind === 'call') {
        if (isGroupingCall(node)) return groupingCall(node, sets, keyOf, setNumber);
        const property = auxiliaryProperty(node, window, plain);
        if (property !== undefined) return { kind: 'input', index: keys.length + property.index, type: property.type };
      }
      const call = aggregateUse(node, plain);
      if (call !== undefined) {
        const known = calls.findIndex((each) => sameUse(each, call));
        const at = known >= 0 ? known : calls.push(call) - 1;
        return { kind: 'input', index: keys.length + properties + at, type: call.type };
      }
      const key = keyOf(node);
      return key < 0 ? undefined : { kind: 'input', index: key, type: made[key]!.expression.type };
    },
  };
}

const sameUse = (a: AggregateUse, b: AggregateUse): boolean =>
  JSON.stringify({ ...a, at: null }) === JSON.stringify({ ...b, at: null });
