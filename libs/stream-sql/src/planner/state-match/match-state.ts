import { nodeText } from '../explain/node-text.ts';
import type { StreamPlan } from '../plan.ts';
import { tableText } from './column-meaning.ts';
import { Meanings } from './meanings.ts';
import { nodeIdentities, type NodeIdentity } from './node-identity.ts';

/** Where the state of a plan goes on in another. */
export interface StateMatch {
  /** Node of the new plan -> node of the old one whose state, or position, it goes on with. */
  readonly nodes: ReadonlyMap<number, number>;
  /** What of the old plan's state has no place in the new one, each in a sentence. */
  readonly unplaced: readonly string[];
}

/** The ways in which two nodes of one shape are told to be the same, the surest first. */
const WAYS: readonly (readonly [key: (identity: NodeIdentity) => string, inOrder: boolean])[] = [
  [({ shape, history, names }) => `${shape} ${history} ${names}`, true],
  [({ shape, history }) => `${shape} ${history}`, true],
  [({ shape, names }) => `${shape} ${names}`, false],
  [({ shape }) => String(shape), false],
];

/**
 * Finds for each node with state of a plan the node of another plan that may go on with it: one of the same kind whose state depends on the same
 * (`node-identity.ts`). Of several, the one with the same way from the sources and to the sinks; filters between may have changed. What stays
 * ambiguous has no place.
 *
 * @param holding - nodes of `old` that hold state; sources always hold their positions
 */
export function matchState(old: StreamPlan, next: StreamPlan, holding: readonly number[]): StateMatch {
  const meanings = new Meanings();
  const before = nodeIdentities(old, meanings);
  const after = nodeIdentities(next, meanings);
  const left = new Set(keepers(old));
  const free = new Set(keepers(next));
  const nodes = new Map<number, number>();
  for (const [key, inOrder] of WAYS) {
    const takers = Map.groupBy(free, (index) => key(after[index]!));
    for (const [same, givers] of Map.groupBy(left, (index) => key(before[index]!))) {
      const found = takers.get(same) ?? [];
      if (found.length !== givers.length || (found.length > 1 && !inOrder)) continue;
      found.forEach((taker, i) => {
        nodes.set(taker, givers[i]!);
        free.delete(taker);
        left.delete(givers[i]!);
      });
    }
  }
  const held = [...left].filter((index) => old.nodes[index]!.kind === 'source' || holding.includes(index));
  return {
    nodes,
    unplaced: held.map((index) => sentence(old, index, next, [...free], before, after)),
  };
}

/** Nodes that keep something between rows, or may. */
const keepers = ({ nodes }: StreamPlan): readonly number[] =>
  nodes.flatMap(({ kind }, index) => (kind === 'calc' || kind === 'union' ? [] : [index]));

function sentence(
  old: StreamPlan,
  index: number,
  next: StreamPlan,
  free: readonly number[],
  before: readonly NodeIdentity[],
  after: readonly NodeIdentity[],
): string {
  const node = old.nodes[index]!;
  if (node.kind === 'source') return `the position in ${tableText(node.table)}: the new text does not read it`;
  const { aspects, shape } = before[index]!;
  const what = `the state of ${text(old, index)}`;
  const candidates = free.filter((each) => next.nodes[each]!.kind === node.kind);
  if (candidates.some((each) => after[each]!.shape === shape))
    return `${what}: more than one node of the new text could go on with it`;
  const [nearest] = candidates
    .map((each) => {
      const others = after[each]!.aspects;
      return { each, differing: aspects.filter(({ id }, i) => others[i]?.id !== id) };
    })
    .toSorted((a, b) => a.differing.length - b.differing.length);
  if (nearest === undefined) return `${what}: the new text has nothing of the kind`;
  const differing = nearest.differing.map(({ label }) => label).join(', ');
  return `${what}: what is nearest to it in the new text, ${text(next, nearest.each)}, differs in: ${differing}`;
}

function text(plan: StreamPlan, index: number): string {
  const { name, parts } = nodeText(plan, plan.nodes[index]!);
  return `${name}(${parts.map(([label, value]) => `${label}=[${value}]`).join(', ')})`;
}
