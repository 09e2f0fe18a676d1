import type { OverNode, PlanNode } from '../../../planner/plan.ts';
import type { Operator, OperatorSetup } from '../operator-setup.ts';
import { EventTimeOver } from './event-time-over.ts';
import { ProcessingTimeOver } from './processing-time-over.ts';
import { ValueOver } from './value-over.ts';

/** The operator of OVER aggregates. */
export function over(node: OverNode & PlanNode, setup: OperatorSetup): Operator {
  if (node.sort !== null) return new ValueOver(node, node.sort, setup);
  return setup.inputs[0]!.columns[node.order]!.attribute === 'proctime'
    ? new ProcessingTimeOver(node, setup)
    : new EventTimeOver(node, setup);
}
