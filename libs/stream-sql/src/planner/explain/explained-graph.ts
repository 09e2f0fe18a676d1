import { typeName } from '../../values/type-name.ts';
import type { Changelog, StreamPlan } from '../plan.ts';
import { nodeText } from './node-text.ts';

/** A plan for a picture. */
export interface ExplainedGraph {
  readonly nodes: readonly {
    readonly id: number;
    readonly name: string;
    /** What it is about, as labels and texts. */
    readonly parts: readonly (readonly [label: string, value: string])[];
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly changelog: Changelog;
    /** Names of the columns by which at most one row exists; null when none are known. */
    readonly uniqueKey: readonly string[] | null;
    /** Ids of the nodes whose rows it reads. */
    readonly inputs: readonly number[];
  }[];
}

export const explainedGraph = (plan: StreamPlan): ExplainedGraph => ({
  nodes: plan.nodes.map((node, id) => ({
    id,
    ...nodeText(plan, node),
    columns: node.columns.map(({ name, type }) => ({ name, type: typeName(type) })),
    changelog: node.changelog,
    uniqueKey: node.uniqueKey?.map((column) => node.columns[column]!.name) ?? null,
    inputs: node.inputs,
  })),
});
