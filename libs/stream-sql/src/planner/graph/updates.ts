import type { ConnectorDescription } from '../connectors/description.ts';
import type { DraftNode, Graph } from './draft.ts';

/** Whether rows of the node are taken back or replaced later. */
export function producesUpdates(graph: Graph, index: number): boolean {
  const node = graph.at(index);
  const fromInputs = (): boolean => node.inputs.some((input) => producesUpdates(graph, input));
  switch (node.kind) {
    case 'source':
      return node.table.options[SOURCE_CHANGELOG] !== undefined;
    case 'values':
    case 'window-aggregate':
    case 'over':
    case 'interval-join':
      return false;
    case 'group-aggregate':
      return true;
    case 'rank':
      return node.window === null && !appendOnly(node);
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

/** The first rows in the order in which they come stay the first ones, while none is taken back. */
const appendOnly = (_node: DraftNode): boolean => false;

/** Where a source that brings changes keeps its kind among its table's options (set by the planner from the connector's description). */
export const SOURCE_CHANGELOG = 'hermes.changelog';

/** What the connector says of the changes of a source with these options. */
export function sourceChangelog(
  description: ConnectorDescription,
  options: Readonly<Record<string, string>>,
): 'append' | 'retract' | 'upsert' {
  return description.source?.changelog?.(options) ?? 'append';
}
