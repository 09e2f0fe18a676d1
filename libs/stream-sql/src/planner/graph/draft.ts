import type { Span } from '../../syntax/tree-node.ts';
import type { Changelog, Column, PlanNode } from '../plan.ts';

type Shape<N> = N extends PlanNode ? Omit<N, 'inputs' | 'columns' | 'changelog' | 'uniqueKey'> : never;

/** A node of the plan before it is known what changes it brings. */
export type DraftNode = Shape<PlanNode> & {
  readonly inputs: readonly number[];
  readonly columns: readonly Column[];
  readonly at: Span;
  /** Of a source: the changes that its connector says its rows bring. */
  readonly brings?: Changelog;
};

export type DraftKind<K extends PlanNode['kind']> = Extract<DraftNode, { readonly kind: K }>;

/** Nodes in topological order; a node that says the same as one before it is that one. */
export class Graph {
  readonly nodes: DraftNode[] = [];
  private readonly known = new Map<string, number>();

  /** The node's index. */
  add(node: DraftNode): number {
    const types = node.columns.map(({ type, attribute }) => [type, attribute]);
    const key = JSON.stringify({ ...node, at: undefined, columns: types });
    const found = node.kind === 'sink' ? undefined : this.known.get(key);
    if (found !== undefined) return found;
    const index = this.nodes.push(node) - 1;
    this.known.set(key, index);
    return index;
  }

  at(index: number): DraftNode {
    return this.nodes[index]!;
  }
}
