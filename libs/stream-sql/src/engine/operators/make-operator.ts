import type { DeduplicateNode, JoinNode, PlanNode } from '../../planner/plan.ts';
import { ChangelogNormalize } from './changelog-normalize.ts';
import { GroupAggregate } from './group-aggregate.ts';
import { IntervalJoin } from './joins/interval-join.ts';
import { Join } from './joins/join.ts';
import { SemiJoin } from './joins/semi-join.ts';
import { TemporalJoin } from './joins/temporal-join.ts';
import { WindowJoin } from './joins/window-join.ts';
import { LookupJoin } from './lookup-join.ts';
import type { Operator, OperatorSetup } from './operator-setup.ts';
import { over } from './over/over.ts';
import { Deduplicate } from './ranking/deduplicate.ts';
import { FirstRows } from './ranking/first-rows.ts';
import { Rank } from './ranking/rank.ts';
import { windowDeduplicate, WindowRank } from './ranking/window-rank.ts';
import { Sink } from './sink.ts';
import { Unnest } from './unnest.ts';
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
    case 'unnest':
      return new Unnest(node, setup);
    case 'group-aggregate':
      return new GroupAggregate(node, setup);
    case 'window':
      return windowTable(node, setup);
    case 'window-aggregate':
      return windowAggregate(node, setup);
    case 'over':
      return over(node, setup);
    case 'rank':
      return node.window === null
        ? new Rank(node, setup)
        : new WindowRank({ ...node, newestFirst: false }, node.window, setup);
    case 'deduplicate':
      return deduplicate(node, setup);
    case 'join':
      return join(node, setup);
    case 'interval-join':
      return new IntervalJoin(node, setup);
    case 'temporal-join':
      return new TemporalJoin(node, setup);
    case 'changelog-normalize':
      return new ChangelogNormalize(node, setup);
    case 'lookup-join':
      return new LookupJoin(node, setup);
    case 'sink':
      return new Sink(node, setup);
  }
}

function deduplicate(node: DeduplicateNode & PlanNode, setup: OperatorSetup): Operator {
  if (node.window !== null) return windowDeduplicate(node, node.window, setup);
  const eventTime = setup.inputs[0]!.columns[node.order]!.attribute !== 'proctime';
  return eventTime && node.keep === 'first' && node.changelog === 'append'
    ? new FirstRows(node, setup)
    : new Deduplicate(node, setup);
}

function join(node: JoinNode & PlanNode, setup: OperatorSetup): Operator {
  if (node.window !== null) return new WindowJoin(node, node.window, setup);
  return node.type === 'semi' || node.type === 'anti' ? new SemiJoin(node, setup) : new Join(node, setup);
}
