import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import { partsOf } from '../expression/parts.ts';
import type { PlanExpression } from '../expression.ts';
import type { Graph } from './draft.ts';

const NAME = 'CURRENT_WATERMARK';

/** CURRENT_WATERMARK is asked of the time of a source's rows, and only before anything has kept them. Throws SqlRefusal. */
export function checkCurrentWatermark(graph: Graph): void {
  graph.nodes.forEach((node, index) => {
    if (!mentions(node)) return;
    if (node.kind !== 'calc' || !followsSources(graph, index))
      refuse(
        node.at,
        `${NAME} behind a window, a join or an aggregate`,
        'compute it in a sub-query or a view that reads the table itself',
      );
    const below = graph.at(node.inputs[0]!).columns;
    const expressions = node.condition === null ? node.projections : [node.condition, ...node.projections];
    for (const { arguments: args } of expressions.flatMap(callsIn)) {
      const [time] = args;
      if (time?.kind !== 'input' || below[time.index]!.attribute !== 'rowtime')
        throw new SqlRefusal(
          node.at,
          `${NAME} is asked of a time attribute`,
          'name the column that WATERMARK FOR names in CREATE TABLE',
        );
    }
  });
}

const followsSources = (graph: Graph, index: number): boolean => {
  const node = graph.at(index);
  if (node.kind === 'source') return true;
  return (node.kind === 'calc' || node.kind === 'union') && node.inputs.every((input) => followsSources(graph, input));
};

type CallExpression = PlanExpression & { readonly kind: 'call' };

const callsIn = (expression: PlanExpression): readonly CallExpression[] => [
  ...(expression.kind === 'call' && expression.name === NAME ? [expression] : []),
  ...partsOf(expression).flatMap(callsIn),
];

/** Whether a call of it stands anywhere in a node. */
function mentions(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if ('kind' in value && value.kind === 'call' && 'name' in value && value.name === NAME) return true;
  return Object.values(value).some(mentions);
}
