import type { Column, PlanNode } from '../../../planner/plan.ts';

/**
 * The time attribute behind the windows that a node's rows carry: that of the window function they come from, found up the plan. Rows may
 * have lost the column itself, and window_end does not say whether it is of event time or of which kind.
 */
export function windowOrigin(nodes: readonly PlanNode[], from: PlanNode): Column | undefined {
  let node = from;
  for (;;) {
    const input: PlanNode | undefined = nodes[node.inputs[0] ?? -1];
    if (input === undefined) return undefined;
    if (node.kind === 'window' || (node.kind === 'window-aggregate' && node.window.kind !== 'attached'))
      return input.columns[node.time];
    node = input;
  }
}
