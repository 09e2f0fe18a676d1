import { aggregateFunction } from '../../builtin/registry.ts';
import { SqlRefusal } from '../../syntax/problem.ts';
import { zoneOf } from '../../values/zone.ts';
import type { Changelog } from '../plan.ts';
import type { DraftNode, Graph } from './draft.ts';
import { producesUpdates } from './updates.ts';
import type { UniqueKeys } from './unique-keys.ts';

/** What a sink takes: `key` is its primary key, by which rows replace each other. */
export interface SinkNeed {
  readonly accepts: Changelog;
  readonly key: readonly number[] | null;
}

/** The changes that each node brings; -U only where a reader needs it. Throws SqlRefusal where a node cannot take the changes before it. */
export function changelogs(
  graph: Graph,
  keys: readonly UniqueKeys[],
  needOf: (sink: number) => SinkNeed,
): readonly Changelog[] {
  for (const node of graph.nodes) refuseUpdates(graph, node);
  const updates = graph.nodes.map((_, i) => producesUpdates(graph, i));
  const found: Changelog[] = graph.nodes.map(() => 'append');
  const retracts = graph.nodes.map(() => false);
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i]!;
    if (updates[i]!) found[i] = !retracts[i]! && mayUpsert(graph, i, keys) ? 'upsert' : 'retract';
    for (const [place, input] of node.inputs.entries())
      if (updates[input]! && needsBefore(node, place, found[i]!, keys[input]!, () => needOf(i))) retracts[input] = true;
  }
  for (const [i, node] of graph.nodes.entries()) if (node.kind === 'sink') found[i] = found[node.inputs[0]!]!;
  return found;
}

/** Whether a reader must be told what a row was before. */
function needsBefore(
  node: DraftNode,
  place: number,
  own: Changelog,
  inputKeys: UniqueKeys,
  need: () => SinkNeed,
): boolean {
  switch (node.kind) {
    case 'calc':
      return own !== 'upsert';
    case 'lookup-join':
      return own !== 'upsert';
    case 'changelog-normalize':
      return false;
    case 'temporal-join':
      return place === 0 && own !== 'upsert';
    case 'sink': {
      const { accepts, key } = need();
      if (accepts === 'retract') return true;
      return key !== null && !inputKeys.some((each) => sameSet(each, key));
    }
    default:
      return true;
  }
}

const sameSet = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((column) => b.includes(column));

/** Whether the node can name a changed row by a key alone. A filter cannot: it must take back what no longer passes. */
function mayUpsert(graph: Graph, index: number, keys: readonly UniqueKeys[]): boolean {
  const node = graph.at(index);
  if (keys[index]!.length === 0) return false;
  switch (node.kind) {
    case 'changelog-normalize':
    case 'group-aggregate':
    case 'deduplicate':
      return true;
    case 'temporal-join':
      return node.type === 'left' && node.condition === null && mayUpsert(graph, node.inputs[0]!, keys);
    case 'rank':
      return node.rankColumn || node.from === node.to;
    case 'calc':
      return node.condition === null && mayUpsert(graph, node.inputs[0]!, keys);
    case 'lookup-join':
      return node.type === 'left' && node.condition === null && mayUpsert(graph, node.inputs[0]!, keys);
    case 'source':
      return node.brings === 'upsert';
    default:
      return false;
  }
}

/** Nodes that take new rows only, as in Flink. */
const APPEND_ONLY: Readonly<Partial<Record<DraftNode['kind'], string>>> = {
  over: 'OVER',
  'interval-join': 'an interval join',
};

function refuseUpdates(graph: Graph, node: DraftNode): void {
  const isWindowed =
    (node.kind === 'rank' || node.kind === 'deduplicate' || node.kind === 'join') && node.window !== null;
  const isByValue = node.kind === 'over' && node.sort !== null;
  const what = isByValue ? undefined : isWindowed ? 'a window join, top-N or deduplication' : APPEND_ONLY[node.kind];
  const updating = node.inputs.find((input) => producesUpdates(graph, input));
  if (updating === undefined) return;
  if (what !== undefined)
    throw new SqlRefusal(
      node.at,
      `${what} over rows that change later (${causeOf(graph, updating)}) is not supported`,
      'make windows of the rows as they come, before the aggregate, join or ROW_NUMBER that changes them',
    );
  if (node.kind === 'group-aggregate' || node.kind === 'window-aggregate') refuseAggregates(node, graph, updating);
}

function refuseAggregates(
  node: DraftNode & { readonly kind: 'group-aggregate' | 'window-aggregate' },
  graph: Graph,
  updating: number,
): void {
  const { columns } = graph.at(node.inputs[0]!);
  const context = { zone: zoneOf('UTC'), zoneName: 'UTC', now: () => 0, random: () => 0 };
  for (const call of node.aggregates) {
    const args = call.arguments.map((column) => ({ type: columns[column]!.type, literal: undefined }));
    const bound = aggregateFunction(call.function)?.bind(args, call.type, context, true);
    if (bound !== undefined && bound.retract === undefined)
      throw new SqlRefusal(
        node.at,
        `${call.function} cannot take rows back, and its input changes later (${causeOf(graph, updating)})`,
        'aggregate the rows as they come, or use another aggregate',
      );
  }
}

const NAMES: Readonly<Record<DraftNode['kind'], string>> = {
  source: 'a source of changes',
  'changelog-normalize': 'a source of changes',
  calc: 'a projection',
  window: 'a window function',
  'group-aggregate': 'GROUP BY without a window, or DISTINCT',
  'window-aggregate': 'an aggregate of a window',
  over: 'OVER in the order of values',
  rank: 'ROW_NUMBER or LIMIT',
  deduplicate: 'the last row of each key',
  join: 'an outer join',
  'interval-join': 'an interval join',
  'temporal-join': 'a temporal join',
  'lookup-join': 'a lookup join',
  union: 'UNION',
  unnest: 'UNNEST',
  values: 'VALUES',
  sink: 'a sink',
};

/** What first makes rows change, with its place. */
export function causeOf(graph: Graph, index: number): string {
  const node = graph.at(index);
  const below = node.inputs.find((input) => producesUpdates(graph, input));
  if (below !== undefined && node.kind !== 'group-aggregate') return causeOf(graph, below);
  return `${NAMES[node.kind]} at line ${node.at.line}`;
}
