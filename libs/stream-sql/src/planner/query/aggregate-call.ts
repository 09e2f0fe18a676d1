import { aggregateFunction } from '../../builtin/registry.ts';
import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Call, Expression, JsonCall } from '../../syntax/tree-expression.ts';
import { refuseBareNull } from '../expression/bare-null.ts';
import { argumentOf, taken, unknownFunction } from '../expression/call.ts';
import { implicitly } from '../expression/cast.ts';
import type { ResolveContext } from '../expression/context.ts';
import { resolve, resolveCondition } from '../expression/resolve.ts';
import type { AggregateUse } from '../relation/aggregate.ts';
import { isAggregateCall } from './contains-aggregate.ts';

/** What says something of a row among others, and not one thing of many rows. */
const OVER_ONLY = ['ROW_NUMBER', 'LAG', 'LEAD'];

type JsonAggregate = JsonCall & { readonly kind: 'json-objectagg' | 'json-arrayagg' };

/** The aggregate that a node is, over the row of `plain`; `undefined` when it is none. Throws SqlRefusal. */
export function aggregateUse(node: Expression, plain: ResolveContext): AggregateUse | undefined {
  if (node.kind === 'json-objectagg' || node.kind === 'json-arrayagg') return jsonAggregate(node, plain);
  if (node.kind !== 'call' || !isAggregateCall(node)) return undefined;
  if (OVER_ONLY.includes(node.name))
    throw new SqlRefusal(
      node.at,
      `${node.name} needs OVER`,
      `write ${node.name}(...) OVER (PARTITION BY k ORDER BY ts)`,
    );
  if (node.withinGroup.length > 0)
    refuse(node.withinGroup[0]!.at, 'WITHIN GROUP', 'order the collected values where they are read');
  return use(node.name, node, node.arguments, node.filter, node.distinct, plain);
}

/** A call of an aggregate with arguments; also for OVER. */
export function use(
  name: string,
  node: Call | JsonAggregate,
  argumentNodes: readonly Expression[],
  filterNode: Expression | undefined,
  distinct: boolean,
  plain: ResolveContext,
): AggregateUse {
  const found = aggregateFunction(name);
  if (found === undefined) throw unknownFunction(name, node.at);
  if (node.kind === 'call') {
    if (node.star && name !== 'COUNT')
      throw new SqlRefusal(node.at, `${name}(*) does not exist`, `it is written ${found.syntax}`);
    if (!node.star && argumentNodes.length === 0 && name === 'COUNT')
      throw new SqlRefusal(node.at, 'COUNT needs an argument', 'write COUNT(*) or COUNT(column)');
    if (node.nulls !== undefined)
      refuse(node.at, `${node.nulls} NULLS`, 'leave it out, or filter NULLs with WHERE ... IS NOT NULL');
  }
  refuseBareNull(name, argumentNodes);
  const context: ResolveContext = { ...plain, place: `an argument of ${name}` };
  const args = argumentNodes.map((argument) => resolve(argument, context));
  const { result, parameters } = taken(found.resolve(args.map(argumentOf)), name, found.syntax, args, node.at);
  const filter = filterNode === undefined ? null : resolveCondition(filterNode, { ...plain, place: 'FILTER' });
  return {
    function: found.name,
    arguments: args.map((argument, i) => implicitly(argument, parameters[i]!)),
    // The least and the largest of distinct values are those of all.
    distinct: distinct && found.name !== 'MIN' && found.name !== 'MAX',
    filter,
    type: result,
    at: node.at,
  };
}

function jsonAggregate(node: JsonAggregate, plain: ResolveContext): AggregateUse {
  if (node.kind === 'json-objectagg')
    return use(
      `JSON_OBJECTAGG_${node.onNull ?? 'NULL'}_ON_NULL`,
      node,
      [node.entry.key, node.entry.value],
      undefined,
      false,
      plain,
    );
  if (node.orderBy.length > 0)
    refuse(node.orderBy[0]!.at, 'ORDER BY in JSON_ARRAYAGG', 'order the values where they are read');
  return use(`JSON_ARRAYAGG_${node.onNull ?? 'ABSENT'}_ON_NULL`, node, [node.element], undefined, false, plain);
}
