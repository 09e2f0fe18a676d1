import { partsOf } from '../expression/parts.ts';
import type { PlanExpression } from '../expression.ts';
import { type DraftKind, type DraftNode, Graph } from './draft.ts';

/** The graph whose sources say which fields of their ROWs are read. */
export function withPaths(graph: Graph): Graph {
  const result = new Graph();
  for (const [i, node] of graph.nodes.entries())
    result.add(node.kind === 'source' ? { ...node, paths: pathsOf(graph, i, node) } : node);
  return result;
}

type Path = readonly number[];

function pathsOf(graph: Graph, index: number, source: DraftKind<'source'>): readonly Path[] {
  const { table, unread } = source;
  const found = new Map<string, Path>();
  const add = (path: Path): void => void found.set(path.join('.'), path);
  for (const node of graph.nodes)
    for (const [input, at] of node.inputs.entries()) if (at === index) readBy(node, input, source, add);
  if (table.watermark !== null) {
    add([table.watermark.column]);
    eachPath(table.watermark.expression, add);
  }
  const isRead = (column: number): boolean => [...found.values()].some(([first]) => first === column);
  // Computed columns are made of stored ones alone.
  for (const [i, column] of table.columns.entries())
    if (column.kind === 'computed' && isRead(i)) eachPath(column.expression, add);
  const paths = [...found.values()].filter(([first]) => !unread.includes(first!));
  return paths
    .filter((path) => !paths.some((other) => other.length < path.length && other.every((step, i) => step === path[i])))
    .toSorted(comparePaths);
}

/** A calc may read fields alone; every other node passes whole columns on. */
function readBy(node: DraftNode, input: number, source: DraftKind<'source'>, add: (path: Path) => void): void {
  if (node.kind === 'calc' && input === 0) {
    if (node.condition !== null) eachPath(node.condition, add);
    for (const each of node.projections) eachPath(each, add);
    return;
  }
  source.table.columns.forEach((_, i) => add([i]));
}

function eachPath(expression: PlanExpression, add: (path: Path) => void): void {
  const path = pathOf(expression);
  if (path !== undefined) add(path);
  else for (const part of partsOf(expression)) eachPath(part, add);
}

/** A column, or a field of a field of a column. */
function pathOf(expression: PlanExpression): Path | undefined {
  if (expression.kind === 'input') return [expression.index];
  if (expression.kind !== 'field') return undefined;
  const of = pathOf(expression.of);
  return of && [...of, expression.index];
}

function comparePaths(a: Path, b: Path): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
