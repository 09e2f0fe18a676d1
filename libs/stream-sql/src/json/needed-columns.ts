import type { PlanExpression } from '../planner/expression.ts';
import type { SourceNode, StreamPlan } from '../planner/plan.ts';
import type { Needed } from './json-columns.ts';

/**
 * What of a source's table is read by the plan, by column: nothing, all, or of a ROW some fields. Columns that are computed from others need
 * those; a node that is no calc needs its whole input.
 */
export function neededColumns(plan: StreamPlan, source: number): ReadonlyMap<number, Needed> {
  const node = plan.nodes[source];
  if (node?.kind !== 'source') throw new Error(`node ${source} of the plan is no source`);
  const needed = new Map<number, Needed>();
  for (const reader of plan.nodes) {
    if (!reader.inputs.includes(source)) continue;
    if (reader.kind === 'calc') for (const each of [reader.condition, ...reader.projections]) need(needed, each);
    else node.columns.forEach((_, i) => add(needed, [i]));
  }
  addComputed(node, needed);
  for (const column of node.unread) needed.delete(column);
  return needed;
}

function addComputed({ table, unread }: SourceNode, needed: Map<number, Needed>): void {
  need(needed, table.watermark?.expression ?? null);
  if (table.watermark !== null) add(needed, [table.watermark.column]);
  table.columns.forEach((column, i) => {
    if (column.kind === 'computed' && !unread.includes(i)) need(needed, column.expression);
  });
}

function need(needed: Map<number, Needed>, expression: PlanExpression | null): void {
  if (expression === null) return;
  const path = pathOf(expression);
  if (path !== undefined) {
    add(needed, path);
    return;
  }
  switch (expression.kind) {
    case 'input':
    case 'literal':
      return;
    case 'field':
      return need(needed, expression.of);
    case 'cast':
      return need(needed, expression.operand);
    case 'call':
      return expression.arguments.forEach((each) => need(needed, each));
    case 'case':
      for (const { when, then } of expression.whens) {
        need(needed, when);
        need(needed, then);
      }
      return need(needed, expression.otherwise);
  }
}

/** The column, and the fields below it, that the expression is. */
function pathOf(expression: PlanExpression): readonly number[] | undefined {
  if (expression.kind === 'input') return [expression.index];
  if (expression.kind !== 'field') return undefined;
  const of = pathOf(expression.of);
  return of && [...of, expression.index];
}

function add(needed: Map<number, Needed>, [first, ...rest]: readonly number[]): void {
  if (first === undefined) return;
  const known = needed.get(first);
  if (known === true) return;
  if (rest.length === 0) {
    needed.set(first, true);
    return;
  }
  const inner = new Map(known);
  add(inner, rest);
  needed.set(first, inner);
}
