import type { ExplainedJob } from '@hermes/contracts/job';
import type { ExplainedGraph } from '@hermes/stream-sql/planner/explain/explained-graph';

/** A plan for a picture, as HTTP answers it. */
export const shownNodes = ({ nodes }: ExplainedGraph): ExplainedJob['nodes'] =>
  nodes.map(({ parts, columns, uniqueKey, inputs, ...node }) => ({
    ...node,
    parts: parts.map(([label, value]): [string, string] => [label, value]),
    columns: [...columns],
    uniqueKey: uniqueKey === null ? null : [...uniqueKey],
    inputs: [...inputs],
  }));
