import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Call, Expression } from '../../syntax/tree-expression.ts';
import type { GroupItem, Select } from '../../syntax/tree.ts';
import type { ResolveContext } from '../expression/context.ts';
import { conjunctsOf, sameExpression } from '../expression/parts.ts';
import { resolve, resolveCondition } from '../expression/resolve.ts';
import type { PlanExpression } from '../expression.ts';
import { aggregate, type AggregateUse, type NamedKey } from '../relation/aggregate.ts';
import { where } from '../relation/calc.ts';
import type { Relation } from '../relation/relation.ts';
import {
  auxiliaryProperty,
  GROUP_WINDOW_PROPERTIES,
  groupWindow,
  groupWindowAggregate,
  type GroupWindow,
  isGroupWindow,
} from '../window/group-window.ts';
import { aggregateUse } from './aggregate-call.ts';
import { containsAggregate } from './contains-aggregate.ts';
import { nameOf, type SelectBase } from './select.ts';

/**
 * GROUP BY, the aggregates of SELECT and HAVING, and HAVING. What the SELECT list is computed over are the keys, start, end and time of a window in
 * GROUP BY, and the aggregates.
 */
export function grouped(node: Select, input: Relation, plain: ResolveContext): SelectBase {
  const items = (node.groupBy?.items ?? []).flatMap(expressionsOf);
  const windowNodes = items.filter((item): item is Call => item.kind === 'call' && isGroupWindow(item));
  if (windowNodes.length > 1)
    refuse(windowNodes[1]!.at, 'a second window in GROUP BY', 'write one window, and aggregate its result again');
  const window = windowNodes[0] === undefined ? undefined : groupWindow(windowNodes[0], plain, input);
  const keys: NamedKey[] = [];
  for (const item of items.filter((each) => each !== windowNodes[0])) {
    if (item.kind === 'number')
      refuse(item.at, 'GROUP BY a position', 'write the expression: Flink groups by the number itself');
    if (containsAggregate(item))
      throw new SqlRefusal(item.at, 'an aggregate in GROUP BY', 'compute it in a sub-query and group by its column');
    const expression = resolve(item, { ...plain, place: 'GROUP BY' });
    if (!keys.some((key) => sameExpression(key.expression, expression)))
      keys.push({ name: nameOf(item) ?? `$key${keys.length}`, expression });
  }
  const calls: AggregateUse[] = [];
  const context = groupedContext(keys, calls, window, plain);
  // Every aggregate has its place before the relation is made: SELECT and HAVING are read here and once more over it.
  for (const item of node.items) if (item.kind === 'expression') collect(item.expression, context);
  if (node.having !== undefined) collect(node.having, context);
  const at = node.groupBy?.at ?? node.at;
  const relation =
    window === undefined ? aggregate(input, keys, calls, at) : groupWindowAggregate(input, window, keys, calls, at);
  const having =
    node.having === undefined ? [] : conjunctsOf(resolveCondition(node.having, { ...context, place: 'HAVING' }));
  return { relation: where(relation, having, node.having?.at ?? at), context, scope: undefined };
}

function expressionsOf(item: GroupItem): readonly Expression[] {
  switch (item.kind) {
    case 'expression':
      return [item.expression];
    case 'set':
      return item.expressions;
    case 'rollup':
    case 'cube':
    case 'grouping-sets':
      return refuse(
        item.at,
        item.kind === 'grouping-sets' ? 'GROUPING SETS' : item.kind.toUpperCase(),
        'write a query for each set of keys, with UNION ALL between them',
      );
  }
}

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
  calls: AggregateUse[],
  window: GroupWindow | undefined,
  plain: ResolveContext,
): ResolveContext {
  const keyOf = (node: Expression): number => {
    if (keys.length === 0 || ['number', 'string', 'null', 'boolean'].includes(node.kind)) return -1;
    try {
      const expression = resolve(node, plain);
      return keys.findIndex((key) => sameExpression(key.expression, expression));
    } catch (error) {
      if (error instanceof SqlRefusal) return -1;
      throw error;
    }
  };
  const properties = window === undefined ? 0 : GROUP_WINDOW_PROPERTIES.length;
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
      return key < 0 ? undefined : { kind: 'input', index: key, type: keys[key]!.expression.type };
    },
  };
}

const sameUse = (a: AggregateUse, b: AggregateUse): boolean =>
  JSON.stringify({ ...a, at: null }) === JSON.stringify({ ...b, at: null });
