import { sameValues } from '../../values/type-name.ts';
import { partsOf } from '../expression/parts.ts';
import type { PlanExpression } from '../expression.ts';
import type { PlanNode, StreamPlan } from '../plan.ts';

/** For tests: what in a plan contradicts itself: places that are not there, rows of another width or type than their node says. */
export function planDefects(plan: StreamPlan): readonly string[] {
  const defects: string[] = [];
  for (const [index, node] of plan.nodes.entries()) {
    const report = (what: string): void => void defects.push(`${index} ${node.kind}: ${what}`);
    for (const input of node.inputs) if (input >= index) report(`reads the later node ${input}`);
    const inputs = node.inputs.map((input) => plan.nodes[input]!);
    const widths = inputs.map((input) => input.columns.length);
    const row = inputs.flatMap((input) => input.columns);
    checkWidth(node, widths, report);
    for (const place of placesOf(node))
      if (place >= (widths[0] ?? 0) || place < 0) report(`place ${place} is not in its input`);
    for (const expression of expressionsOf(node)) checkExpression(expression, row, report);
    if (node.kind === 'calc')
      for (const [i, each] of node.projections.entries())
        if (!sameValues(each.type, node.columns[i]!.type)) report(`column ${i} has another type than its expression`);
    for (const place of node.uniqueKey ?? []) if (place >= node.columns.length) report(`key ${place} is not a column`);
    if (node.changelog === 'upsert' && node.uniqueKey === null && node.kind !== 'sink') report('upsert without a key');
    if (node.kind === 'union')
      for (const input of inputs)
        for (const [i, column] of input.columns.entries())
          if (!sameValues(column.type, node.columns[i]!.type)) report(`column ${i} differs between its inputs`);
  }
  if (JSON.stringify(JSON.parse(JSON.stringify(plan))) !== JSON.stringify(plan)) defects.push('it is not JSON');
  return defects;
}

function checkWidth(node: PlanNode, [left = 0, right = 0]: readonly number[], report: (what: string) => void): void {
  const wanted = widthOf(node, left, right);
  if (wanted !== undefined && wanted !== node.columns.length)
    report(`has ${node.columns.length} columns, not ${wanted}`);
}

function widthOf(node: PlanNode, left: number, right: number): number | undefined {
  switch (node.kind) {
    case 'source':
      return node.table.columns.length;
    case 'calc':
      return node.projections.length;
    case 'window':
      return left + 3;
    case 'group-aggregate':
      return node.keys.length + node.aggregates.length;
    case 'window-aggregate':
      return node.keys.length + node.aggregates.length + node.properties.length;
    case 'over':
      return left + node.aggregates.length;
    case 'rank':
      return left + (node.rankColumn ? 1 : 0);
    case 'changelog-normalize':
    case 'deduplicate':
    case 'union':
    case 'sink':
      return left;
    case 'join':
    case 'interval-join':
      return node.type === 'semi' || node.type === 'anti' ? left : left + right;
    case 'temporal-join':
      return left + right;
    case 'lookup-join':
      return left + node.table.columns.length;
    case 'unnest':
      return undefined;
    case 'values':
      return node.rows[0]?.length;
  }
}

/** Places in the row of the first input. */
function placesOf(node: PlanNode): readonly number[] {
  switch (node.kind) {
    case 'window':
      return [node.time];
    case 'group-aggregate':
    case 'window-aggregate':
      return [
        ...node.keys,
        ...node.aggregates.flatMap((call) => [...call.arguments, ...(call.filter === null ? [] : [call.filter])]),
        ...(node.kind === 'window-aggregate' ? [node.time] : []),
      ];
    case 'over':
      return [...node.partition, node.order, ...node.aggregates.flatMap((call) => call.arguments)];
    case 'rank':
      return [...node.partition, ...node.order.map(({ column }) => column), ...boundsOf(node.window)];
    case 'deduplicate':
      return [...node.partition, node.order, ...boundsOf(node.window)];
    case 'join':
      return [...node.leftKeys, ...(node.window === null ? [] : [node.window.leftEnd])];
    case 'interval-join':
    case 'temporal-join':
      return [...node.leftKeys, node.leftTime];
    case 'changelog-normalize':
      return node.key;
    default:
      return [];
  }
}

const boundsOf = (window: { readonly start: number; readonly end: number } | null): readonly number[] =>
  window === null ? [] : [window.start, window.end];

function expressionsOf(node: PlanNode): readonly PlanExpression[] {
  switch (node.kind) {
    case 'calc':
      return [...node.projections, ...(node.condition === null ? [] : [node.condition])];
    case 'join':
    case 'interval-join':
    case 'temporal-join':
      return node.condition === null ? [] : [node.condition];
    case 'lookup-join':
      return node.keys.map(({ value }) => value);
    case 'unnest':
      return [node.collection];
    default:
      return [];
  }
}

function checkExpression(expression: PlanExpression, row: PlanNode['columns'], report: (what: string) => void): void {
  if (expression.kind === 'input') {
    const column = row[expression.index];
    if (column === undefined) report(`input ${expression.index} is not there`);
    else if (!sameValues(column.type, expression.type)) report(`input ${expression.index} has another type`);
  }
  for (const part of partsOf(expression)) checkExpression(part, row, report);
}
