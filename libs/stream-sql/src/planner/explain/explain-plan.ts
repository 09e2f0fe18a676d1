import type { PlanNode, StreamPlan } from '../plan.ts';
import { nodeText } from './node-text.ts';

/**
 * A plan as a tree for people, the sink first. Behind a node stand the changes that it brings, when they are not new rows only: `retract`, or `upsert`
 * and its key. A node with several readers has a number, and is shown once.
 */
export function explainPlan(plan: StreamPlan): string {
  const readers = plan.nodes.map(() => 0);
  for (const node of plan.nodes) for (const input of node.inputs) readers[input]! += 1;
  const shared = new Map(plan.nodes.flatMap((_, i) => (readers[i]! > 1 ? [i] : [])).map((index, i) => [index, i + 1]));
  const shown = new Set<number>();
  const lines: string[] = [];
  const write = (index: number, depth: number): void => {
    const node = plan.nodes[index]!;
    const lead = depth === 0 ? '' : `${'   '.repeat(depth - 1)}+- `;
    const number = shared.get(index);
    const mark = number === undefined ? '' : `#${number} `;
    if (shown.has(index)) {
      lines.push(`${lead}${mark}${nodeText(plan, node).name}, as above`);
      return;
    }
    shown.add(index);
    lines.push(`${lead}${mark}${lineOf(plan, node)}`);
    for (const input of node.inputs) write(input, depth + 1);
  };
  for (const [index, node] of plan.nodes.entries()) if (node.kind === 'sink') write(index, 0);
  return lines.join('\n');
}

function lineOf(plan: StreamPlan, node: PlanNode): string {
  const { name, parts } = nodeText(plan, node);
  return `${name}(${parts.map(([label, value]) => `${label}=[${value}]`).join(', ')})${changes(node)}`;
}

/** ` upsert by (a, b)`; nothing for new rows only. */
export function changes(node: PlanNode): string {
  if (node.changelog === 'append') return '';
  if (node.changelog === 'retract') return ' retract';
  return ` upsert by (${(node.uniqueKey ?? []).map((column) => node.columns[column]!.name).join(', ')})`;
}
