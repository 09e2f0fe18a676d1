import type { PlanNode, WindowAggregateNode } from '../../../planner/plan.ts';
import type { Operator, OperatorSetup } from '../operator-setup.ts';
import { AttachedAggregate } from './attached-aggregate.ts';
import { SessionAggregate } from './session-aggregate.ts';
import { SliceAggregate } from './slice-aggregate.ts';

/** The operator of a window aggregate. */
export function windowAggregate(node: WindowAggregateNode & PlanNode, setup: OperatorSetup): Operator {
  const { window } = node;
  switch (window.kind) {
    case 'attached':
      return new AttachedAggregate(node, window, setup);
    case 'session':
      return new SessionAggregate(node, window.gapMs, setup);
    default:
      return new SliceAggregate(node, window, setup);
  }
}
