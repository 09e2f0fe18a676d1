import type { DraftNode, Graph } from './draft.ts';

/** Sets of columns by each of which at most one row exists. None are known for most streams. */
export type UniqueKeys = readonly (readonly number[])[];

/** The unique keys of every node, from those before it. */
export function uniqueKeys(graph: Graph): readonly UniqueKeys[] {
  const all: UniqueKeys[] = [];
  for (const node of graph.nodes) all.push(keysOf(graph, node, (input) => all[node.inputs[input]!]!));
  return all;
}

function keysOf(graph: Graph, node: DraftNode, of: (input: number) => UniqueKeys): UniqueKeys {
  const widthOf = (input: number): number => graph.at(node.inputs[input]!).columns.length;
  switch (node.kind) {
    case 'source':
      return node.table.primaryKey.length > 0 ? [node.table.primaryKey] : [];
    case 'calc':
      return mapped(of(0), (column) =>
        node.projections.findIndex((each) => each.kind === 'input' && each.index === column),
      );
    case 'group-aggregate':
      return [node.keys.map((_, i) => i)];
    case 'window-aggregate': {
      const first = node.keys.length + node.aggregates.length;
      const bound = node.properties.findIndex((property) => property !== 'window_time');
      return bound < 0 ? [] : [[...node.keys.map((_, i) => i), first + bound]];
    }
    case 'changelog-normalize':
      return [node.key];
    case 'temporal-join':
    case 'over':
    case 'sink':
      return of(0);
    case 'rank': {
      const number = node.columns.length - 1;
      const own = node.rankColumn ? [[...node.partition, number]] : [];
      return [...(node.from === node.to ? [node.partition] : own), ...of(0)];
    }
    case 'deduplicate':
      return [node.partition, ...of(0)];
    case 'window':
      return of(0).map((key) => [...key, widthOf(0)]);
    case 'join':
    case 'interval-join':
      return ofJoin(node, of(0), of(1), widthOf(0));
    case 'lookup-join': {
      const asked = node.keys.map(({ column }) => column);
      const oneRow =
        node.table.primaryKey.length > 0 && node.table.primaryKey.every((column) => asked.includes(column));
      return oneRow ? of(0) : [];
    }
    case 'union':
    case 'unnest':
    case 'values':
      return [];
  }
}

function mapped(keys: UniqueKeys, place: (column: number) => number): UniqueKeys {
  return keys.map((key) => key.map(place)).filter((key) => !key.includes(-1));
}

function ofJoin(
  node: DraftNode & { readonly kind: 'join' | 'interval-join' },
  left: UniqueKeys,
  right: UniqueKeys,
  width: number,
): UniqueKeys {
  const { type, leftKeys, rightKeys } = node;
  if (type === 'semi' || type === 'anti') return left;
  const within = (keys: UniqueKeys, columns: readonly number[]): boolean =>
    keys.some((key) => key.every((column) => columns.includes(column)));
  const moved = right.map((key) => key.map((column) => column + width));
  const found: (readonly number[])[] = [];
  // At most one row of the other side for each of one side: that side's keys stay.
  if (within(right, rightKeys) && (type === 'inner' || type === 'left')) found.push(...left);
  if (within(left, leftKeys) && (type === 'inner' || type === 'right')) found.push(...moved);
  if (type === 'inner' && found.length === 0)
    for (const a of left.slice(0, 2)) for (const b of moved.slice(0, 2)) found.push([...a, ...b]);
  return found;
}
