import type { PlanNode } from '../../planner/plan.ts';
import { GroupAggregate } from './group-aggregate.ts';
import { LookupJoin } from './lookup-join.ts';
import type { Operator, OperatorSetup } from './operator-setup.ts';
import { Sink } from './sink.ts';
import { Values } from './values.ts';
import { windowAggregate } from './windows/window-aggregate.ts';
import { windowTable } from './windows/window-table.ts';

/** The operator of a node; null for those that are generated into the stages around them, and for sources. */
export function makeOperator(node: PlanNode, setup: OperatorSetup): Operator | null {
  switch (node.kind) {
    case 'source':
    case 'calc':
    case 'union':
      return null;
    case 'values':
      return new Values(node, setup);
    case 'group-aggregate':
      return new GroupAggregate(node, setup);
    case 'window':
      return windowTable(node, setup);
    case 'window-aggregate':
      return windowAggregate(node, setup);
    case 'lookup-join':
      return new LookupJoin(node, setup);
    case 'sink':
      return new Sink(node, setup);
    default:
      throw new Error(node.kind);
  }
}
