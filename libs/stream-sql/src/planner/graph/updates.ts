import type { Graph } from './draft.ts';

/** Whether rows of the node are taken back or replaced later. */
export function producesUpdates(graph: Graph, index: number): boolean {
  const node = graph.at(index);
  const fromInputs = (): boolean => node.inputs.some((input) => producesUpdates(graph, input));
  switch (node.kind) {
    case 'source':
      return node.brings !== undefined && node.brings !== 'append';
    case 'values':
    case 'window-aggregate':
    case 'interval-join':
      return false;
    case 'changelog-normalize':
    case 'group-aggregate':
      return true;
    case 'temporal-join':
      return producesUpdates(graph, node.inputs[0]!);
    case 'over':
      return node.sort !== null;
    case 'rank':
      // The first rows that come stay the first.
      return node.window === null && (node.order.length > 0 || fromInputs());
    case 'deduplicate':
      return node.window === null && node.keep === 'last';
    case 'join':
      return fromInputs() || (node.window === null && node.type !== 'inner' && node.type !== 'semi');
    case 'calc':
    case 'window':
    case 'lookup-join':
    case 'union':
    case 'unnest':
    case 'sink':
      return fromInputs();
  }
}
